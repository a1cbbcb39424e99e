"""The MIME tree of a message, by offsets into its bytes (RFC 2045, RFC 2046).

Written for speed: the standard library's parser alone takes more time than the rest of an acceptance
(domain/mssante.md §5.2). Nothing is copied; a part's content is decoded when it is asked for.
"""

import binascii
import quopri
import re
from typing import Final

from mss_sim.domain.message import MailContent, MimePart
from mss_sim.wire.headers import decode_words, parse_headers, parse_value

MAX_DEPTH: Final = 20
MAX_PARTS: Final = 1000
_BLANK: Final = re.compile(rb"\r?\n\r?\n")
_NOT_BASE64: Final = re.compile(rb"[^A-Za-z0-9+/]+")
_SPACES: Final = b" \t"


class MimeLimit(ValueError):
    """More parts or levels than we read: the rest of the message stays opaque."""


def parse_mail(raw: bytes) -> MailContent:
    """The tree, the decoded subject and the Message-ID. Raises ``MimeLimit`` beyond ``MAX_PARTS`` or ``MAX_DEPTH``."""
    root = _Parser(raw).part("", 0, len(raw), 0)
    return MailContent(root, decode_words(root.header("Subject") or ""), root.header("Message-ID"))


def opaque_mail(raw: bytes) -> MailContent:
    """The message as one part, its headers read: what remains possible when ``MimeLimit`` was raised."""
    root = _Parser(raw).part("", 0, len(raw), MAX_DEPTH, structured=False)
    root.number = "1"
    return MailContent(root, decode_words(root.header("Subject") or ""), root.header("Message-ID"))


def decode_body(raw: bytes, start: int, end: int, encoding: str) -> bytes:
    """The content of a part, its transfer encoding undone.

    Base64 is read as mail readers do: what is not of its alphabet is skipped, and it ends at the first padding or where
    too few characters are left. An unknown encoding gives the bytes as they are.
    """
    body = raw[start:end]
    if encoding == "base64":
        try:
            return binascii.a2b_base64(body, strict_mode=False)
        except binascii.Error:
            text = _NOT_BASE64.sub(b"", body.partition(b"=")[0])
            whole = text[: len(text) - (len(text) % 4 == 1)]
            return binascii.a2b_base64(whole + b"=" * (-len(whole) % 4))
    if encoding == "quoted-printable":
        return quopri.decodestring(body)
    return body


class _Parser:
    """One walk over one message."""

    def __init__(self, raw: bytes) -> None:
        self._raw = raw
        self._count = 0

    def part(self, number: str, start: int, end: int, depth: int, *, structured: bool = True) -> MimePart:
        """The part whose headers begin at ``start``."""
        self._count += 1
        if structured and (self._count > MAX_PARTS or depth > MAX_DEPTH):
            raise MimeLimit(f"more than {MAX_PARTS} parts or {MAX_DEPTH} levels")
        raw = self._raw
        if raw.startswith((b"\r\n", b"\n"), start):
            headers: list[tuple[str, str]] = []
            body = start + (2 if raw.startswith(b"\r\n", start) else 1)
        else:
            blank = _BLANK.search(raw, start, end)
            body = blank.end() if blank else end
            headers = parse_headers(raw[start : blank.start() if blank else end])
        part = _describe(number, headers, min(body, end), end)
        if structured and part.content_type.startswith("multipart/") and part.params.get("boundary"):
            self._split(part, part.params["boundary"].encode("utf-8", "surrogateescape"), depth)
        elif structured and part.content_type == "message/rfc822" and part.encoding in {"7bit", "8bit", "binary"}:
            inner = self.part(f"{number or 1}.0", part.start, end, depth + 1)
            part.children = inner.children
            _renumber(part, number or "1")
        if not number and not part.children:
            part.number = "1"
        return part

    def _split(self, part: MimePart, boundary: bytes, depth: int) -> None:
        prefix = f"{part.number}." if part.number else ""
        begin: int | None = None
        for line, after, last in self._delimiters(boundary, part.start, part.end):
            if begin is not None:
                child = self.part(f"{prefix}{len(part.children) + 1}", begin, max(begin, line), depth + 1)
                part.children.append(child)
            begin = None if last else after
            if last:
                return
        if begin is not None:  # no closing delimiter: the last part goes to the end
            part.children.append(self.part(f"{prefix}{len(part.children) + 1}", begin, part.end, depth + 1))

    def _delimiters(self, boundary: bytes, start: int, end: int) -> list[tuple[int, int, bool]]:
        """(end of the content before, start of what follows, is it the closing one) for each delimiter line."""
        raw, mark, found, at = self._raw, b"--" + boundary, [], start
        while (at := raw.find(mark, at, end)) >= 0:
            after = at + len(mark)
            last = raw.startswith(b"--", after)
            stop = raw.find(b"\n", after, end)
            stop = end if stop < 0 else stop + 1
            trailer = raw[after + 2 * last : stop].strip(_SPACES + b"\r\n")
            if (at == start or raw[at - 1] == 0x0A) and not trailer:
                line = at if at == start else at - (2 if raw[max(at - 2, start) : at] == b"\r\n" else 1)
                found.append((line, stop, last))
                if last:
                    break
            at = after
        return found


def _describe(number: str, headers: list[tuple[str, str]], start: int, end: int) -> MimePart:
    fields = {name.lower(): value for name, value in reversed(headers)}
    content_type, params = parse_value(fields.get("content-type") or "text/plain")
    disposition, extra = parse_value(fields.get("content-disposition") or "")
    filename = extra.get("filename") or params.get("name")
    encoding = (fields.get("content-transfer-encoding") or "7bit").strip().lower()
    name = decode_words(filename) if filename else None
    return MimePart(number, headers, fields, content_type, params, disposition, name, encoding, start, end)


def _renumber(part: MimePart, number: str) -> None:
    for index, child in enumerate(part.children, 1):
        child.number = f"{number}.{index}"
        _renumber(child, child.number)
