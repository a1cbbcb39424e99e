"""The fault hook over SOAP (D10): what a rule that fired does to a call."""

from collections.abc import Callable

from socle.admission import Admission
from socle.control.port import Attributes, Control, Fault, FaultEffect, FaultPoint
from socle.faults import magic
from socle.faults.interruptions import Busy, Cut, Imposed, befall
from socle.soap.model import Call, Operation, Reply
from socle.soap.render import Renderer

__all__ = ["Busy", "Cut", "FaultHook", "Injected"]


class Injected(Imposed[Reply]):
    """The answer a rule imposes, when the service says it with an ordinary reply rather than a SOAP fault."""


class FaultHook:
    """The three points of one endpoint's calls."""

    def __init__(
        self,
        control: Control,
        service: str,
        renderer: Renderer,
        admission: Admission,
        magic_of: Callable[[Call], str | None] | None = None,
    ) -> None:
        self._magic_of = magic_of
        self._control = control
        self._service = service
        self._renderer = renderer
        self._admission = admission

    async def pass_by(self, point: FaultPoint, call: Call, operation: Operation, path: str) -> None:
        """Apply what the message itself asks for, else the first rule that fires, if one does; see :meth:`apply`."""
        exchange = call.exchange
        if point is FaultPoint.RECEIVED and self._magic_of is not None:
            call.magic = self._magic_of(call)
        if call.magic is not None:
            entry = magic.entry_of(call.magic, call.options, exchange)
            asked = magic.fires(entry, point, exchange.operation) if entry is not None else None
            if asked is not None:
                await self.apply(asked, call)
                return
        if not self._control.may_fault(exchange.workspace):
            return
        fault = await self._control.fault(
            point,
            workspace=exchange.workspace,
            service=self._service,
            operation=exchange.operation,
            attributes=_attributes(call, operation, path),
        )
        if fault is not None:
            await self.apply(fault, call)

    async def apply(self, fault: Fault, call: Call) -> None:
        """Wait, tell the call what is to become of it, or raise ``SoapFault``, ``Injected``, ``Busy`` or ``Cut``."""
        if await befall(fault, call, self._admission):
            answer = self._renderer.refusal(call, fault)
            raise Injected(answer) if isinstance(answer, Reply) else answer
        if fault.effect is FaultEffect.STALE:
            call.stale_seconds = fault.seconds
        elif fault.effect is FaultEffect.DELAY_EVENT:
            call.event_delay = fault.seconds


def _attributes(call: Call, operation: Operation, path: str) -> Attributes:
    """What rules match on of this call."""

    def attribute(name: str) -> str | None:
        if name == "path":
            return path
        if name == "action":
            return call.envelope.action or ""
        if name == "peer":
            return call.exchange.peer
        if call.told is None:
            call.told = operation.attributes(call) if operation.attributes is not None else {}
        return call.told.get(name) or None

    return attribute
