"""The conformity cases on a terminal."""

from collections.abc import Iterator
from typing import Any

from rich.panel import Panel

from sandbox.commands import show

VERDICTS = {
    "passed": ("réussi", "green"),
    "failed": ("échoué", "bold red"),
    "not-played": ("à jouer", "dim"),
    "manual": ("à vérifier à la main", "magenta"),
}
_TRAITS = ("birthName", "givenNames", "sex", "birthDate", "birthPlace", "insured", "rank")


def print_report(found: dict[str, Any], page: str) -> None:
    """All cases in a table, then what went wrong, then what is next."""
    screen = show.console()
    screen.print(_head(found))
    rows = [(one["label"], one["title"]["fr"], _verdict(one), _why(one), _evidence(one)) for one in found["cases"]]
    show.table(("cas", "ce qui est demandé", "verdict", "pourquoi", "échange"), rows)
    for one in found["cases"]:
        if one["verdict"] == "failed":
            screen.print(
                Panel("\n".join(_details(one)), title=show.plain(one["label"]), title_align="left", style="red")
            )
    following = next((one for one in found["cases"] if one["verdict"] in ("failed", "not-played")), None)
    if following is not None:
        screen.print("\n".join(_next(following)))
    screen.print(show.plain(page), style="dim")


def changes(before: dict[str, Any], now: dict[str, Any]) -> Iterator[str]:
    """A line for each case whose verdict, or its reason, is another than before."""
    known = {one["id"]: (one["verdict"], one["why"]["fr"]) for one in before["cases"]}
    for one in now["cases"]:
        if known.get(one["id"]) != (one["verdict"], one["why"]["fr"]):
            yield f"{show.plain(one['label'])}  {_verdict(one)}  {show.plain(one['why']['fr'])}"


def _head(found: dict[str, Any]) -> str:
    counts, software = found["counts"], found["software"]
    told = ", ".join(f"{counts[name]} {label}" for name, (label, _) in VERDICTS.items())
    whose = "aucun appel encore" if software is None else f"{software['name'] or software['key']} {software['version']}"
    lines = [f"Homologation INSi : {show.plain(whose.strip())} ({show.plain(found['workspace'])}) : {told}"]
    others = [one["key"] for one in found["seen"] if software is None or one["key"] != software["key"]]
    if others:
        lines.append(f"[yellow]Autres logiciels, laissés de côté (--software) : {show.plain(', '.join(others))}[/]")
    if found["unread"]:
        lines.append(f"[yellow]Appels illisibles : {found['unread']}[/]")
    if found["replayed"]:
        lines.append(f"[yellow]Messages rejoués, laissés de côté : {found['replayed']}[/]")
    if found["partial"]:
        lines.append("[yellow]Les appels les plus anciens n'ont pas été lus.[/]")
    return "\n".join(lines)


def _verdict(case: dict[str, Any]) -> show.Styled:
    return show.styled(*VERDICTS[case["verdict"]])


def _why(case: dict[str, Any]) -> str:
    more = len(case["attempts"]) - 1
    return f"{case['why']['fr']} (autres essais : {more})" if more > 0 else str(case["why"]["fr"])


def _evidence(case: dict[str, Any]) -> str:
    return "\n".join(call["id"] for attempt in case["attempts"] if attempt["counts"] for call in attempt["calls"])


def _details(case: dict[str, Any]) -> Iterator[str]:
    attempt = next(one for one in case["attempts"] if one["counts"])
    for reason in attempt["reasons"]:
        yield f"[bold]{show.plain(reason['fr'])}[/]"
        for label, name in (("attendu", "expected"), ("reçu", "found"), ("remède", "remedy"), ("règle", "rule")):
            if reason[name]:
                yield f"  {label:<8} {show.plain(reason[name])}"
    for call in attempt["calls"]:
        sent = call["sent"]
        traits = ", ".join(sent[name] for name in _TRAITS if sent[name])
        told = f"{show.moment(call['receivedAt'])}  {traits} → {call['code']}"
        yield f"[dim]{show.plain(told)}[/]"


def _next(case: dict[str, Any]) -> Iterator[str]:
    identity = case["identity"]
    yield f"Ensuite, {show.plain(case['label'])} : {show.plain(case['next']['fr'])}"
    for step in case["enter"]:
        yield f"  - {show.plain(step['fr'])}"
    yield (
        f"  {show.plain(identity['birthName'])}, {show.plain(identity['givenNames'])}, {identity['sex']}, "
        f"{identity['birthDate']}, {identity['birthPlace'] or 'sans lieu de naissance'}"
    )
