"""Multipart messages and readers for the tests of MTOM."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from socle.soap.headers import content_type
from socle.soap.limits import Limits
from socle.soap.mtom import Multipart, MultipartReader
from socle.soap.refusal import MimeRefused

ROOT = ('Content-Type: application/xop+xml; charset=UTF-8; type="application/soap+xml"\nContent-ID: <root>', b"<e/>")
CDA = b'<?xml version="1.0"?><ClinicalDocument>\r\n\xc3\xa9</ClinicalDocument>\n'
RELATED = 'multipart/related; boundary="b"; type="application/xop+xml"; start="<root>"'
SMALL = Limits(
    spool_above=1000, offload_above=100, max_part=50_000, max_total=100_000, max_parts=4, max_part_header=500
)


async def portions(data: bytes, size: int) -> AsyncIterator[bytes]:
    for at in range(0, len(data), size):
        yield data[at : at + size]


async def read(
    body: bytes, kind: str = RELATED, *, limits: Limits | None = None, size: int = 1 << 20, spool: Path = Path("unused")
) -> Multipart:
    reader = MultipartReader(content_type(kind), limits or Limits(), spool)
    try:
        return await reader.read(portions(body, size))
    finally:
        assert b"".join(piece for piece in reader.recorded() if isinstance(piece, bytes)) == body
        await reader.discard()


async def rule_of(
    body: bytes, kind: str = RELATED, *, limits: Limits | None = None, spool: Path = Path("unused")
) -> str:
    reader = MultipartReader(content_type(kind), limits or Limits(), spool)
    with pytest.raises(MimeRefused) as caught:
        await reader.read(portions(body, 64))
    await reader.discard()
    return caught.value.finding.rule.id


async def read_any(body: bytes, kind: str = RELATED) -> Multipart:
    """Read without the check of the record: an epilogue is not kept."""
    return await MultipartReader(content_type(kind), Limits(), Path("unused")).read(portions(body, 7))
