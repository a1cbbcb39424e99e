"""What ``/lps`` answers to."""

from collections.abc import Sequence

from ins_sim.acts import batch, verification, ws_ins1, ws_ins2
from ins_sim.acts.way import Way
from ins_sim.domain import rules
from ins_sim.domain.erreur import UNAVAILABLE
from ins_sim.wire.faults import Dialect
from ins_sim.wire.layout import InsFault
from ins_sim.wire.names import OTHER_ACTIONS
from socle.exchange import Outcome
from socle.soap.model import Call, Operation, Reply


def operations(way: Way) -> Sequence[Operation]:
    """Those of INSi, and the AMO services that share its address and are not simulated."""
    return (
        ws_ins2.operation(way),
        ws_ins1.operation(way),
        verification.operation(way),
        *batch.operations(way),
        Operation("autre-teleservice", frozenset(), not_simulated, OTHER_ACTIONS),
    )


async def not_simulated(call: Call) -> Reply:
    """The other AMO services behind ``/lps``: a clean fault, and no event, since INSi was not called."""
    said = call.envelope.action or str(call.envelope.body.tag)
    call.exchange.findings.append(rules.NOT_SIMULATED.finding(where="Header/Action", found=said[:200]))
    call.exchange.code, call.exchange.outcome = UNAVAILABLE.outcome, Outcome.REFUSED
    raise InsFault(UNAVAILABLE, Dialect.of(call.options.get("insi.dialect")))
