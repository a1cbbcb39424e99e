"""``/_sandbox/health`` and ``/_sandbox/ready``: is the process alive, may it be given work?"""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import Field

from socle.control.plane import ControlPlane
from socle.ground import Ground
from socle.journal.store import JournalStore
from socle.service import MayWait, Service
from socle.web.model import Json
from socle.web.readiness import Missing, Readiness


class Health(Json):
    """The process answers."""

    status: Annotated[str, Field(examples=["up"])]


class MissingPart(Json):
    """A part that does not work now."""

    part: Annotated[str, Field(examples=["store:dmp_sim"], description="control, journal, bus, store:…, relay:… …")]
    reason: Annotated[str, Field(examples=["PostgreSQL at db:5432: Connection refused"])]


class Ready(Json):
    """Whether the process takes acts, what it serves, and what it waits for."""

    ready: Annotated[bool, Field(examples=[True])]
    services: Annotated[list[str], Field(examples=[["ins_sim", "dmp_sim"]])]
    missing: Annotated[list[MissingPart], Field(examples=[[]], description="Empty when ready")]


def router(ground: Ground, control: ControlPlane, journal: JournalStore, services: Sequence[Service]) -> APIRouter:
    """Made once for each process."""
    api = APIRouter(prefix="/_sandbox", tags=["health"])
    readiness = Readiness(ground, control, journal)

    @api.get("/health")
    async def health() -> Health:
        """Is the process alive? It is while it answers: databases and broker do not matter here."""
        return Health(status="up")

    @api.get("/ready", responses={503: {"model": Ready, "description": "Not yet, or not any more"}})
    async def ready(response: Response) -> Ready:
        """May the process be given work? Only when its databases and its bus answer and its events are carried."""
        missing = await readiness.missing()
        for service in services:
            if isinstance(service, MayWait) and (waits_for := service.waits_for) is not None:
                missing.append(Missing(f"service:{service.name}", f"waits for its {waits_for}"))
        if missing:
            response.status_code = 503
        return Ready(
            ready=not missing,
            services=[service.name for service in services],
            missing=[MissingPart(part=one.part, reason=one.reason) for one in missing],
        )

    return api
