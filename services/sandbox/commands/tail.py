"""``socles tail``: exchanges as they come."""

import json
from collections.abc import Iterator
from typing import Annotated, Any

import typer

from sandbox.commands import show
from sandbox.commands.api import Api, opened
from sandbox.commands.options import DEFAULT_URL, AsJson, In, Url


def tail(
    *,
    url: Url = DEFAULT_URL,
    workspace: In = None,
    outcome: Annotated[str | None, typer.Option(help="accepted, refused, fault, error ou overload.")] = None,
    service: Annotated[str | None, typer.Option(help="ins_sim, dmp_sim ou mss_sim.")] = None,
    findings: Annotated[bool, typer.Option("--findings", help="Seulement ce qui a un constat.")] = False,
    count: Annotated[int | None, typer.Option("--count", "-n", min=1, help="Finir après tant d'échanges.")] = None,
    as_json: AsJson = False,
) -> None:
    """Suivre les échanges à mesure qu'ils viennent / follow the exchanges; Ctrl+C ends it."""
    left = count
    with opened(url, workspace) as api:
        screen = show.console()
        for entry in _entries(api):
            if outcome not in (None, entry["outcome"]) or service not in (None, entry["service"]):
                continue
            if findings and not entry["rules"]:
                continue
            if as_json:
                show.as_line(entry)
            else:
                at, name, operation, result, code, took, rules, identity = show.exchange_row(entry)
                told = " ".join(show.plain(part) for part in (name, operation))
                screen.print(f"{at}  {told:<32} {result:<22} {show.plain(code)}  {took}  {identity}")
                if rules:
                    screen.print(f"{'':21}{show.plain(rules)}", style="dim")
            if left is not None:
                left -= 1
                if not left:
                    return


def _entries(api: Api) -> Iterator[dict[str, Any]]:
    """The summaries in a stream of server-sent events."""
    for line in api.lines("/_sandbox/exchanges/tail"):
        if line.startswith("data: "):
            entry: dict[str, Any] = json.loads(line.removeprefix("data: "))
            yield entry
