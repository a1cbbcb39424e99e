"""A request that no operation has understood: its body is in the journal unless it may tell of a real person (D11)."""

import binascii
import re
from collections.abc import Callable, Sequence
from typing import Final

from socle.blobs import BlobRef
from socle.control.known import real_patient_refused
from socle.control.port import Population
from socle.exchange import Exchange, Outcome
from socle.identifiers.ins import Ins
from socle.identifiers.numbers import in_message
from socle.soap.offload import by_size

_BASE64: Final = re.compile(rb"[A-Za-z0-9+/\s]{20,}+={0,2}\s*")


def unread(exchange: Exchange) -> bool:
    """No operation has judged the request: it was refused before one was found, or before one could read it. An act
    that was completed has its event, and one that the database had no time for was judged before."""
    if exchange.redacted or exchange.events:
        return False
    return exchange.outcome is not Outcome.OVERLOAD or not exchange.operation


async def look(exchange: Exchange, population: Callable[[str], Population]) -> None:
    """Redact the exchange when a number in its body may be a real person's, with the finding that says so.

    Only what the journal would keep in place is looked at: parts on disk are nobody's once the request is over.
    """
    pieces = [piece for piece in exchange.request.body if not isinstance(piece, BlobRef)]
    for ins in await by_size(sum(map(len, pieces)), _numbers, pieces):
        finding = real_patient_refused(ins, population(exchange.workspace), where="message")
        if finding is not None:
            exchange.redacted = True
            exchange.findings.append(finding)
            return


def _numbers(pieces: Sequence[bytes]) -> list[Ins]:
    # A part that was cut off may end in another piece; one in base64 is a piece of its own, as it was on the wire.
    texts = [b"".join(pieces), *(_decoded(piece) for piece in pieces if _BASE64.fullmatch(piece) is not None)]
    return list(dict.fromkeys(ins for text in texts for ins in in_message(_text(text))))


def _decoded(piece: bytes) -> bytes:
    try:
        return binascii.a2b_base64(piece)
    except binascii.Error:
        return b""


def _text(data: bytes) -> str:
    # Figures are ASCII in every charset that is read; UTF-16 puts a zero beside each.
    return data.replace(b"\0", b"").decode("latin-1")
