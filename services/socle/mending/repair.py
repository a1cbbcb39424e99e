"""XML that cannot be read, made readable where there is one way to: each repair is kept only if the parser takes it."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from socle.soap.refusal import XmlRefused
from socle.soap.xml import parse

REPAIRED = (
    "Esperluettes échappées, DOCTYPE retiré ou octets Windows-1252 passés en UTF-8 : ce qui rend le XML lisible.",
    "Ampersands escaped, DOCTYPE removed, or bytes of Windows-1252 made UTF-8, whichever makes the XML readable.",
)
"""French, English."""
_BARE_AMPERSAND = re.compile(rb"&(?!(?:#[0-9]{1,7}|#x[0-9a-fA-F]{1,6}|amp|lt|gt|quot|apos);)")
_DOCTYPE = re.compile(rb"<!DOCTYPE[^\[\]<>]*(?:\[[^\]]*\]\s*)?>\s*")
_HIGH = re.compile(rb"[\x80-\xff]+")


@dataclass(frozen=True, slots=True)
class Repaired:
    """The document, and an example of what was changed."""

    data: bytes
    before: str
    after: str


def repair(data: bytes) -> Repaired | None:
    """The first repair, or all of them together, after which ``data`` can be parsed; None when there is none."""
    ways: tuple[Callable[[bytes], Repaired | None], ...] = (_ampersands, _doctype, _charset)
    for way in ways:
        one = way(data)
        if one is not None and _reads(one.data):
            return one
    first: Repaired | None = None
    for way in ways:
        one = way(data)
        if one is not None:
            data, first = one.data, first or one
    return Repaired(data, first.before, first.after) if first is not None and _reads(data) else None


def _ampersands(data: bytes) -> Repaired | None:
    found = _BARE_AMPERSAND.search(data)
    if found is None:
        return None
    around = data[max(0, found.start() - 20) : found.end() + 20].decode("utf-8", "replace")
    return Repaired(_BARE_AMPERSAND.sub(b"&amp;", data), around, around.replace("&", "&amp;"))


def _doctype(data: bytes) -> Repaired | None:
    start = data.find(b"<!DOCTYPE")  # there is one at most; to try each place would be quadratic
    found = _DOCTYPE.match(data, start) if start >= 0 else None
    if found is None:
        return None
    return Repaired(data[: found.start()] + data[found.end() :], found[0].decode("utf-8", "replace")[:200], "")


def _charset(data: bytes) -> Repaired | None:
    """Bytes of Windows-1252 in a document that calls itself UTF-8."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    else:
        return None
    found = _HIGH.search(data)
    try:
        made = _HIGH.sub(lambda high: _utf8(high[0]), data)
    except UnicodeDecodeError:
        return None
    assert found is not None
    return Repaired(made, found[0].decode("cp1252"), _utf8(found[0]).decode("utf-8"))


def _utf8(high: bytes) -> bytes:
    try:
        high.decode("utf-8")
    except UnicodeDecodeError:
        return high.decode("cp1252").encode("utf-8")
    return high


def _reads(data: bytes) -> bool:
    try:
        parse(data)
    except XmlRefused:
        return False
    return True
