"""WS_INS2, ``rechercherInsAvecTraitsIdentite``: the INS of a person by his traits."""

from ins_sim.acts.way import Act, Way
from ins_sim.domain.decision import check, decide
from ins_sim.domain.model import Answer, Request
from ins_sim.wire import ws_ins2
from ins_sim.wire.matched import of_search
from ins_sim.wire.names import ACTION, BODY_ROOT, OPERATION
from socle.soap.model import Call, Operation, Reply

_ACT: Act[Request, Answer] = Act(OPERATION, "RECSANSVITALE", check, decide)


def operation(way: Way) -> Operation:
    """The operation on the wire."""

    async def search(call: Call) -> Reply:
        return Reply(ws_ins2.render(await way.take(call, _ACT, ws_ins2.parse(call.envelope))))

    async def guard(call: Call) -> None:
        way.refuse_strangers(call, _ACT, ws_ins2.parse(call.envelope))

    return Operation(OPERATION, frozenset({BODY_ROOT}), search, frozenset({ACTION}), of_search, guard)
