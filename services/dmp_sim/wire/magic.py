"""Where a call to the DMP may ask for a fault: anywhere in its envelope (``domain/magic.py``)."""

from dmp_sim.domain.magic import magic_id
from socle.soap.model import Call

_SIGN = b"[socles:"


def magic_of(call: Call) -> str | None:
    """The id of the fault asked for. Documents are not looked into: only what stands in the envelope counts."""
    raw = call.envelope.raw
    if b"[" not in raw:  # one byte is looked for ten times faster than eight, and envelopes seldom have this one
        return None
    at = raw.find(_SIGN)
    return None if at < 0 else magic_id(raw[at : at + 100].decode("latin-1"))
