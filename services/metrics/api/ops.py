"""How the pipeline is doing: lag, poison, rebuild."""

from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Query

from metrics.api.models import Model
from metrics.core import Core
from metrics.domain.days import from_ms
from metrics.queries import poison


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
    freshness: dict[str, int | None]
    rebuilding: bool
    partitions: list[PartitionLag]


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

    @routes.get("/lag", summary="Retard de lecture par partition, et fraîcheur")
    async def lag() -> Lag:
        found = await core.consumer.lags()
        partitions = [
            PartitionLag(topic=part.topic, partition=part.partition, position=position, end=end, lag=end - position)
            for part, (position, end) in sorted(found.items())
            if end
        ]
        return Lag(
            lag=sum(each.lag for each in partitions),
            freshness=core.gauges.freshness(),
            rebuilding=core.rebuilding,
            partitions=partitions,
        )

    @routes.get("/poison", summary="Événements mis de côté, avec la raison")
    async def poisoned(limit: Annotated[int, Query(ge=1, le=1000)] = 100) -> list[PoisonModel]:
        rows: list[dict[str, Any]] = await core.store.read(lambda connection: poison(connection, limit))
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

    @routes.post("/rebuild", summary="Rejouer tout le journal, comparer, basculer")
    async def rebuild(switch: bool = True) -> RebuiltModel:
        if core.rebuilding:
            raise HTTPException(409, "une reconstruction est en cours")
        found = await core.rebuild(switch=switch)
        return RebuiltModel(
            equal=found.equal,
            events=found.events,
            rows=found.rows,
            missing=dict(found.missing),
            superfluous=dict(found.superfluous),
            switched=found.switched,
        )

    return routes
