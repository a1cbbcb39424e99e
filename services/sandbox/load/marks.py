"""The marks that stand in rendered bodies, and the values that one act puts in their place."""

from datetime import UTC, datetime
from email.utils import format_datetime
from functools import lru_cache
from random import Random
from uuid import UUID

from sandbox.cda.header import stamp
from sandbox.clients.ebrim import oid_of, utc
from sandbox.load.slots import Values

TOKEN_UUID = UUID("0e5e10ad-5ca1-4ab1-8bad-0123456789ab")
"""Small enough that the signature's OID, made from it, has 38 digits as ours have."""
INSTANT = datetime(2001, 2, 3, 4, 5, 6, tzinfo=UTC)
DIGEST = b"5ca1ab1e5ca1ab1e5ca1ab1e5ca1ab1e5ca1ab1e"
"""Stands for the SHA-1 of the document, in hexadecimal."""

_FIRST_OID = 10**37
_OIDS = [oid_of(UUID(int=_FIRST_OID + 7 * number)) for number in range(1, 4)]
LOT_OID, DOCUMENT_OID, SET_OID = _OIDS
STAY_EXTENSION = "S-000000000000-00-00000000"

TOKEN = str(TOKEN_UUID).encode()
SIGNATURE = oid_of(UUID(int=TOKEN_UUID.int ^ 1 << 96)).encode()
LOT, DOCUMENT, SET = (oid.encode() for oid in _OIDS)
STAY = STAY_EXTENSION.encode()
IDS = (TOKEN, SIGNATURE, LOT, DOCUMENT, SET, STAY, DIGEST)


def _iso(instant: datetime) -> str:
    return instant.strftime("%Y-%m-%dT%H:%M:%SZ")


def _times(instant: datetime) -> tuple[bytes, ...]:
    """The present as SAML, CDA, mail, XDS and file names write it; always of the same lengths."""
    texts = _iso(instant), stamp(instant), format_datetime(instant), utc(instant), instant.strftime("%Y%m%d")
    return tuple(text.encode() for text in texts)


TIMES = _times(INSTANT)
ALL = (*IDS, *TIMES)


@lru_cache(maxsize=4)
def times(second: int) -> dict[bytes, bytes]:
    """Values of the marks of time; ``second`` since 1970."""
    return dict(zip(TIMES, _times(datetime.fromtimestamp(second, UTC)), strict=True))


class Ids:
    """Identifiers of one worker's acts: unlike anybody else's as long as ``seed`` is."""

    def __init__(self, seed: str) -> None:
        self._bits = Random(seed).getrandbits  # noqa: S311 - unique, not secret

    def oid(self) -> str:
        """Under 2.25, with 38 digits."""
        return f"2.25.{_FIRST_OID + self._bits(120)}"

    def values(self, second: int, *, stay: str = STAY_EXTENSION) -> dict[bytes, bytes]:
        """Fresh values for all marks but the document's digest."""
        return {
            TOKEN: str(UUID(int=self._bits(128), version=4)).encode(),
            SIGNATURE: self.oid().encode(),
            LOT: self.oid().encode(),
            DOCUMENT: self.oid().encode(),
            SET: self.oid().encode(),
            STAY: stay.encode(),
            **times(second),
        }


__all__ = ["ALL", "DIGEST", "DOCUMENT", "IDS", "INSTANT", "LOT", "STAY", "TIMES", "TOKEN", "Ids", "Values", "times"]
