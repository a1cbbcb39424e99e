"""Hardened XML parsing: no DTD, no entities, no outside access, limits of our own (D15).

``parse`` is the only way bytes from outside become a tree. On a 30 KB envelope it costs what ``etree.fromstring``
costs plus a tenth: each check is one pass in C, and those that small documents cannot break are skipped.
"""

import codecs
import re
import threading
from functools import cache
from typing import cast

from lxml import etree

from socle.soap import xml_rules as rules
from socle.soap.limits import DEFAULT_LIMITS, DEFAULT_XML_LIMITS, XmlLimits
from socle.soap.offload import by_size
from socle.soap.refusal import XmlRefused

_LIBXML_TEXT_LIMIT = 9_000_000
"""libxml2 refuses text above 10,000,000 bytes unless ``huge_tree``, which also lifts its other limits."""

_LIBXML_DEPTH_LIMIT = 256
"""Likewise."""

_SHORT = 8 * 1024

_CHARSETS = frozenset({"utf-8", "ascii", "iso8859-1", "iso8859-15", "cp1252", "utf-16", "utf-16-le", "utf-16-be"})
"""By Python's canonical names. Others are refused: some Python codecs are no charsets, and some are quadratic."""

_MARKED = {
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
    b"<\x00": "utf-16-le",
    b"\x00<": "utf-16-be",
}
_MARKS = (codecs.BOM_UTF8, *_MARKED)
"""How a document may begin that says its charset by this alone."""

_DECLARED = re.compile(rb"""<\?xml[^>]{1,200}?encoding\s{0,9}=\s{0,9}["']([A-Za-z0-9._:-]{1,40})["']""")
_DECLARATION = re.compile(r"\ufeff?\s*<\?xml[^>]{0,300}\?>")
_SIGN = b"<!DOCTYPE"
# Atomic and possessive: linear, whatever the comments look like.
_DOCTYPE = re.compile(rb"(?:\xef\xbb\xbf)?(?>\s+|<\?.*?\?>|<!--.*?-->)*+<!DOCTYPE", re.DOTALL)

_CHARSET_CODES = frozenset({31, 32, 81, 6003})
"""XML_ERR_UNKNOWN_ENCODING, …UNSUPPORTED_ENCODING, …INVALID_ENCODING, XML_I18N_CONV_FAILED."""
_ENTITY_CODES = frozenset({26, 27, 89})
"""XML_ERR_UNDECLARED_ENTITY, XML_WAR_UNDECLARED_ENTITY, XML_ERR_ENTITY_LOOP."""


def parse(
    data: bytes, *, charset: str | None = None, limits: XmlLimits = DEFAULT_XML_LIMITS, part: str | None = None
) -> etree._Element:
    """Give the root element of ``data``.

    ``charset`` is the Content-Type's parameter: it wins over the XML declaration (RFC 7303). ``part`` names the MIME
    part in findings. Raises ``XmlRefused`` with a finding of an ``xml.*`` rule, and nothing else.
    """
    size = len(data)
    if size > limits.max_bytes:
        raise XmlRefused(rules.SIZE.finding(expected=f"≤ {limits.max_bytes}", found=f"{size} octets", part=part))
    if not data or data.isspace():
        raise XmlRefused(rules.EMPTY.finding(part=part))
    data = _as_utf8(data, charset, part)
    may_declare = _SIGN in data
    if may_declare and _DOCTYPE.match(data):
        raise XmlRefused(rules.DOCTYPE.finding(where="<!DOCTYPE", part=part))
    _scan(data, limits, part)
    parser = _mine.parser if size <= DEFAULT_LIMITS.offload_above else _parser(huge=size > _LIBXML_TEXT_LIMIT)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise _syntax(error, limits, part) from None
    if may_declare and root.getroottree().docinfo.internalDTD is not None:  # where the first look does not see it
        raise XmlRefused(rules.DOCTYPE.finding(where="<!DOCTYPE", part=part))
    _check(root, data, limits, part)
    return root


async def parse_async(
    data: bytes, *, charset: str | None = None, limits: XmlLimits = DEFAULT_XML_LIMITS, part: str | None = None
) -> etree._Element:
    """``parse``, in the thread pool when the document is larger than 256 KB."""
    return await by_size(len(data), parse, data, charset=charset, limits=limits, part=part)


def _parser(*, huge: bool = False) -> etree.XMLParser:
    return etree.XMLParser(
        encoding="utf-8", resolve_entities=False, load_dtd=False, no_network=True, collect_ids=False, huge_tree=huge
    )


class _Mine(threading.local):
    """A thread's own parser, for all documents but large ones, whose buffers should go with them. One for all threads
    would be locked."""

    def __init__(self) -> None:
        self.parser = _parser()


_mine = _Mine()


def _as_utf8(data: bytes, charset: str | None, part: str | None) -> bytes:
    """Byte order mark, then ``charset``, then the declaration, then UTF-8: whichever speaks first."""
    if data.startswith(_MARKS):
        return data if data.startswith(codecs.BOM_UTF8) else _transcode(data, _MARKED[data[:2]], part)
    name = charset
    if name is None:
        declared = _DECLARED.match(data)
        if declared is None:
            return data
        name = declared[1].decode("ascii")
    if name in ("UTF-8", "utf-8"):
        return data
    codec = _codec(name)
    if codec is None:
        raise XmlRefused(rules.CHARSET.finding(where="charset", expected="UTF-8", found=name[:60], part=part))
    return data if codec in ("utf-8", "ascii") else _transcode(data, codec, part)


def _codec(name: str) -> str | None:
    try:
        found = codecs.lookup(name.strip().strip("\"'")).name
    except (LookupError, ValueError):
        return None
    return found if found in _CHARSETS else None


def _transcode(data: bytes, codec: str, part: str | None) -> bytes:
    try:
        text = data.decode(codec)
    except UnicodeDecodeError as error:
        found = f"octet invalide à la position {error.start}"
        raise XmlRefused(rules.CHARSET.finding(where="charset", expected=codec, found=found, part=part)) from None
    return _DECLARATION.sub("", text, count=1).encode("utf-8", "surrogatepass")


def _scan(data: bytes, limits: XmlLimits, part: str | None) -> None:
    """Before a tree exists: what would grow to many times its size in memory. A short document cannot."""
    if len(data) > 4 * limits.max_elements and (tags := data.count(b"<")) > 2 * limits.max_elements:
        raise XmlRefused(rules.ELEMENTS.finding(expected=f"≤ {limits.max_elements}", found=f"{tags} «<»", part=part))
    # Five bytes make an attribute; a tree of them takes twenty times that.
    if len(data) > 20 * limits.max_elements and (signs := data.count(b'="') + data.count(b"='")) > (
        most := 4 * limits.max_elements
    ):
        raise XmlRefused(rules.ATTRIBUTES.finding(expected=f"≤ {most} en tout", found=str(signs), part=part))


def _check(root: etree._Element, data: bytes, limits: XmlLimits, part: str | None) -> None:
    size = len(data)
    # Entering XPath lets other threads have the interpreter: not for a short document with few attributes in all.
    few = size <= _SHORT and data.count(b"=") <= limits.max_attributes
    if few and limits.max_depth >= _LIBXML_DEPTH_LIMIT and size <= min(limits.max_elements, limits.max_text):
        return
    checks = _xpaths(limits)
    if (limits.max_depth < _LIBXML_DEPTH_LIMIT or size > _LIBXML_TEXT_LIMIT) and checks.too_deep(root):
        raise XmlRefused(rules.DEPTH.finding(expected=f"≤ {limits.max_depth}", part=part))
    if not few and checks.too_many_attributes(root):
        raise XmlRefused(rules.ATTRIBUTES.finding(expected=f"≤ {limits.max_attributes}", part=part))
    if size > 4 * limits.max_elements and (count := cast(float, checks.count(root))) > limits.max_elements:
        raise XmlRefused(rules.ELEMENTS.finding(expected=f"≤ {limits.max_elements}", found=f"{count:.0f}", part=part))
    if size > limits.max_text and checks.too_long(root):
        raise XmlRefused(rules.TEXT.finding(expected=f"≤ {limits.max_text}", part=part))


class _Checks:
    """The limits as compiled XPath expressions."""

    def __init__(self, limits: XmlLimits) -> None:
        self.too_deep = etree.XPath(f"boolean({'/*' * (limits.max_depth + 1)})")
        self.too_many_attributes = etree.XPath(f"boolean(//*/@*[{limits.max_attributes + 1}])")
        self.count = etree.XPath("count(//*)")
        self.too_long = etree.XPath(
            f"boolean(//text()[string-length() > {limits.max_text}] | //@*[string-length() > {limits.max_text}])"
        )


@cache
def _xpaths(limits: XmlLimits) -> _Checks:
    return _Checks(limits)


def _syntax(error: etree.XMLSyntaxError, limits: XmlLimits, part: str | None) -> XmlRefused:
    line, column = error.position
    code: int = getattr(error, "code", 0)
    text = (error.msg or "").split(", line", 1)[0]
    if code in _CHARSET_CODES:
        return XmlRefused(rules.CHARSET.finding(expected="UTF-8", found=text, line=line, part=part))
    if code in _ENTITY_CODES:
        return XmlRefused(rules.DOCTYPE.finding(where="&…;", found=text, line=line, part=part))
    if "depth" in text:
        return XmlRefused(rules.DEPTH.finding(expected=f"≤ {limits.max_depth}", line=line, part=part))
    if "XML_PARSE_HUGE" in text or "too long" in text:
        return XmlRefused(rules.TEXT.finding(found=text, line=line, part=part))
    return XmlRefused(
        rules.WELL_FORMED.finding(where=f"ligne {line}, colonne {column}", found=text, line=line, part=part)
    )
