"""``/_sandbox/ins_sim/homologation``: the report as JSON, as a page to hand on, or as JUnit XML."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from ins_sim.homologation.book import chosen
from ins_sim.homologation.desk import Desk
from ins_sim.homologation.junit import junit
from ins_sim.homologation.model import Verdict
from ins_sim.homologation.page import HEADERS, page
from ins_sim.homologation.report import Report, report
from ins_sim.homologation.view import ReportView, case_view, softwares
from socle.control.model import Workspace
from socle.web.errors import Refusal
from socle.web.links import base_of
from socle.web.model import Current, Json, Moment

Format = Literal["json", "html", "junit"]
_FORMATS: Sequence[tuple[str, Format]] = (("text/html", "html"), ("application/xml", "junit"))
"""What Accept asks for, where no format is named."""


class Asked(Json):
    """Which calls are judged, on which cases, and how the report is written."""

    case: Annotated[
        list[str], Field(default_factory=list, description="Cases by the beginning of their id: `2`, `2.03`, `2.03-1`")
    ]
    software: Annotated[
        str | None, Field(max_length=200, description="Authorisation number, name or key; else who called last")
    ] = None
    finess: Annotated[str | None, Field(description="Only calls of this establishment")] = None
    since: Moment | None = None
    until: Moment | None = None
    unauthenticated: Annotated[
        bool, Field(description="Admit calls with neither an assertion nor a client certificate")
    ] = False
    format: Format | None = None


def router(service: str, desk: Desk, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> APIRouter:
    """The one route. ``now``: by the real clock, as the journal tells its moments."""
    api = APIRouter(prefix=f"/_sandbox/{service}/homologation", tags=[service])

    @api.get("", response_model=ReportView)
    def show(workspace: Current, asked: Annotated[Asked, Query()], request: Request) -> Response | ReportView:
        """The conformity cases of INSi, judged on what the workspace's journal holds.

        The newest attempt at each case counts. JSON; or a page that holds its evidence, or JUnit XML, by `format`
        or Accept.
        """
        cases = chosen(asked.case)
        if not cases:
            raise _no_case(asked.case)
        read = desk.read(workspace, since=asked.since, until=asked.until, finess=asked.finess)
        made = report(cases, read, now(), wanted=asked.software, trust=not asked.unauthenticated)
        told = _view(made, workspace, asked, now(), f"{base_of(request)}/_sandbox/exchanges/")
        accepted = request.headers.get("accept", "")
        wanted = asked.format or next((name for kind, name in _FORMATS if kind in accepted), "json")
        if wanted == "html":
            return Response(page(told, desk.wire), media_type="text/html; charset=utf-8", headers=HEADERS)
        if wanted == "junit":
            return Response(junit(told, _seconds(made)), media_type="application/xml", headers={"Vary": "Accept"})
        return told

    return api


def _view(made: Report, workspace: Workspace, asked: Asked, now: datetime, links: str) -> ReportView:
    software, seen = softwares(made)
    return ReportView(
        workspace=workspace.name,
        epoch=workspace.epoch,
        made_at=now,
        software=software,
        seen=seen,
        since=asked.since,
        until=asked.until,
        finess=asked.finess,
        unauthenticated=asked.unauthenticated,
        unread=made.read.unread,
        replayed=made.read.replayed,
        partial=made.read.partial,
        counts={verdict: made.count(verdict) for verdict in Verdict},
        passed=made.passed,
        cases=[case_view(judged, links) for judged in made.judged],
    )


def _seconds(made: Report) -> dict[str, float]:
    return {
        one.case.id: sum(call.seconds for call in one.counted.calls) for one in made.judged if one.counted is not None
    }


def _no_case(wanted: list[str]) -> Refusal:
    said = ", ".join(wanted)[:80]
    known = ", ".join(case.id for case in chosen(()))
    return Refusal(
        404,
        "homologation.no-case",
        f"Aucun cas ne commence par {said} ; les cas : {known}.",
        f"No case begins with {said}; the cases: {known}.",
    )
