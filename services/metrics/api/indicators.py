"""Indicators, establishments, definitions, the tiles of the page."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request

from metrics.api.models import Indicators, Model, SiteModel
from metrics.consumer import GROUP
from metrics.core import Core, scope_of
from metrics.domain.dimension import GroupBy
from metrics.domain.windows import DEFAULT
from metrics.lease import read
from metrics.lookups import Reading
from metrics.queries import poison_count
from metrics.report import answer, dimension_of

WINDOW = Query(
    description="`2026-03` un mois, `month` le mois en cours, `30d` jours glissants, "
    "`2026-03-01..2026-03-15` une période",
    examples=["30d"],
)
FINESS = Query(description="FINESS géographique ou juridique", examples=["699050001"])


class Summary(Model):
    """The tiles: the whole workspace, today and in the window."""

    acts_per_second: float
    documents_today: int
    documents: int
    messages_today: int
    messages: int
    insi_calls_today: int
    insi_calls: int
    unattributed: int
    """Documents, messages, deposits and calls of the window that no establishment could be found for."""
    freshness: dict[str, int | None]
    lag: int
    poison: int
    rebuilding: bool


def router(core: Core) -> APIRouter:
    """The routes."""
    routes = APIRouter(prefix="/api", tags=["indicateurs"])

    @routes.get("/indicators", summary="Indicateurs par établissement, période et regroupement")
    async def indicators(
        request: Request,
        *,
        window: Annotated[str, WINDOW] = DEFAULT,
        group: GroupBy = GroupBy.EG,
        finess: Annotated[str | None, FINESS] = None,
        indicator: Annotated[list[str] | None, Query()] = None,
        spark: Annotated[int | None, Query(ge=0, le=90)] = None,
    ) -> Indicators:
        question = core.question(
            core.workspace(request), window=window, group=group, indicators=indicator, finess=finess, spark=spark
        )
        return await core.store.read(lambda connection: answer(connection, question))

    @routes.get("/establishments", summary="Établissements connus de l'espace de travail")
    async def establishments(request: Request) -> list[SiteModel]:
        workspace = core.workspace(request)
        sites = core.sites(workspace)
        dimension = await core.store.read(lambda connection: dimension_of(connection, scope_of(workspace), sites))
        return [
            SiteModel(
                finess_eg=site.finess_eg,
                finess_ej=site.finess_ej,
                name=site.name,
                kind=site.kind,
                category=site.category,
                fields=list(site.fields),
                ght=site.ght,
                region=site.region,
                city=site.city,
            )
            for site in dimension.sites
        ]

    @routes.get("/definitions", summary="Définitions, toutes versions, avec certitude et source")
    async def definitions() -> list[dict[str, Any]]:
        return [each.model_dump(mode="json", by_alias=True) for each in core.catalogue.definitions]

    @routes.get("/summary", summary="Chiffres d'ensemble")
    async def summary(request: Request, window: Annotated[str, WINDOW] = DEFAULT) -> Summary:
        workspace = core.workspace(request)
        asked = core.question(workspace, window=window, group=GroupBy.EG, spark=0)
        today = core.question(workspace, window="1d", group=GroupBy.ALL, spark=0)
        whole, day, poison, now = await core.store.read(
            lambda connection: (
                answer(connection, asked),
                answer(connection, today),
                poison_count(connection, workspace.name),
                read(Reading(connection), GROUP),
            )
        )
        lost = [row for row in whole.rows if row.level == "unattributed"]
        flows = ("DMP-VOL", "MSS-VOL", "INSI-SUCCES")
        return Summary(
            acts_per_second=core.pulse.acts_per_second(workspace.name),
            documents_today=day.total.cells["DMP-VOL"].num,
            documents=whole.total.cells["DMP-VOL"].num,
            messages_today=day.total.cells["MSS-VOL"].num,
            messages=whole.total.cells["MSS-VOL"].num,
            insi_calls_today=day.total.cells["INSI-SUCCES"].den or 0,
            insi_calls=whole.total.cells["INSI-SUCCES"].den or 0,
            unattributed=sum(row.cells[name].den or row.cells[name].num for row in lost for name in flows),
            freshness=core.pulse.freshness(),
            lag=(await core.lag.seen()).total,
            poison=poison,
            rebuilding=now.rebuilding,
        )

    return routes
