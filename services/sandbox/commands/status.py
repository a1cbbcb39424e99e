"""``socles status``: is it up, what does it wait for, what has come so far?"""

from typing import Any

from sandbox.commands import show
from sandbox.commands.api import Api, Exit, Trouble, opened
from sandbox.commands.options import DEFAULT_URL, AsJson, In, Url

_NOT_READY = frozenset({503})


def status(*, url: Url = DEFAULT_URL, workspace: In = None, as_json: AsJson = False) -> None:
    """Dire l'état du bac à sable ; code 1 s'il n'est pas prêt / tell its state; exit code 1 when it is not ready."""
    with opened(url, workspace) as api:
        found = _found(api)
        if as_json:
            show.as_json(found)
        else:
            _print(api.url, found)
        if not found["ready"]["ready"]:
            raise Trouble(Exit.NEGATIVE, "pas prêt / not ready")


def _found(api: Api) -> dict[str, Any]:
    return {
        "url": api.url,
        "ready": api.ask("GET", "/_sandbox/ready", also=_NOT_READY).json(),
        "workspace": api.get(f"/_sandbox/workspaces/{api.workspace or 'default'}"),
        "population": api.get("/_sandbox/population"),
        "faults": api.get("/_sandbox/faults"),
        "summary": api.find("/api/summary?window=30d"),
    }


def _print(url: str, found: dict[str, Any]) -> None:
    ready, workspace, people = found["ready"], found["workspace"], found["population"]
    state = show.styled("prêt", "green") if ready["ready"] else show.styled("pas prêt", "red")
    rows: list[tuple[object, object]] = [
        ("adresse", url),
        ("état", state),
        ("services", ", ".join(ready["services"])),
        *((f"attend {one['part']}", one["reason"]) for one in ready["missing"]),
        ("espace", f"{workspace['name']}, époque {workspace['epoch']}, {workspace['strictness']}"),
        ("horloge", show.moment(workspace["now"])),
        (
            "population",
            f"{people['persons']} personnes, {people['establishments']} établissements, "
            f"{people['professionals']} professionnels, {people['boxes']} boîtes",
        ),
        ("pannes", f"{len(found['faults'])} règle(s)"),
    ]
    summary = found["summary"]
    if summary is not None:
        rows += [
            (
                "30 jours",
                f"{summary['documents']} documents, {summary['messages']} messages, {summary['insiCalls']} appels INSi",
            ),
            ("retard", f"{summary['lag']} événement(s), {summary['poison']} mis de côté"),
        ]
    show.table(("", ""), rows)
