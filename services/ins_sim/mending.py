"""What the menders of INSi are told of a call."""

from ins_sim.domain.mending import Asked
from ins_sim.domain.model import Request
from ins_sim.wire import ws_ins2
from socle.mending.soap import Received
from socle.soap.model import Call


async def asked(call: Call, received: Received) -> Asked:
    """A call of another service has no traits: no rule that a mender knows is broken by it."""
    return Asked(ws_ins2.parse(call.envelope) or Request(), call.clock.now(), received.fresh)
