"""``/fhir`` as a plain ASGI application: from a request's first byte to the journal (D1, D9, D10, D16)."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

import structlog

from ins_sim.fhir import rules
from ins_sim.fhir.call import Call, ClientGone, operation_of
from ins_sim.fhir.reply import TYPE, Refused, Reply, failure, refusal
from ins_sim.fhir.server import PREFIX, Server
from socle.address import base_url, open_exchange
from socle.admission import Admission, Overloaded
from socle.control.model import DEFAULT_WORKSPACE, Workspace
from socle.control.port import Control, Fault, FaultEffect, FaultPoint
from socle.exchange import Outcome
from socle.faults.interruptions import Cut, Imposed, begin
from socle.journal.port import Journal
from socle.service import Receive, Scope, Send
from socle.soap.answer import Answer, cut
from socle.soap.leaving import leave

log = structlog.get_logger(__name__)
_INJECTED: Final = range(400, 600)


class FhirEndpoint:
    """Every path below ``/fhir``."""

    def __init__(self, service: str, control: Control, journal: Journal, admission: Admission) -> None:
        self._service = service
        self._control = control
        self._journal = journal
        self._admission = admission
        self._server = Server(control)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        state = scope.get("state", {})
        workspace = state.get("workspace") or self._control.workspace(DEFAULT_WORKSPACE)
        workspace = workspace or Workspace(DEFAULT_WORKSPACE)
        exchange = open_exchange(
            scope, "http", self._service, workspace=workspace.name, epoch=workspace.epoch, now=datetime.now(UTC)
        )
        exchange.operation = operation_of(exchange.path)
        base = base_url(scope)
        now = self._control.clock(workspace.name).now()
        call = Call(scope, receive, exchange, workspace, now, base + PREFIX)
        try:
            reply = await self._reply(call, state.get("unknown_workspace"))
            answer = self._packed(reply, call, base)
            if answer.leaving is None:
                answer.record(exchange)
                await answer.send(send)
            else:
                await leave(answer, exchange, scope, receive, send)
        except (Cut, ClientGone):
            exchange.outcome = Outcome.FAULT
            await cut(scope, receive, send)
        finally:
            exchange.finish()
            self._journal.record(exchange)

    async def _reply(self, call: Call, unknown: str | None) -> Reply:
        exchange = call.exchange
        try:
            async with self._admission:
                if unknown is not None:
                    raise Refused(rules.WORKSPACE.finding(where="workspace", found=unknown[:80]))
                self._server.nobody_real(call, f"{exchange.path} {call.raw_query}")
                call.read_query()
                await self._pass_by(FaultPoint.RECEIVED, call)
                reply = await self._server.answer(call)
                await self._pass_by(FaultPoint.BEFORE_ANSWER, call)
                return reply
        except (Cut, ClientGone):
            raise
        except Imposed as imposed:
            answer: Reply = imposed.reply
            return answer
        except Refused as refused:
            exchange.findings += refused.findings
            exchange.code, exchange.outcome = refused.findings[0].rule.error_code, Outcome.REFUSED
            return refusal(refused.findings)
        except Overloaded:
            exchange.outcome = Outcome.OVERLOAD
            finding = rules.BUSY.finding()
            exchange.findings.append(finding)
            return refusal([finding])
        except Exception as error:
            log.error("fhir.unexpected", exchange=exchange.id, exc_info=error)
            exchange.outcome = Outcome.ERROR
            return failure("internal", f"Erreur interne, échange {exchange.id} / internal error", 500)

    async def _pass_by(self, point: FaultPoint, call: Call) -> None:
        """Apply the first rule that fires, if one does."""
        exchange = call.exchange
        fault = await self._control.fault(
            point,
            workspace=exchange.workspace,
            service=self._service,
            operation=exchange.operation,
            attributes=call.attribute,
        )
        if fault is None:
            return
        await begin(fault, exchange, self._admission)
        if fault.effect in (FaultEffect.CUT_ANSWER, FaultEffect.TRUNCATE, FaultEffect.DRIP):
            call.leaving = fault
        elif fault.effect is FaultEffect.CUT:
            raise Cut
        elif fault.effect in (FaultEffect.OVERLOAD, FaultEffect.REFUSE):
            exchange.outcome, exchange.code = Outcome.FAULT, fault.code
            raise Imposed(refusal([rules.BUSY.finding()]) if fault.effect is FaultEffect.OVERLOAD else _refused(fault))

    def _packed(self, reply: Reply, call: Call, base: str) -> Answer:
        told: Mapping[str, str] = {
            "content-type": TYPE,
            "content-length": str(len(reply.body)),
            "cache-control": "no-store",
            "x-socles-exchange": f"{base}/_sandbox/exchanges/{call.exchange.id}",
            **dict(reply.headers),
        }
        headers = [(name.encode(), value.encode("latin-1", "replace")) for name, value in told.items()]
        body = b"" if call.method == "HEAD" else reply.body
        return Answer(reply.status, headers, [body], call.leaving, self._admission.stopping)


def _refused(fault: Fault) -> Reply:
    """``code`` of the rule: an HTTP status, ``503`` or ``http-503``; anything else is a 500 that carries it."""
    code = (fault.code or "").removeprefix("http-")
    status = int(code) if code.isascii() and code.isdigit() and int(code) in _INJECTED else 500
    return failure(fault.code or "injected", fault.reason or "Panne demandée / injected fault", status)
