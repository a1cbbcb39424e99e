"""The INS numbers that a mail tells in words: in its subject, its files' names and the texts that it carries (D11)."""

import html
import re
from typing import Final

from mss_sim.domain.checks import Decode
from mss_sim.domain.message import MailContent, MimePart
from mss_sim.domain.patients import addressed
from mss_sim.wire.headers import decode_text
from socle.identifiers.ins import Ins
from socle.identifiers.numbers import in_prose

MOST: Final = 1 << 20
"""Bytes of text that are looked at in one mail, and in one archive. Ours."""
_TAG: Final = re.compile(r"<[^<>]{0,500}>")
_XML: Final = frozenset({"application/xml", "application/hl7-v2", "application/json"})


def numbers_of(content: MailContent, decode: Decode) -> tuple[Ins, ...]:
    """In the order they stand in; those of archives are known to the archives."""
    found, room = numbers_in(content.subject), MOST
    for part in content.root.leaves():
        found += numbers_in((part.filename or "").replace("_", " "))
        if room > 0 and _is_text(part):
            data = decode(part)[:room]
            room -= len(data)
            found += numbers_in(_words(data, part))
    return tuple(dict.fromkeys(found))


def numbers_in(text: str) -> list[Ins]:
    """Those of a text: as people write them, and in citizens' addresses."""
    return [*in_prose(text), *addressed(text)]


def _is_text(part: MimePart) -> bool:
    kind = part.content_type
    return kind.startswith(("text/", "message/")) or kind in _XML or kind.endswith("+xml")


def _words(data: bytes, part: MimePart) -> str:
    text = decode_text(data, part.params.get("charset", "utf-8"), otherwise="latin-1")
    return html.unescape(_TAG.sub(" ", text)) if part.content_type == "text/html" else text
