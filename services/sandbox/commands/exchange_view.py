"""One exchange on the terminal: the verdict, then each finding with what mends it, then the rest."""

from collections.abc import Iterator
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.panel import Panel
from rich.text import Text

from sandbox.commands import show

_SHOWN = 6_000
"""Characters of a body on the screen; ``exchange body`` gives all."""
_SEVERITIES_FR = {"error": "erreur", "warning": "avertissement", "info": "remarque"}
_OFFICIAL_FR = {"refuses": "refuse", "tolerates": "tolère"}
_CERTAINTY_FR = {"faithful": "vu dans la source", "simplified": "simplifié", "ours": "notre choix"}


def print_exchange(entry: dict[str, Any], link: str, *, bodies: bool = False) -> None:
    """What helps to understand it; ``bodies``: also what went over the wire."""
    screen = show.console()
    code = f" — {show.plain(entry['code'])}" if entry["code"] else ""
    head = f"{show.outcome(entry['outcome'])}{code}  [dim]({entry['protocol']} {entry['status']})[/]"
    screen.print(f"[bold]{show.plain(entry['service'])} · {show.plain(entry['operation'])}[/]  {head}")
    screen.print(
        f"[dim]{show.moment(entry['receivedAt'])} · {entry['durationMs']:.1f} ms · espace {entry['workspace']}[/]"
    )
    if entry["fault"]:
        screen.print(f"panne provoquée / injected fault : {show.plain(entry['fault'])}", style="yellow")
    if entry["redacted"]:
        screen.print("contenu retiré : données d'un patient réel possibles / redacted", style="yellow")
    if entry["official"]:
        screen.print(f"{show.plain(entry['official']['fr'])}\n[dim]{show.plain(entry['official']['en'])}[/]")
    for finding in entry["findings"]:
        screen.print(_finding(finding))
    if not entry["findings"]:
        screen.print("aucun constat / no finding", style="dim")
    if bodies:
        for side, title in (("request", "Demande / request"), ("response", "Réponse / response")):
            _print_side(screen, entry[side], title)
    for event in entry["events"]:
        screen.print(f"événement / event : {show.plain(event)}")
    screen.print(f"→ {link}", soft_wrap=True)


def print_mending(found: dict[str, Any]) -> None:
    """What was changed, and what is left to a human."""
    for one in found["changes"]:
        show.console().print(f"[green]✓[/] {show.plain(one['rule'])} : {show.plain(one['fr'])}")
        show.console().print(f"    {show.plain(one['before'])} → {show.plain(one['after'])}", style="dim")
    for one in found["left"]:
        show.console().print(f"[red]✗[/] {show.plain(one['rule'])} : {show.plain(one['fr'])}")
    if not found["changes"] and not found["left"]:
        show.console().print("rien à corriger / nothing to mend")


def _finding(finding: dict[str, Any]) -> RenderableType:
    style = show.SEVERITY_STYLES.get(finding["severity"], "white")
    lines = [Text(finding["titleFr"], style="bold"), Text(finding["titleEn"], style="dim")]
    lines += [Text.assemble((f"{name:<9}", "dim"), show.safe(value)) for name, value in _facts(finding)]
    title = f"[{style}]{_SEVERITIES_FR.get(finding['severity'], finding['severity'])}[/] {show.plain(finding['rule'])}"
    return Panel(Group(*lines), title=title, title_align="left", border_style=style)


def _facts(finding: dict[str, Any]) -> Iterator[tuple[str, str]]:
    place = " · ".join(
        part for part in (finding["where"], finding["line"] and f"ligne {finding['line']}", finding["part"]) if part
    )
    source = " ".join(part for part in (finding["source"], finding["sourceVersion"]) if part)
    certainty = _CERTAINTY_FR.get(finding["certainty"], finding["certainty"])
    official = _OFFICIAL_FR.get(finding["official"], "")
    for name, value in (
        ("où", place),
        ("attendu", finding["expected"]),
        ("trouvé", finding["found"]),
        ("remède", finding["remedy"]),
        ("réel", f"le service national {official}" if official else ""),
        ("source", f"{source} ({certainty})" if source else certainty),
    ):
        if value:
            yield name, value


def _print_side(screen: Console, side: dict[str, Any], title: str) -> None:
    body = "".join(_segment(segment) for segment in side["body"])
    cut = len(body) > _SHOWN
    text = Text(show.safe(body[:_SHOWN]))
    if cut:
        text.append(f"\n… {len(body) - _SHOWN} caractères de plus : socles exchange body", style="dim")
    screen.print(f"[bold]{title}[/] [dim]{side['size']} octets[/]")
    for name, value in side["headers"]:
        screen.print(Text.assemble((f"  {name}: ", "dim"), show.safe(value)))
    if body:
        screen.print(text)


def _segment(segment: dict[str, Any]) -> str:
    if "text" in segment:
        return str(segment["text"])
    if "blob" in segment:
        return f"[{segment['blob']['size']} octets, {segment['blob']['sha256'][:12]}…]"
    return f"[{len(segment['base64']) * 3 // 4} octets binaires]"
