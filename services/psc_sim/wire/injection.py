"""The fault hook of the provider (D10)."""

from typing import Final

from psc_sim.domain import faults
from psc_sim.domain.magic import magic_id
from psc_sim.domain.model import Flaw
from psc_sim.wire.call import Call
from psc_sim.wire.reply import Denied, json_reply
from socle.admission import Admission
from socle.control.port import Control, Fault, FaultPoint
from socle.faults import magic
from socle.faults.interruptions import Imposed, befall
from socle.web.endpoint import Reply

_STATUSES: Final = ("http-500", "http-502", "http-503", "http-504")
_PAGE: Final = "<!doctype html><title>{0}</title><h1>{0} {1}</h1>"


class Injected(Imposed[Reply]):
    """A page of a gateway, without any OAuth, or what introspection says."""


class FaultHook:
    """The three points of each call.

    ``code`` of a refusal: an OAuth error (``invalid_grant``, ``temporarily_unavailable`` …), ``http-503`` and its like,
    ``inactive`` (of introspection), or a flaw (``expired``, ``wrong-signature`` …): tokens are given, and are wrong.
    """

    def __init__(self, control: Control, service: str, admission: Admission) -> None:
        self._control = control
        self._service = service
        self._admission = admission

    async def pass_by(self, point: FaultPoint, call: Call) -> None:
        """Apply what the client's name asks for, else the first rule that fires, if one does.

        Raises ``Cut``, ``Busy``, ``Injected`` or ``Denied``.
        """
        fault = self._asked(point, call) or await self._control.fault(
            point,
            workspace=call.workspace.name,
            service=self._service,
            operation=call.exchange.operation,
            attributes=call.attribute,
        )
        if fault is not None:
            await self._apply(fault, call)

    def _asked(self, point: FaultPoint, call: Call) -> Fault | None:
        named = magic_id(call.client_id)
        entry = magic.entry_of(named, call.workspace.options, call.exchange) if named is not None else None
        return magic.fires(entry, point, call.exchange.operation) if entry is not None else None

    async def _apply(self, fault: Fault, call: Call) -> None:
        if not await befall(fault, call, self._admission):
            return
        code = fault.code or "server_error"
        if code in tuple(Flaw):
            call.flaw = Flaw(code)
        elif code in _STATUSES:
            page = _PAGE.format(code[5:], "Simulation").encode()
            raise Injected(Reply(int(code[5:]), page, "text/html; charset=utf-8"))
        elif code == faults.INACTIVE:
            raise Injected(json_reply({"active": False}))
        else:
            raise Denied(code, fault.reason or "Injected fault")
