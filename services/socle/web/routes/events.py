"""``/_sandbox/{service}/events``: what a service has told of a workspace, read from its outbox (D2)."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import AwareDatetime, Field

from socle.bus import published, told
from socle.control.model import Workspace
from socle.events.codec import source_of
from socle.ground import Ground
from socle.store.port import Store
from socle.web.errors import not_found
from socle.web.model import Current, Json


class Event(Json):
    """An event as it went, or will go, to the bus."""

    id: Annotated[str, Field(examples=["01999a52-7d3c-7b1e-9d60-0f5c2a7e4b11"])]
    source: Annotated[str, Field(examples=["/socles/dmp_sim/default"])]
    type: Annotated[str, Field(examples=["fr.socles.dmp.document.registered.v1"])]
    topic: Annotated[str, Field(examples=["socles.dmp.v1"])]
    subject: Annotated[str, Field(description="What it tells of: lid, stay, message, exchange")]
    time: Annotated[AwareDatetime, Field(description="Of the act, by the workspace's clock")]
    sequence: Annotated[int | None, Field(description="Per source and partition; null until the relay has given it")]
    partition: int
    data: Annotated[dict[str, Any], Field(description="See docs/asyncapi.yaml")]
    position: Annotated[int, Field(description="Orders this list; it is never published")]


class EventPage(Json):
    """Events of the workspace's current epoch, as they were stored."""

    items: list[Event]
    next: Annotated[int | None, Field(description="Give it as `after` to get the next page; null: there are no more")]
    since: Annotated[
        AwareDatetime | None, Field(description="Kafka has them all; those recorded before this are kept there only")
    ] = None


class Filters(Json):
    """What to look for; everything absent matches all."""

    type: Annotated[str | None, Field(examples=["dmp.document.registered"], description="Whole or its first words")] = (
        None
    )
    subject: str | None = None
    exchange: Annotated[str | None, Field(description="Id of the exchange that caused them")] = None
    after: Annotated[int, Field(ge=0, le=2**63 - 1, description="A position: later ones only")] = 0
    limit: Annotated[int, Field(ge=1, le=1000)] = 100


def router(ground: Ground) -> APIRouter:
    """Made once for each process."""
    api = APIRouter(prefix="/_sandbox", tags=["events"])

    @api.get("/{service}/events", response_model_exclude_unset=True)
    async def listing(service: str, workspace: Current, filters: Annotated[Filters, Query()]) -> EventPage:
        """The events of the workspace since its last reset, committed with the acts they tell of.

        An event is here as soon as its act is answered. Who follows them gives the last `position` he has seen as
        `after`. On PostgreSQL acts commit side by side: an event may appear before ones already seen.
        """
        store = _store(ground, service)
        asked = told.Asked(_source(service, workspace), workspace.epoch, **filters.model_dump())
        items, following = await store.read(lambda connection: told.find(connection, asked))
        page = EventPage(items=[Event.model_validate(item) for item in items], next=following)
        since = await _since(ground, store)
        return page if since is None else page.model_copy(update={"since": since})

    @api.get("/{service}/events/{event_id}")
    async def show(service: str, event_id: str, workspace: Current) -> Event:
        """One event of the workspace's current epoch."""
        source, epoch = _source(service, workspace), workspace.epoch
        found = await _store(ground, service).read(lambda connection: told.one(connection, source, epoch, event_id))
        if found is None:
            raise not_found(
                "cet événement ; il n'est pas, ou plus, conservé ici", "this event; it is not, or no longer, kept here"
            )
        return Event.model_validate(found)

    return api


def _store(ground: Ground, service: str) -> Store:
    for store, _ in ground.opened():
        if store.service == service:
            return store
    raise not_found(f"Le service {service!r} dans ce processus", f"Service {service!r} in this process")


def _source(service: str, workspace: Workspace) -> str:
    return source_of(service, workspace.name)


async def _since(ground: Ground, store: Store) -> datetime | None:
    """Before which instant events may have gone from the outbox, if any have."""
    hours = ground.bus.keeps_hours
    if hours is None or await store.read(published.pruned) is None:
        return None
    return datetime.now(UTC) - timedelta(hours=hours)
