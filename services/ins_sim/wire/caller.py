"""What every request says beside its body."""

from typing import TypedDict

from ins_sim.domain.model import Assertion, Context, Software
from ins_sim.wire.contexts import parse_headers
from socle.soap.model import SOAP12, Envelope


class Said(TypedDict):
    """The fields of a ``Caller``."""

    bam: Context
    lps: Context
    software: Software
    assertion: Assertion
    message_id: str | None
    soap12: bool


def said(envelope: Envelope, *, card: bool = False) -> Said:
    """Read from header and envelope. ``card``: as ``parse_headers`` has it."""
    headers = parse_headers(envelope.header, card=card)
    return Said(
        bam=headers.bam,
        lps=headers.lps,
        software=headers.software,
        assertion=headers.assertion,
        message_id=envelope.message_id,
        soap12=envelope.version == SOAP12,
    )
