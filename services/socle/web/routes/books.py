"""``/_sandbox/{service}/books``: what a service has stored, numbered and published, to hold against what is counted."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter
from pydantic import AwareDatetime, Field

from socle.bus import books
from socle.bus.embedded import EmbeddedBus
from socle.events.codec import source_of
from socle.ground import Ground
from socle.web.errors import not_found
from socle.web.model import Current, Json


class Account(Json):
    """Events of one topic."""

    topic: Annotated[str, Field(examples=["socles.dmp.v1"])]
    stored: Annotated[int, Field(description="Ever committed to the outbox")]
    sequenced: Annotated[int, Field(description="Numbered by the relay")]
    published: Annotated[int, Field(description="In the log that consumers read; Kafka has acknowledged them")]


class Books(Json):
    """The books of one service for one workspace."""

    service: Annotated[str, Field(examples=["dmp_sim"])]
    workspace: Annotated[str, Field(examples=["default"])]
    epoch: Annotated[int, Field(description="The current one. Counts go on over a reset: they are those of all epochs")]
    source: Annotated[str, Field(examples=["/socles/dmp_sim/default"], description="Of its events (CloudEvents)")]
    bus: Annotated[str, Field(examples=["kafka", "embedded"])]
    at: Annotated[AwareDatetime, Field(description="When they were read, by the real clock")]
    topics: list[Account]


def router(ground: Ground) -> APIRouter:
    """Made once for each process."""
    api = APIRouter(prefix="/_sandbox", tags=["books"])

    @api.get("/{service}/books")
    async def read(service: str, workspace: Current) -> Books:
        """Events stored, numbered and published for this workspace, since it was first used.

        Exact at any time, and the same whichever replica answers. To account for a load, read before and after, and
        take the differences.
        """
        store = next((store for store, _ in ground.opened() if store.service == service), None)
        if store is None:
            raise not_found(f"Le service {service!r} dans ce processus", f"Service {service!r} in this process")
        source, outside = source_of(service, workspace.name), not isinstance(ground.bus, EmbeddedBus)
        found = await store.read(lambda connection: books.accounts(connection, source, outside=outside))
        return Books(
            service=service,
            workspace=workspace.name,
            epoch=workspace.epoch,
            source=source,
            bus="kafka" if outside else "embedded",
            at=datetime.now(UTC),
            topics=[Account.model_validate(account) for account in found],
        )

    return api
