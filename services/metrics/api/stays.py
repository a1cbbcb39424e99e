"""``POST /api/stays``: how stays come in while no gateway sends them; through the outbox like every act."""

import asyncio
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from metrics.core import Core, scope_of
from metrics.domain.stay_posts import Effect
from metrics.store import PostedStay
from metrics.wire.stays_body import BadBody, RowError, Rows, StayInput, read
from socle.control.model import Workspace
from socle.control.port import Population
from socle.events.stays import StayEvent
from socle.exchange import Exchange, Outcome, Recorded
from socle.identifiers.errors import InvalidIdentifier
from socle.identifiers.ins import OID_NIR, Ins, ins_key
from socle.store.port import StoreBusy

OPERATION = "POST /api/stays"
_KNOWN_SOURCE = "api"
_EXAMPLE = StayInput.model_json_schema()["examples"]
_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {"type": "array", "items": StayInput.model_json_schema()},
                "example": _EXAMPLE,
            },
            "application/x-ndjson": {"schema": {"type": "string"}, "example": json.dumps(_EXAMPLE[0])},
            "text/csv": {
                "schema": {"type": "string"},
                "example": "stayId;finess;admittedAt;dischargedAt\n"
                "1.2.250.1.999.1^S-2026-000124;699050001;2026-03-02T09:15;2026-03-05T14:00\n",
            },
        },
    }
}


def router(core: Core) -> APIRouter:
    """The route."""
    routes = APIRouter(prefix="/api", tags=["séjours"])

    @routes.post(
        "/stays",
        summary="Déclarer des séjours (JSON, NDJSON ou CSV) : tout ou rien, renvoyer le même contenu ne change rien",
        openapi_extra=_BODY,
        status_code=200,
    )
    async def post_stays(request: Request) -> JSONResponse:
        workspace = core.workspace(request)
        exchange = Exchange(
            service="metrics",
            protocol="http",
            workspace=workspace.name,
            epoch=workspace.epoch,
            received_at=datetime.now(UTC),
            operation=OPERATION,
            path="/api/stays",
            peer=request.client.host if request.client else "",
        )
        answer = await _answer(core, workspace, request, exchange)
        answer.headers["X-Socles-Exchange"] = exchange.id
        exchange.status = answer.status_code
        exchange.response = Recorded(body=[bytes(answer.body)])
        exchange.finish()
        core.ground.journal.record(exchange)
        return answer

    return routes


async def _answer(core: Core, workspace: Workspace, request: Request, exchange: Exchange) -> JSONResponse:
    body = await _body(request, core.settings.stays_body_max)
    if body is None:
        return _refused(exchange, 413, [RowError(line=0, field=None, reason="corps trop grand")])
    try:
        kind = request.headers.get("content-type", "")
        # off the loop: a body may hold fifty thousand stays
        rows = await asyncio.to_thread(read, kind, body, core.settings.stays_max)
        posted = await asyncio.to_thread(_posted, core, workspace, rows)
    except LookupError:
        accepted = "application/json, application/x-ndjson, text/csv"
        return _refused(exchange, 415, [RowError(line=0, field=None, reason=f"formats admis : {accepted}")])
    except BadBody as error:
        return _refused(exchange, 422, error.errors)
    exchange.finess = rows[0][1].finess
    clock = core.ground.control.clock(workspace.name)
    try:
        effects = await core.store.post_stays(scope_of(workspace), posted, exchange.id, clock)
    except StoreBusy:
        exchange.outcome = Outcome.OVERLOAD
        return JSONResponse({"errors": [{"line": 0, "field": None, "reason": "service occupé : réessayez"}]}, 503)
    counts = {effect.value: effects.count(effect) for effect in Effect}
    return JSONResponse({"accepted": len(effects), **counts, "exchange": exchange.id})


def _refused(exchange: Exchange, status: int, errors: Sequence[RowError]) -> JSONResponse:
    exchange.outcome = Outcome.REFUSED
    return JSONResponse({"errors": [error.model_dump() for error in errors], "exchange": exchange.id}, status)


async def _body(request: Request, most: int) -> bytes | None:
    found = bytearray()
    async for chunk in request.stream():
        found += chunk
        if len(found) > most:
            return None
    return bytes(found)


def _posted(core: Core, workspace: Workspace, rows: Rows) -> list[PostedStay]:
    """Rows → stays with their establishment and patient; raises :class:`BadBody`."""
    population = core.ground.control.population(workspace.name)
    posted: list[PostedStay] = []
    errors: list[RowError] = []
    for line, row in rows:
        site = population.establishment(row.finess)
        if site is None:
            errors.append(RowError(line=line, field="finess", reason=f"établissement {row.finess} inconnu (site, EG)"))
            continue
        try:
            reference = _patient(core, population, row)
        except InvalidIdentifier as error:
            errors.append(RowError(line=line, field="ins", reason=str(error)))
            continue
        stay = StayEvent(
            workspace=workspace.name,
            epoch=workspace.epoch,
            finess_eg=site.finess_eg,
            finess_ej=site.finess_ej,
            attributed_by=_KNOWN_SOURCE,
            stay_id=row.identifier,
            field=row.field,
            admitted_at=row.admitted_at,
            discharged_at=row.discharged_at,
            exit_mode=row.exit_mode,
            surgery=row.surgery,
            session=row.session,
            patient_ref=reference,
        )
        posted.append(PostedStay(stay, row.cancelled))
    if errors:
        raise BadBody(errors)
    return posted


def _patient(core: Core, population: Population, row: StayInput) -> str | None:
    """The keyed hash; a real person's number is refused before anything is kept (D11)."""
    if row.ins is None:
        return row.patient_ref
    text = row.ins.strip()
    ins = Ins.parse(text if len(text) != 13 else text + ins_key(text), OID_NIR)
    if not population.accepts_ins(ins):
        raise InvalidIdentifier("matricule valide qui n'est pas d'une personne fictive connue : refusé")
    return core.ground.control.patient_ref(ins.matricule)
