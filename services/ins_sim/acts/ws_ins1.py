"""WS_INS1, ``rechercherInsAvecCarteVitale``: the INS of a beneficiary by the Vitale card that names him."""

from ins_sim.acts.way import Act, Way
from ins_sim.domain.coherence import check
from ins_sim.domain.model import Answer
from ins_sim.domain.vitale import ROOT, CardRequest, decide, explain, numbers
from ins_sim.wire import ws_ins1
from ins_sim.wire.matched import of_card
from ins_sim.wire.names import VITALE_ACTION, VITALE_OPERATION, VITALE_ROOT
from ins_sim.wire.ws_ins2 import render
from socle.soap.model import Call, Operation, Reply

_ACT: Act[CardRequest, Answer] = Act(
    VITALE_OPERATION,
    ROOT,
    check,
    decide,
    card=lambda request: request.asked.insured.number,
    numbers=numbers,
    explain=explain,
)


def operation(way: Way) -> Operation:
    """The operation on the wire."""

    async def search(call: Call) -> Reply:
        return Reply(render(await way.take(call, _ACT, ws_ins1.parse(call.envelope))))

    async def guard(call: Call) -> None:
        way.refuse_strangers(call, _ACT, ws_ins1.parse(call.envelope))

    return Operation(VITALE_OPERATION, frozenset({VITALE_ROOT}), search, frozenset({VITALE_ACTION}), of_card, guard)
