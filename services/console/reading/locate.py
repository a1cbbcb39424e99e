"""Each finding beside what it points at: lines of a part, a header, a command of the dialogue, or nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from console.reading.layout import Document, Line, Token
from console.reading.message import Kind, Shown
from console.reading.where import Place, find

_AROUND = 2
_MARKED = 6
"""Lines marked at most: a finding on a whole object is shown at its beginning."""
_HEADER_OF = {"charset": "content-type", "filename": "content-disposition"}


class Pointer(StrEnum):
    """What a finding was traced to."""

    EXACT = "exact"
    """The element or attribute itself."""
    HOLDER = "holder"
    """It is absent: the element that should hold it."""
    LINE = "line"
    """A line of the message as it was sent."""
    HEADER = "header"
    COMMAND = "command"
    PART = "part"
    """The part that the finding names; nothing closer."""
    NOWHERE = "nowhere"


@dataclass(frozen=True, slots=True)
class Located:
    """A finding, and the lines it points at in ``part`` (or in the headers, or in the dialogue)."""

    finding: Mapping[str, Any]
    pointer: Pointer
    part: Shown | None = None
    marked: range = range(0)
    """Line numbers, from 1; of the dialogue: positions."""
    excerpt: Sequence[Line] = ()
    name: str = ""
    """Of the header."""


@dataclass(frozen=True, slots=True)
class Received:
    """What findings may point into."""

    parts: Sequence[Shown]
    headers: Sequence[tuple[str, str]]
    dialogue: bool
    """The headers are SMTP commands."""


def locate(finding: Mapping[str, Any], received: Received) -> Located:
    """Trace one finding, as the journal gives it."""
    where, wanted = str(finding.get("where") or ""), finding.get("part")
    named = [one for one in received.parts if wanted in one.part.names]
    ordered = [*named, *(one for one in received.parts if one not in named)]
    found = [(part, place) for part in ordered if (place := _place(part, where))]
    exact = [one for one in found if one[1].exact]
    if exact or found:
        return _in_xml(finding, *(exact or found)[0])
    return (
        _in_text(finding, named or ordered)
        or _in_headers(finding, where, received, named)
        or (Located(finding, Pointer.PART, named[0]) if named else Located(finding, Pointer.NOWHERE))
    )


def _place(part: Shown, where: str) -> Place | None:
    return find(part.root, where) if part.root is not None and where else None


def _in_xml(finding: Mapping[str, Any], part: Shown, place: Place) -> Located:
    document = part.document
    assert document is not None  # a part with a root is laid out
    first, last = document.span(place.element)
    if place.attribute is not None and (line := document.attribute(place.element, place.attribute)):
        first = last = line
    marked = range(first, first + 1 if not place.exact or last - first >= _MARKED else last + 1)
    pointer = Pointer.EXACT if place.exact else Pointer.HOLDER
    return Located(finding, pointer, part, marked, _excerpt(document, marked))


def _excerpt(document: Document, marked: range) -> list[Line]:
    return document.lines[max(0, marked.start - 1 - _AROUND) : marked.stop - 1 + _AROUND]


def _in_text(finding: Mapping[str, Any], parts: Sequence[Shown]) -> Located | None:
    line = finding.get("line")
    for part in parts:
        if line and part.kind is Kind.TEXT and part.broken and 0 < line <= len(part.lines):
            marked = range(line, line + 1)
            start = max(0, line - 1 - _AROUND)
            shown = [
                Line(number, 0, (Token("text", text[:400], max(0, len(text) - 400)),))
                for number, text in enumerate(part.lines[start : line + _AROUND], start + 1)
            ]
            return Located(finding, Pointer.LINE, part, marked, shown)
    return None


def _in_headers(finding: Mapping[str, Any], where: str, received: Received, named: Sequence[Shown]) -> Located | None:
    sought = _HEADER_OF.get(where, where.lower())
    if received.dialogue:
        verb, said = where.partition(" ")[0].upper(), str(finding.get("found") or "").lower()
        places = [index for index, (name, _) in enumerate(received.headers) if name.upper() == verb]
        if places:
            said_there = [index for index in places if said and said in received.headers[index][1].lower()]
            at = (said_there or places)[0]
            return Located(finding, Pointer.COMMAND, marked=range(at, at + 1), name=verb)
    heads = [one for one in (*named, *received.parts) if any(n.lower() == sought for n, _ in one.part.headers)]
    if any(name.lower() == sought for name, _ in received.headers):
        return Located(finding, Pointer.HEADER, None, name=sought)
    if heads:
        return Located(finding, Pointer.HEADER, heads[0], name=sought)
    if received.dialogue and (mail := [one for one in received.parts if one.kind is Kind.HEADERS]) and sought.isascii():
        # a header that should be there and is not
        return Located(finding, Pointer.HOLDER, mail[0], name=sought) if " " not in sought and not named else None
    return None
