"""What a fault rule that fired does to a call over HTTP, whatever is spoken there: the call ends by one of these."""

from typing import Final, Generic, Protocol, TypeVar

from socle.admission import Admission
from socle.control.port import Fault, FaultEffect
from socle.exchange import Exchange, Outcome
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


class Call(Protocol):
    """One call over HTTP, as fault rules change what becomes of it."""

    exchange: Exchange
    leaving: Fault | None
    """A rule says how the answer leaves."""


async def befall(fault: Fault, call: Call, admission: Admission) -> bool:
    """Do to the call what every service over HTTP has done; True: it is to be refused, in the service's own words.

    Raises ``Cut`` or ``Busy``.
    """
    await begin(fault, call.exchange, admission)
    match fault.effect:
        case FaultEffect.CUT_ANSWER | FaultEffect.TRUNCATE | FaultEffect.DRIP:
            call.leaving = fault
        case FaultEffect.CUT:
            call.exchange.outcome = Outcome.FAULT
            raise Cut
        case FaultEffect.OVERLOAD:
            call.exchange.outcome = Outcome.FAULT
            raise Busy
        case FaultEffect.REFUSE:
            call.exchange.outcome, call.exchange.code = Outcome.FAULT, fault.code
            return True
    return False


async def begin(fault: Fault, exchange: Exchange, admission: Admission) -> None:
    """See :func:`tell`, and wait as long as the rule says."""
    tell(fault, exchange)
    if fault.latency_ms:
        async with admission.aside():  # who waits for nothing takes no place from those who work
            await admission.pause(fault.latency_ms / 1000)
