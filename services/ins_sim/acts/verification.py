"""``verifierInsAvecTraitsIdentite``: does this INS belong to the person with these traits?"""

from ins_sim.acts.way import Act, Way
from ins_sim.domain.verification import ROOT, VerificationRequest, Verified, check, decide, numbers
from ins_sim.wire import verification as wire
from ins_sim.wire.matched import of_verification
from socle.soap.model import Call, Operation, Reply

_ACT: Act[VerificationRequest, Verified] = Act(
    wire.OPERATION, ROOT, check, decide, seen=False, numbers=lambda asked: numbers(asked.claimed)
)


def operation(way: Way) -> Operation:
    """The operation on the wire."""

    async def verify(call: Call) -> Reply:
        return Reply(wire.render(await way.take(call, _ACT, wire.parse(call.envelope))))

    async def guard(call: Call) -> None:
        way.refuse_strangers(call, _ACT, wire.parse(call.envelope))

    return Operation(
        wire.OPERATION, frozenset({wire.BODY_ROOT}), verify, frozenset({wire.ACTION}), of_verification, guard
    )
