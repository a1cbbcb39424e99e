"""``/fhir``: every path below it, as one endpoint (D1, D9, D10, D16)."""

from typing import Final

from ins_sim.fhir import rules
from ins_sim.fhir.call import Call, operation_of
from ins_sim.fhir.reply import Refused, failure, refusal
from ins_sim.fhir.server import PREFIX, Server
from socle.admission import Admission, Overloaded
from socle.control.port import Control, Fault, FaultPoint
from socle.exchange import Outcome
from socle.faults.interruptions import Busy, Imposed, befall
from socle.journal.port import Journal
from socle.web.endpoint import HttpEndpoint, Reply, Request

_INJECTED: Final = range(400, 600)


class FhirEndpoint(HttpEndpoint[Call]):
    """One for the service."""

    def __init__(self, service: str, control: Control, journal: Journal, admission: Admission) -> None:
        super().__init__(service, control, journal, admission)
        self._server = Server(control)

    def _open(self, request: Request) -> Call:
        exchange = request.exchange
        exchange.operation = operation_of(exchange.path)
        base = f"{request.base}{PREFIX}"
        return Call(request.scope, request.receive, exchange, request.workspace, request.now, base)

    async def _handle(self, call: Call, unknown: str | None) -> Reply:
        if unknown is not None:
            raise Refused(rules.WORKSPACE.finding(where="workspace", found=unknown[:80]))
        self._server.nobody_real(call, f"{call.path} {call.raw_query}")
        call.read_query()
        await self._pass_by(FaultPoint.RECEIVED, call)
        reply = await self._server.answer(call)
        await self._pass_by(FaultPoint.BEFORE_ANSWER, call)
        return reply

    def _failed(self, error: Exception, call: Call) -> Reply:
        exchange = call.exchange
        if isinstance(error, Busy):
            return refusal([rules.BUSY.finding()])
        if isinstance(error, Refused):
            exchange.findings += error.findings
            exchange.code, exchange.outcome = error.findings[0].rule.error_code, Outcome.REFUSED
            return refusal(error.findings)
        if isinstance(error, Overloaded):
            busy = rules.BUSY.finding()
            exchange.findings.append(busy)
            exchange.outcome = Outcome.OVERLOAD
            return refusal([busy])
        self._unexpected(error, exchange)
        return failure("internal", f"Erreur interne, échange {exchange.id} / internal error", 500)

    async def _pass_by(self, point: FaultPoint, call: Call) -> None:
        """Apply the first rule that fires, if one does."""
        fault = await self._control.fault(
            point,
            workspace=call.exchange.workspace,
            service=self._service,
            operation=call.exchange.operation,
            attributes=call.attribute,
        )
        if fault is not None and await befall(fault, call, self._admission):
            raise Imposed(_refused(fault))


def _refused(fault: Fault) -> Reply:
    """``code`` of the rule: an HTTP status, ``503`` or ``http-503``; anything else is a 500 that carries it."""
    code = (fault.code or "").removeprefix("http-")
    status = int(code) if code.isascii() and code.isdigit() and int(code) in _INJECTED else 500
    return failure(fault.code or "injected", fault.reason or "Panne demandée / injected fault", status)
