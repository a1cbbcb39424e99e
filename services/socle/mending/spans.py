"""Where each element of an XML document stands in its bytes: what is edited in place is not written anew."""

import re
from dataclasses import dataclass
from xml.parsers import expat

from lxml import etree

from socle.mending.model import NotMendable
from socle.soap.xml import parse

_TAG = re.compile(rb"""<[^\s/>"']+(?:[^>"']|"[^"]*"|'[^']*')*>""")
_ATTRIBUTE = re.compile(rb"""\s([^\s=/>"']+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")


@dataclass(slots=True)
class Span:
    """Byte offsets of one element: ``start`` … ``inner`` is its start tag, ``outer`` … ``end`` its end tag.

    An empty-element tag has ``inner == outer == end`` and ``closed``.
    """

    start: int
    inner: int
    outer: int
    end: int
    closed: bool


class Placed:
    """A parsed document whose elements know their bytes."""

    def __init__(self, data: bytes, charset: str | None = None) -> None:
        """Raises ``XmlRefused`` as the parser of the services does, ``NotMendable`` for UTF-16."""
        self.data = data
        self.root = parse(data, charset=charset)
        if b"\0" in data[:4]:
            raise NotMendable("charset", "Un message en UTF-16 n'est pas repris.", "A message in UTF-16 is not mended.")
        self.codec = _codec(data, charset)
        self._spans = _spans(data, self.codec)
        self._index = {element: at for at, element in enumerate(self.root.iter(etree.Element))}

    def span(self, element: etree._Element) -> Span:
        return self._spans[self._index[element]]

    def attribute(self, element: etree._Element, name: str) -> tuple[int, int, bytes] | None:
        """(start, end, quote) of the value of an attribute without prefix."""
        span = self.span(element)
        wanted = name.encode()
        for match in _ATTRIBUTE.finditer(self.data, span.start, span.inner):
            if match[1] == wanted:
                group = 2 if match[2] is not None else 3
                return match.start(group), match.end(group), b'"' if group == 2 else b"'"
        return None

    def name(self, element: etree._Element) -> bytes:
        """The element's name as written, prefix included."""
        span = self.span(element)
        return re.split(rb"[\s/>]", self.data[span.start + 1 : span.inner], maxsplit=1)[0]


def _codec(data: bytes, charset: str | None) -> str:
    declared = re.match(rb"""(?:\xef\xbb\xbf)?<\?xml[^>]*encoding\s*=\s*["']([\w.-]+)""", data)
    return charset or (declared[1].decode("ascii") if declared else "utf-8")


def _spans(data: bytes, codec: str) -> list[Span]:
    spans: list[Span] = []
    opened: list[int] = []
    parser = expat.ParserCreate(codec)

    def start(name: str, attributes: dict[str, str]) -> None:
        at = parser.CurrentByteIndex
        tag = _TAG.match(data, at)
        assert tag is not None, "expat found a start tag here"
        opened.append(len(spans))
        spans.append(Span(at, tag.end(), tag.end(), tag.end(), tag.group().endswith(b"/>")))

    def end(name: str) -> None:
        span = spans[opened.pop()]
        if not span.closed:
            span.outer = parser.CurrentByteIndex
            span.end = data.index(b">", span.outer) + 1

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.Parse(data, True)
    return spans
