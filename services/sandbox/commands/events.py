"""``socles events``: what the accepted acts have told, in the order of their commits."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

import typer

from sandbox.commands import show
from sandbox.commands.api import Api, Exit, Trouble, opened
from sandbox.commands.options import DEFAULT_URL, AsJson, In, Url

SERVICES = ("ins_sim", "dmp_sim", "mss_sim", "metrics")


def events(
    *,
    url: Url = DEFAULT_URL,
    workspace: In = None,
    service: Annotated[str | None, typer.Option(help=", ".join(SERVICES) + " ; sinon tous.")] = None,
    type_: Annotated[str | None, typer.Option("--type", help="Type CloudEvents, entier ou ses premiers mots.")] = None,
    subject: Annotated[str | None, typer.Option(help="Sujet : lid, référence de message …")] = None,
    exchange: Annotated[str | None, typer.Option(help="Ceux d'un échange.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=500, help="Combien, par service.")] = 50,
    as_json: AsJson = False,
) -> None:
    """Lister les événements de l'espace de travail / list the workspace's events."""
    if service is not None and service not in SERVICES:
        raise typer.BadParameter(f"{service!r} : {' | '.join(SERVICES)}", param_hint="--service")
    with opened(url, workspace) as api:
        asked = {"type": type_, "subject": subject, "exchange": exchange, "limit": limit}
        found: list[dict[str, Any]] = []
        for name in (service,) if service else SERVICES:
            found += _of(api, name, asked)
        found.sort(key=lambda one: datetime.fromisoformat(one["time"]))
        if as_json:
            show.as_json(found)
            return
        rows = [
            (show.moment(one["time"]), one["type"], one["subject"], one["topic"], one["sequence"], one["id"])
            for one in found
        ]
        show.table(("survenu", "type", "sujet", "sujet Kafka", "n°", "événement"), rows)


def _of(api: Api, service: str, asked: Mapping[str, object]) -> list[dict[str, Any]]:
    try:
        page = api.get(f"/_sandbox/{service}/events", **asked)
    except Trouble as trouble:
        if trouble.code is Exit.NEGATIVE:  # a service that does not run here
            return []
        raise
    items: list[dict[str, Any]] = page["items"]
    return items
