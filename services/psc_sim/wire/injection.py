"""The fault hook of the provider (D10)."""

from typing import Final

from psc_sim.domain.model import Flaw
from psc_sim.wire.call import Call
from psc_sim.wire.reply import Denied, Reply
from socle.admission import Admission
from socle.control.port import Control, Fault, FaultEffect, FaultPoint
from socle.exchange import Outcome

_STATUSES: Final = ("http-500", "http-502", "http-503", "http-504")
_PAGE: Final = "<!doctype html><title>{0}</title><h1>{0} {1}</h1>"


class Cut(Exception):
    """The connection ends here, without an answer."""


class Busy(Exception):
    """A rule wants the answer of admission control (D16)."""


class Injected(Exception):
    """A page of a gateway, without any OAuth."""

    def __init__(self, reply: Reply) -> None:
        super().__init__("injected reply")
        self.reply = reply


class FaultHook:
    """The three points of each call.

    ``code`` of a refusal: an OAuth error (``invalid_grant``, ``temporarily_unavailable`` …), ``http-503`` and its like,
    or a flaw (``expired``, ``wrong-signature`` …): then tokens are given, and are wrong.
    """

    def __init__(self, control: Control, service: str, admission: Admission) -> None:
        self._control = control
        self._service = service
        self._admission = admission

    async def pass_by(self, point: FaultPoint, call: Call) -> None:
        """Apply the first rule that fires, if one does. Raises ``Cut``, ``Busy``, ``Injected`` or ``Denied``."""
        fault = await self._control.fault(
            point,
            workspace=call.workspace.name,
            service=self._service,
            operation=call.exchange.operation,
            attributes=call.attribute,
        )
        if fault is not None:
            await self._apply(fault, call)

    async def _apply(self, fault: Fault, call: Call) -> None:
        exchange = call.exchange
        exchange.fault = fault.rule_id
        if fault.latency_ms:
            async with self._admission.aside():
                await self._admission.pause(fault.latency_ms / 1000)
        match fault.effect:
            case FaultEffect.CUT_ANSWER | FaultEffect.TRUNCATE | FaultEffect.DRIP:
                call.leaving = fault
            case FaultEffect.CUT:
                exchange.outcome = Outcome.FAULT
                raise Cut
            case FaultEffect.OVERLOAD:
                exchange.outcome = Outcome.FAULT
                raise Busy
            case FaultEffect.REFUSE:
                exchange.outcome, exchange.code = Outcome.FAULT, fault.code
                self._refuse(fault, call)

    def _refuse(self, fault: Fault, call: Call) -> None:
        code = fault.code or "server_error"
        if code in tuple(Flaw):
            call.flaw = Flaw(code)
        elif code in _STATUSES:
            page = _PAGE.format(code[5:], "Simulation").encode()
            raise Injected(Reply(int(code[5:]), page, "text/html; charset=utf-8"))
        else:
            raise Denied(code, fault.reason or "Injected fault")
