"""From an exchange to the counts it moved."""

from typing import Annotated

from fastapi import APIRouter, Query, Request

from metrics.api.models import Model
from metrics.core import Core, scope_of
from metrics.domain.engine import Engine
from metrics.moved import moved


class MovementModel(Model):
    """One count that would be smaller (or larger, if negative) without the exchange."""

    indicator: str
    version: int
    measure: str
    finess_eg: str
    finess_ej: str
    field: str
    day: str
    value: int


def router(core: Core) -> APIRouter:
    """The route."""
    routes = APIRouter(prefix="/api", tags=["indicateurs"])
    engine = Engine(core.catalogue.current())

    @routes.get(
        "/exchanges/{exchange}/moved", summary="Ce qu'un échange a compté : ce qui manquerait aux indicateurs sans lui"
    )
    async def moved_by(
        exchange: str,
        request: Request,
        subject: Annotated[
            list[str] | None,
            Query(
                description="Sujets de ses événements : lid, référence de message, séjour (au plus 100)", max_length=100
            ),
        ] = None,
    ) -> list[MovementModel]:
        scope = scope_of(core.workspace(request))
        found = await core.store.read(lambda connection: moved(connection, engine, scope, exchange, subject or ()))
        return [MovementModel(**movement._asdict()) for movement in found]

    return routes
