"""Two requests side by side, part by part."""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from console.reading.difference import Difference, compare
from console.reading.layout import Document, Line, Token
from console.reading.message import Kind, Shown
from console.view import Side, side


@dataclass(frozen=True, slots=True)
class Pair:
    """A part of both, and what tells them apart."""

    title: str
    difference: Difference


def against(before: Side, now: Side) -> list[Pair]:
    """The request of another exchange and this one's: identifiers and dates may differ."""
    return _pairs(before, now, exact=False)


def mending(before: Side, mended: Mapping[str, Any], mail: bool) -> list[Pair]:
    """What was received and what ``…/mended/{id}`` makes of it, to the letter; parts that are the same are left out."""
    octets = base64.b64decode(mended["request"]) if mended.get("request") else str(mended.get("text") or "").encode()
    headers = [["Content-Type", str(mended.get("contentType") or "")]]
    now = side("request", {"headers": headers, "size": len(octets)}, mail, octets)
    return [pair for pair in _pairs(before, now, exact=True) if pair.difference.changed]


def _pairs(before: Side, now: Side, *, exact: bool) -> list[Pair]:
    return [
        Pair(new.title, compare(_document(old), _document(new), exact=exact))
        for old, new in zip(_comparable(before.parts), _comparable(now.parts), strict=False)
    ]


def _comparable(parts: Sequence[Shown]) -> list[Shown]:
    return [part for part in parts if part.kind in (Kind.XML, Kind.TEXT, Kind.HEADERS)]


def _document(shown: Shown) -> Document:
    if shown.document is not None:
        return shown.document
    lines = [f"{name}: {value}" for name, value in shown.part.headers] if shown.kind is Kind.HEADERS else shown.lines
    return Document([Line(number, 0, (Token("text", text),)) for number, text in enumerate(lines, 1)])
