"""What a fault rule that fired does to a call over HTTP, whatever is spoken there: the call ends by one of these."""

from typing import Final, Generic, TypeVar

from socle.admission import Admission
from socle.control.port import Fault, FaultEffect
from socle.exchange import Exchange
from socle.faults.advice import RETRY
from socle.rules import REGISTRY, Certainty, Rule, Severity

Answer = TypeVar("Answer")
OVERLOAD: Final = REGISTRY.add(
    Rule(
        "fault.overload",
        "Une panne demandée a répondu que le service est saturé",
        "A fault on demand answered that the service is overloaded",
        "Socles D10, D16",
        Certainty.OURS,
        RETRY.fr,
        severity=Severity.INFO,  # the client broke nothing: a suite that provokes it must not fail for it
    )
)


class Cut(Exception):
    """The connection ends here, without an answer."""


class Busy(Exception):
    """A rule wants the answer of admission control (D16), though there is room."""


class Imposed(Exception, Generic[Answer]):
    """The answer a rule imposes, when it is an ordinary one rather than the protocol's own error."""

    def __init__(self, reply: Answer) -> None:
        super().__init__("injected reply")
        self.reply = reply


def tell(fault: Fault, exchange: Exchange) -> None:
    """Name the rule in the exchange, and what a client learns from an overload."""
    exchange.fault = fault.rule_id
    if fault.effect is FaultEffect.OVERLOAD:
        exchange.findings.append(OVERLOAD.finding(where="fault", found=fault.rule_id))


async def begin(fault: Fault, exchange: Exchange, admission: Admission) -> None:
    """See :func:`tell`, and wait as long as the rule says."""
    tell(fault, exchange)
    if fault.latency_ms:
        async with admission.aside():  # who waits for nothing takes no place from those who work
            await admission.pause(fault.latency_ms / 1000)
