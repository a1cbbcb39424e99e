"""From an element of the envelope to its document: by xop:Include, or inline in base64 (domain/dmp.md §0.5)."""

import base64
import binascii
import hashlib
from urllib.parse import unquote

from lxml import etree

from socle.blobs import Blob
from socle.soap import mime_rules as rules
from socle.soap.model import Call, Part
from socle.soap.offload import by_size
from socle.soap.refusal import MimeRefused
from socle.soap.text import value_of

XOP_INCLUDE = "{http://www.w3.org/2004/08/xop/include}Include"


def resolve_include(element: etree._Element, call: Call) -> Part | None:
    """The part an ``xop:Include`` means; ``element`` is the Include or its parent. None when there is no Include.

    The cid is compared as it stands and URL-decoded, on both sides. Raises ``MimeRefused`` (``mime.missing-part``).
    """
    include = element if element.tag == XOP_INCLUDE else next(element.iterchildren(XOP_INCLUDE), None)
    if include is None:
        return None
    href = (include.get("href") or "").strip()
    cid = href[4:] if href[:4].lower() == "cid:" else href
    decoded = unquote(cid)
    part = call.part(decoded) or call.part(cid)
    if part is None:
        part = next((part for part in call.parts if unquote(part.content_id) == decoded), None)
    if part is None:
        there = ", ".join(part.content_id for part in call.parts) or "aucune pièce"
        raise MimeRefused(rules.MISSING_PART.finding(where="xop:Include/@href", expected=href[:200], found=there[:300]))
    return part


def inline_content(element: etree._Element, part: str = "") -> Part:
    """The document inlined in ``element`` as base64 text, as a part without headers. ``part`` names it in findings.

    Raises ``MimeRefused`` (``mime.inline-base64``). Blocking above some 256 KB: see ``content_of``.
    """
    text = value_of(element).translate(_NO_BLANKS)
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise MimeRefused(rules.INLINE_BASE64.finding(found=str(error), part=part or None)) from None
    digest = hashlib.sha1(data, usedforsecurity=False).hexdigest()
    return Part(part, "application/octet-stream", {}, Blob.of(data), digest)


async def content_of(element: etree._Element, call: Call, part: str = "") -> Part:
    """The document of ``element``, whichever way it was sent; large inline ones are decoded in the thread pool."""
    included = resolve_include(element, call)
    if included is not None:
        return included
    return await by_size(len(element.text or ""), inline_content, element, part)


_NO_BLANKS = str.maketrans("", "", " \t\r\n")
