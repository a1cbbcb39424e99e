"""What a fault rule that fired does to a call over HTTP, whatever is spoken there: the call ends by one of these."""

from typing import Generic, TypeVar

from socle.admission import Admission
from socle.control.port import Fault
from socle.exchange import Exchange

Answer = TypeVar("Answer")


class Cut(Exception):
    """The connection ends here, without an answer."""


class Busy(Exception):
    """A rule wants the answer of admission control (D16), though there is room."""


class Imposed(Exception, Generic[Answer]):
    """The answer a rule imposes, when it is an ordinary one rather than the protocol's own error."""

    def __init__(self, reply: Answer) -> None:
        super().__init__("injected reply")
        self.reply = reply


async def begin(fault: Fault, exchange: Exchange, admission: Admission) -> None:
    """Name the rule in the exchange, and wait as long as it says."""
    exchange.fault = fault.rule_id
    if fault.latency_ms:
        async with admission.aside():  # who waits for nothing takes no place from those who work
            await admission.pause(fault.latency_ms / 1000)
