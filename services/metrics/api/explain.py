"""From a value back to what made it, and why something else did not count."""

from typing import Annotated

from fastapi import APIRouter, HTTPException, Query, Request
from sqlalchemy import Connection

from metrics.api.indicators import FINESS, WINDOW
from metrics.api.models import Explanation
from metrics.core import Core, scope_of
from metrics.domain.dimension import GroupBy
from metrics.domain.windows import DEFAULT
from metrics.explain_query import Asked, explain
from metrics.report import answer, dimension_of, only, window_model


def router(core: Core) -> APIRouter:
    """The route."""
    routes = APIRouter(prefix="/api", tags=["indicateurs"])

    @routes.get(
        "/explain",
        summary="D'une valeur aux séjours, documents, événements et échanges ; et pourquoi le reste ne compte pas",
    )
    async def explain_value(
        request: Request,
        *,
        indicator: Annotated[str, Query(examples=["DMP-SORTIE"])],
        window: Annotated[str, WINDOW] = DEFAULT,
        finess: Annotated[str | None, FINESS] = None,
        unattributed: Annotated[bool, Query(description="Ce qui n'est attribué à personne")] = False,
        counted: Annotated[bool | None, Query(description="Seulement ce qui compte, ou ne compte pas")] = None,
        stay: Annotated[str | None, Query(description="Un séjour (stayId)")] = None,
        thing: Annotated[str | None, Query(description="Un document (lid ou uniqueId), un message, un acte")] = None,
        limit: Annotated[int, Query(ge=1, le=500)] = 50,
        offset: Annotated[int, Query(ge=0)] = 0,
    ) -> Explanation:
        workspace = core.workspace(request)
        question = core.question(
            workspace, window=window, group=GroupBy.ALL, indicators=[indicator], finess=finess, spark=0
        )
        sites = core.sites(workspace)

        def work(connection: Connection) -> Explanation:
            dimension = dimension_of(connection, scope_of(workspace), sites)
            answered = answer(connection, question)
            asked = Asked(
                scope=question.scope,
                definition=question.definitions[0],
                window=question.window,
                only=only(dimension, question.finess),
                unattributed=unattributed,
                counted=counted,
                stay=stay,
                thing=thing,
                limit=limit,
                offset=offset,
            )
            found = explain(connection, asked)
            return Explanation(
                indicator=answered.indicators[0],
                window=window_model(window, question.window),
                row=answered.total,
                total=found.total,
                stays=found.stays,
                things=found.things,
            )

        explanation = await core.store.read(work)
        if (stay or thing) and not explanation.total:
            raise HTTPException(404, "inconnu de cet espace de travail : aucun événement n'en a parlé")
        return explanation

    return routes
