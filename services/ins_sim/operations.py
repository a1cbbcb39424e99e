"""What ``/lps`` answers to."""

from collections.abc import Sequence

from ins_sim.acts import batch, verification, ws_ins1, ws_ins2
from ins_sim.acts.way import Way
from ins_sim.domain import rules
from ins_sim.domain.erreur import STRANGER, UNAVAILABLE
from ins_sim.wire.faults import Dialect
from ins_sim.wire.layout import InsFault
from ins_sim.wire.names import OTHER_ACTIONS, is_other_service
from socle.exchange import Outcome
from socle.soap.model import Call, Operation, Reply


def operations(way: Way) -> Sequence[Operation]:
    """Those of INSi, and the AMO services that share its address and are not simulated."""

    async def other(call: Call) -> Reply:
        if way.refuse_unread(call):
            raise InsFault(STRANGER, Dialect.of(call.options.get("insi.dialect")))
        return await not_simulated(call)

    async def guard(call: Call) -> None:
        way.refuse_unread(call)

    return (
        ws_ins2.operation(way),
        ws_ins1.operation(way),
        verification.operation(way),
        *batch.operations(way),
        Operation("autre-teleservice", frozenset(), other, OTHER_ACTIONS, None, guard, is_other_service),
    )


async def not_simulated(call: Call) -> Reply:
    """The other AMO services behind ``/lps``: a clean fault, and no event, since INSi was not called."""
    said = call.envelope.action or str(call.envelope.body.tag)
    call.exchange.findings.append(rules.NOT_SIMULATED.finding(where="Header/Action", found=said[:200]))
    call.exchange.code, call.exchange.outcome = UNAVAILABLE.outcome, Outcome.REFUSED
    raise InsFault(UNAVAILABLE, Dialect.of(call.options.get("insi.dialect")))
