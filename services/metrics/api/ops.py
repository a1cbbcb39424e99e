"""How the pipeline is doing: lag, poison, rebuild."""

from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Query, Request
from pydantic import Field

from metrics.api.models import Model
from metrics.consumer import GROUP
from metrics.core import Core
from metrics.domain.days import from_ms
from metrics.lease import LeaseLost, RebuildUnderWay
from metrics.queries import accounts, poison


class PartitionLag(Model):
    """One partition."""

    topic: str
    partition: int
    position: int
    end: int
    lag: int


class Lag(Model):
    """``GET /api/lag``: partitions that hold events."""

    lag: int
    known: bool
    """False: the bus does not say how far its logs go; the ends are those last heard of."""
    freshness: dict[str, int | None]
    rebuilding: bool
    partitions: list[PartitionLag]


class AccountModel(Model):
    """What came of one source's events in one topic."""

    source: str = Field(examples=["/socles/dmp_sim/default"])
    topic: str
    taken: int
    """All that came, up to the newest seen."""
    counted: int
    """Those that were applied: all that were taken but the poison."""
    poison: int
    duplicates: int
    """Came again, and were skipped."""
    missing: int
    """Were given a number by their source, and never came: lost between its outbox and the consumers."""


class Books(Model):
    """``GET /api/books``."""

    workspace: str
    counted: int
    sources: list[AccountModel]


class PoisonModel(Model):
    """An event set aside: it could not be read or applied, and blocked nothing."""

    topic: str
    partition: int
    offset: int
    reason: str
    at: str
    headers: str
    value: str


class RebuiltModel(Model):
    """What a rebuild found."""

    equal: bool
    events: int
    rows: int
    missing: dict[str, int]
    superfluous: dict[str, int]
    switched: bool


def router(core: Core) -> APIRouter:
    """The routes."""
    routes = APIRouter(prefix="/api", tags=["exploitation des indicateurs"])

    @routes.get("/lag", summary="Retard de lecture par partition, et fraîcheur (toute l'installation)")
    async def lag() -> Lag:
        """Of the whole installation: a partition holds the events of all workspaces."""
        seen = await core.lag.ask()
        now = await core.store.state()
        return Lag(
            lag=seen.total,
            known=seen.known,
            freshness=core.pulse.freshness(),
            rebuilding=now.rebuilding,
            partitions=[
                PartitionLag(
                    topic=part.topic, partition=part.partition, position=position, end=end, lag=max(0, end - position)
                )
                for part, (position, end) in sorted(seen.partitions.items())
                if end
            ],
        )

    @routes.get("/books", summary="Les comptes : événements pris, comptés, mis de côté, reçus en double")
    async def books(request: Request) -> Books:
        """Of the workspace, since it was first made; compare with ``/_sandbox/{service}/books`` of each emitter."""
        workspace = core.workspace(request)
        found = await core.store.read(lambda connection: accounts(connection, GROUP, workspace.name))
        sources = [
            AccountModel(
                source=each.source,
                topic=each.topic,
                taken=each.taken,
                counted=each.taken - each.poison,
                poison=each.poison,
                duplicates=each.duplicates,
                missing=each.missing,
            )
            for each in found
        ]
        return Books(workspace=workspace.name, counted=sum(each.counted for each in sources), sources=sources)

    @routes.get("/poison", summary="Événements mis de côté, avec la raison")
    async def poisoned(request: Request, limit: Annotated[int, Query(ge=1, le=1000)] = 100) -> list[PoisonModel]:
        """Of the workspace, and those whose workspace cannot be read."""
        workspace = core.workspace(request).name
        rows: list[dict[str, Any]] = await core.store.read(lambda connection: poison(connection, workspace, limit))
        return [
            PoisonModel(
                topic=row["topic"],
                partition=row["partition"],
                offset=row["log_offset"],
                reason=row["reason"],
                at=from_ms(row["at"]).isoformat(),
                headers=row["headers"],
                value=row["value"].decode(errors="backslashreplace"),
            )
            for row in rows
        ]

    @routes.post("/rebuild", summary="Rejouer tout le journal, comparer, basculer (toute l'installation)")
    async def rebuild(switch: bool = True) -> RebuiltModel:
        """Of the whole installation; the consumers of all processes go on, and wait for the last step only."""
        try:
            found = await core.rebuild(switch=switch)
        except RebuildUnderWay as error:
            raise HTTPException(409, "une reconstruction est en cours") from error
        except LeaseLost as error:
            raise HTTPException(503, "la reconstruction s'est arrêtée trop longtemps : à relancer") from error
        return RebuiltModel(
            equal=found.equal,
            events=found.events,
            rows=found.rows,
            missing=dict(found.missing),
            superfluous=dict(found.superfluous),
            switched=found.switched,
        )

    return routes
