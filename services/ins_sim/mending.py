"""Mended WS_INS2 requests, served under ``/_sandbox/ins_sim/mended``."""

from ins_sim.domain.mending import MENDERS, Asked
from ins_sim.domain.model import Traits
from ins_sim.wire import ws_ins2
from socle.soap.model import Call


async def read(call: Call) -> Asked:
    """What the menders are told; a call of another service has no traits, and no rule of theirs is broken."""
    request = ws_ins2.parse(call.envelope)
    return Asked(request or ws_ins2.request_of(call.envelope, Traits()), call.clock.now())


__all__ = ["MENDERS", "read"]
