"""Batch verification, our own: ``creerDemandeVerification`` and ``recupererResultatVerification``."""

from ins_sim import demands
from ins_sim.acts.way import Act, Way
from ins_sim.domain.batch import (
    CREATE_ROOT,
    FETCH_ROOT,
    Demand,
    DemandRequest,
    ResultRequest,
    check_demand,
    check_result,
    judge,
    strangers,
)
from ins_sim.domain.policy import Policy
from ins_sim.wire import batch as wire
from socle.control.port import Population
from socle.events import InsiBatchCompleted
from socle.exchange import new_id
from socle.soap.model import Call, Operation, Reply
from socle.soap.offload import by_size
from socle.sweep.scopes import Scope


def _asked_for(request: ResultRequest, policy: Policy, population: Population) -> Demand:
    """Stands for the demand until the transaction has read it."""
    return Demand(request.number, "", "", 0, request.at, request.at, None, request.at)


_CREATE: Act[DemandRequest, Demand] = Act(
    wire.CREATE, CREATE_ROOT, check_demand, judge, seen=False, numbers=strangers, event=InsiBatchCompleted, heavy=True
)
_FETCH: Act[ResultRequest, Demand] = Act(
    wire.FETCH, FETCH_ROOT, check_result, _asked_for, seen=False, event=InsiBatchCompleted
)


def operations(way: Way) -> tuple[Operation, Operation]:
    """Both on the wire."""

    async def parsed(call: Call) -> DemandRequest | None:
        return await by_size(len(call.envelope.raw), wire.parse_demand, call.envelope, new_id(), call.clock.now())

    async def create(call: Call) -> Reply:
        asked = await parsed(call)
        keep = None if asked is None else demands.keep(_scope(call), asked)
        return Reply(wire.render(await way.take(call, _CREATE, asked, keep)))

    async def guard(call: Call) -> None:
        way.refuse_strangers(call, _CREATE, await parsed(call))

    async def fetch(call: Call) -> Reply:
        asked = wire.parse_result(call.envelope, call.clock.now())
        return Reply(wire.render(await way.take(call, _FETCH, asked, demands.fetch(_scope(call)))))

    async def guard_result(call: Call) -> None:
        way.refuse_strangers(call, _FETCH, wire.parse_result(call.envelope, call.clock.now()))

    return (
        Operation(wire.CREATE, frozenset({wire.CREATE_TAG}), create, frozenset({wire.CREATE_ACTION}), None, guard),
        Operation(wire.FETCH, frozenset({wire.FETCH_TAG}), fetch, frozenset({wire.FETCH_ACTION}), None, guard_result),
    )


def _scope(call: Call) -> Scope:
    return Scope(call.exchange.workspace, call.exchange.epoch)
