"""An XML tree laid out in numbered lines, and the lines of each element and attribute."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

WIDTH = 100
"""A start tag longer than this gets one line for each attribute: then a finding can point at it."""
LONGEST = 240
"""Characters of one text or value that are shown: base64 and scanned pages would drown the rest."""


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of a line. ``kind``: mark, tag, name, value, text, note; ``left_out``: characters not shown."""

    kind: str
    text: str
    left_out: int = 0
    digest: str = ""
    """Of the whole text when some is left out, so that two different long texts never look equal."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line; ``depth`` is its indentation."""

    number: int
    depth: int
    tokens: tuple[Token, ...]

    @property
    def plain(self) -> str:
        """As text, without indentation."""
        return "".join(token.text + token.digest for token in self.tokens)


@dataclass(slots=True)
class Document:
    """All lines; where each element begins and ends, and where its attributes stand."""

    lines: list[Line] = field(default_factory=list)
    _spans: dict[etree._Element, tuple[int, int]] = field(default_factory=dict)
    _attributes: dict[tuple[etree._Element, str], int] = field(default_factory=dict)

    def span(self, element: etree._Element) -> tuple[int, int]:
        """First and last line of an element of this document, from 1."""
        return self._spans[element]

    def attribute(self, element: etree._Element, name: str) -> int | None:
        """Line of an attribute by its local name."""
        return self._attributes.get((element, name))

    def add(self, depth: int, tokens: list[Token]) -> int:
        self.lines.append(Line(len(self.lines) + 1, depth, tuple(tokens)))
        return len(self.lines)


def lay_out(root: etree._Element) -> Document:
    """Pretty-print ``root``: one element or text on a line, an element with nothing but text on one."""
    document = Document()
    _node(document, root, 0)
    return document


def _node(document: Document, node: etree._Element, depth: int) -> None:
    if isinstance(node, etree._Comment | etree._ProcessingInstruction | etree._Entity):
        document.add(depth, [Token("note", _shortened(str(node), "note").text)])
        return
    first = _start(document, node, depth)
    text, children = node.text or "", len(node)
    if not children:
        last = document.lines[-1]
        if text.strip():
            tail = [_shortened(text.strip(), "text"), *_end(node)]
            document.lines[-1] = Line(last.number, last.depth, (*last.tokens, Token("mark", ">"), *tail))
        else:
            document.lines[-1] = Line(last.number, last.depth, (*last.tokens, Token("mark", "/>")))
    else:
        last = document.lines[-1]
        document.lines[-1] = Line(last.number, last.depth, (*last.tokens, Token("mark", ">")))
        _loose(document, text, depth + 1)
        for child in node:
            _node(document, child, depth + 1)
            _loose(document, child.tail or "", depth + 1)
        document.add(depth, _end(node))
    document._spans[node] = (first, len(document.lines))


def _start(document: Document, node: etree._Element, depth: int) -> int:
    head = [Token("mark", "<"), Token("tag", _name(node))]
    given = [*_declared(node), *_attributes(node)]
    wide = sum(len(name) + len(value) + 4 for name, value, _ in given) + len(_name(node)) + 2 * depth > WIDTH
    if not wide or len(given) < 2:
        tokens = head
        for name, value, _ in given:
            tokens += _pair(name, value)
        first = document.add(depth, tokens)
        for _, _, local in given:
            document._attributes[node, local] = first
        return first
    first = document.add(depth, head)
    for name, value, local in given:
        document._attributes[node, local] = document.add(depth + 2, _pair(name, value)[1:])
    return first


def _pair(name: str, value: str) -> list[Token]:
    shown = _shortened(value, "value")
    return [Token("mark", " "), Token("name", name), Token("mark", '="'), shown, Token("mark", '"')]


def _end(node: etree._Element) -> list[Token]:
    return [Token("mark", "</"), Token("tag", _name(node)), Token("mark", ">")]


def _loose(document: Document, text: str, depth: int) -> None:
    if text.strip():
        document.add(depth, [_shortened(text.strip(), "text")])


def _declared(node: etree._Element) -> Iterator[tuple[str, str, str]]:
    """Namespaces that the parent does not have."""
    parent = node.getparent()
    known = parent.nsmap if parent is not None else {}
    for prefix, uri in node.nsmap.items():
        if known.get(prefix) != uri:
            yield (f"xmlns:{prefix}" if prefix else "xmlns", uri, f"xmlns:{prefix or ''}")


def _attributes(node: etree._Element) -> Iterator[tuple[str, str, str]]:
    prefixes = {uri: prefix for prefix, uri in node.nsmap.items() if prefix}
    prefixes["http://www.w3.org/XML/1998/namespace"] = "xml"
    for full, value in node.attrib.items():
        name = etree.QName(str(full))
        prefix = prefixes.get(name.namespace or "")
        yield (f"{prefix}:{name.localname}" if prefix else name.localname, str(value), name.localname)


def _name(node: etree._Element) -> str:
    local = etree.QName(node).localname
    return f"{node.prefix}:{local}" if node.prefix else local


def _shortened(text: str, kind: str) -> Token:
    if len(text) <= LONGEST:
        return Token(kind, text)
    digest = hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:8]
    return Token(kind, text[: LONGEST // 2], len(text) - LONGEST // 2, digest)
