"""Edits made in the bytes of an XML document; what no edit names stays as it came, byte for byte."""

import re
from collections.abc import Mapping, Sequence

from lxml import etree

from socle.mending.model import Change, Do, Edit, Planned
from socle.mending.repair import repair
from socle.mending.spans import Placed
from socle.soap.refusal import XmlRefused

_TOLD = 400
"""Characters of a change that are told."""
_Cut = tuple[int, int, bytes]
"""Bytes from … to … become these."""


def apply(
    data: bytes, planned: Sequence[Planned], namespaces: Mapping[str, str], charset: str | None = None
) -> tuple[bytes, list[Change]]:
    """The document with its edits made, and what was done. An edit whose place is not there, or was already touched by
    one before it, is left out: the next round meets its finding again.

    A document that cannot be read even after its repairs comes back as it was.
    """
    changes: list[Change] = []
    for one in planned:
        if one.edit.do is Do.REPAIR:
            mended = repair(data)
            if mended is not None:
                changes.append(Change(one.rule, one.where, mended.before, mended.after, one.fr, one.en))
                data = mended.data
    try:
        placed = Placed(data, charset)
    except XmlRefused:
        return data, []
    cuts: list[_Cut] = []
    for one in planned:
        made = [cut for cut in _cuts(placed, one.edit, namespaces) if not _touches(cut, cuts)]
        if made:
            cuts += made
            before, after = (b" ".join(texts) for texts in zip(*((data[a:b], new) for a, b, new in made), strict=True))
            changes.append(Change(one.rule, one.where, _told(before, placed), _told(after, placed), one.fr, one.en))
    return _made(data, cuts), changes


def _made(data: bytes, cuts: list[_Cut]) -> bytes:
    pieces, at = [], 0
    for start, end, new in sorted(cuts, key=lambda cut: cut[:2]):
        pieces += [data[at:start], new]
        at = end
    return b"".join([*pieces, data[at:]])


def _touches(cut: _Cut, cuts: list[_Cut]) -> bool:
    start, end, new = cut
    return any(
        (start < other_end and other_start < end) or (start == end == other_start == other_end and new == other)
        for other_start, other_end, other in cuts
    )


def _told(text: bytes, placed: Placed) -> str:
    return text.decode(placed.codec, "replace")[:_TOLD]


def _cuts(placed: Placed, edit: Edit, namespaces: Mapping[str, str]) -> list[_Cut]:
    if edit.do in {Do.REPAIR, Do.RENAME}:
        return _renamed(placed, edit) if edit.do is Do.RENAME else []
    found = placed.root.xpath(edit.path, namespaces=dict(namespaces))
    element = next((one for one in found if isinstance(one, etree._Element)), None) if isinstance(found, list) else None
    if element is None:
        return []
    if edit.do is Do.SET:
        return [_set(placed, element, edit.name, edit.value)]
    if edit.do is Do.SORT:
        return _sorted(placed, element, edit.value.split())
    return [_around(placed, element, edit)]


def _around(placed: Placed, element: etree._Element, edit: Edit) -> _Cut:
    span = placed.span(element)
    if edit.do is Do.REMOVE:
        return span.start, span.end, b""
    text = _escaped(edit.value) if edit.do is Do.TEXT else edit.value
    value = text.encode(placed.codec, "xmlcharrefreplace")
    if edit.do in {Do.BEFORE, Do.AFTER}:
        at = span.start if edit.do is Do.BEFORE else span.end
        return at, at, value
    if span.closed:  # <a/> must be opened
        slash = placed.data.rindex(b"/", span.start, span.inner)
        return slash, span.inner, b">" + value + b"</" + placed.name(element) + b">"
    if edit.do is Do.TEXT:
        return span.inner, span.outer, value
    at = span.inner if edit.do is Do.FIRST else span.outer
    return at, at, value


def _set(placed: Placed, element: etree._Element, name: str, value: str) -> _Cut:
    there = placed.attribute(element, name)
    text = _escaped(value).replace("\n", "&#10;")
    if there is None:
        at = placed.span(element).start + 1 + len(placed.name(element))
        return at, at, f' {name}="{text.replace(chr(34), "&quot;")}"'.encode(placed.codec, "xmlcharrefreplace")
    start, end, quote = there
    text = text.replace('"', "&quot;") if quote == b'"' else text.replace("'", "&apos;")
    return start, end, text.encode(placed.codec, "xmlcharrefreplace")


def _sorted(placed: Placed, element: etree._Element, order: list[str]) -> list[_Cut]:
    """Each child's place gets the bytes of the child that belongs there."""
    children = list(element.iterchildren(tag=etree.Element))

    def rank(child: etree._Element) -> int:
        name = etree.QName(child).localname
        return order.index(name) if name in order else len(order)

    cuts = []
    for there, wanted in zip(children, sorted(children, key=rank), strict=True):
        if there is not wanted:
            place, span = placed.span(there), placed.span(wanted)
            cuts.append((place.start, place.end, placed.data[span.start : span.end]))
    return cuts


def _renamed(placed: Placed, edit: Edit) -> list[_Cut]:
    """Whole identifiers only: 1.2.3 is not renamed within 1.2.34."""
    wanted = re.compile(rb"(?<![\w.:-])" + re.escape(edit.name.encode(placed.codec)) + rb"(?![\w:-]|\.\w)")
    new = edit.value.encode(placed.codec)
    return [(match.start(), match.end(), new) for match in wanted.finditer(placed.data)]


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
