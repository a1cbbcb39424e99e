"""``/_sandbox/health`` and ``/_sandbox/ready``: is the process alive, may it be given work?"""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import Field

from socle.control.plane import ControlPlane
from socle.ground import Ground
from socle.journal.store import JournalStore
from socle.service import Service
from socle.web.model import Json


class Health(Json):
    """The process answers."""

    status: Annotated[str, Field(examples=["up"])]


class Readiness(Json):
    """Whether the process takes acts, and what it serves."""

    ready: Annotated[bool, Field(examples=[True])]
    services: Annotated[list[str], Field(examples=[["ins_sim", "dmp_sim"]])]
    control: Annotated[bool, Field(examples=[True], description="The control plane is loaded")]
    journal: Annotated[bool, Field(examples=[True], description="The journal is being written")]
    stopping: Annotated[bool, Field(examples=[False], description="The process finishes what it began")]


def router(ground: Ground, control: ControlPlane, journal: JournalStore, services: Sequence[Service]) -> APIRouter:
    """Made once for each process."""
    api = APIRouter(prefix="/_sandbox", tags=["health"])

    @api.get("/health")
    async def health() -> Health:
        """Is the process alive?"""
        return Health(status="up")

    @api.get("/ready", responses={503: {"model": Readiness, "description": "Not yet, or not any more"}})
    async def ready(response: Response) -> Readiness:
        """May the process be given work?"""
        stopping = ground.stopping.is_set()
        told = Readiness(
            ready=control.running and journal.running and not stopping,
            services=[service.name for service in services],
            control=control.running,
            journal=journal.running,
            stopping=stopping,
        )
        if not told.ready:
            response.status_code = 503
        return told

    return api
