"""The fault hook over SOAP (D10): what a rule that fired does to a call."""

import asyncio

from socle.control.port import Control, Fault, FaultEffect, FaultPoint
from socle.exchange import Outcome
from socle.soap.model import Call, Reply
from socle.soap.render import Renderer


class Cut(Exception):
    """The connection ends here, without an answer."""


class Injected(Exception):
    """The answer a rule imposes, when the service says it with an ordinary reply rather than a SOAP fault."""

    def __init__(self, reply: Reply) -> None:
        super().__init__("injected reply")
        self.reply = reply


class FaultHook:
    """The three points of one endpoint's calls."""

    def __init__(self, control: Control, service: str, renderer: Renderer) -> None:
        self._control = control
        self._service = service
        self._renderer = renderer

    async def pass_by(self, point: FaultPoint, call: Call, path: str) -> None:
        """Apply the first rule that fires, if one does: wait, or raise ``SoapFault``, ``Injected`` or ``Cut``."""
        exchange = call.exchange
        fault = await self._control.fault(
            point,
            workspace=exchange.workspace,
            service=self._service,
            operation=exchange.operation,
            attributes={"path": path, "action": call.envelope.action or "", "peer": exchange.peer},
        )
        if fault is not None:
            exchange.fault = fault.rule_id
            await self._apply(fault, call)

    async def _apply(self, fault: Fault, call: Call) -> None:
        match fault.effect:
            case FaultEffect.LATENCY:
                await asyncio.sleep(fault.latency_ms / 1000)
            case FaultEffect.CUT:
                call.exchange.outcome = Outcome.FAULT
                raise Cut
            case FaultEffect.REFUSE:
                call.exchange.outcome = Outcome.FAULT
                call.exchange.code = fault.code
                answer = self._renderer.refusal(call, fault)
                raise Injected(answer) if isinstance(answer, Reply) else answer
