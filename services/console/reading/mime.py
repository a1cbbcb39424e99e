"""The parts of a message: MTOM packages over HTTP, mails, or one body."""

import email
import email.policy
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message

from console.reading.body import Body, Gap

MOST_PARTS = 60
_BOUNDARY = re.compile(r';\s*boundary\s*=\s*(?:"([^"]{1,200})"|([^;\s]{1,200}))', re.IGNORECASE)
_HEAD_END = re.compile(rb"\r?\n\r?\n")
_UNFOLD = re.compile(r"\r?\n[ \t]+")


@dataclass(frozen=True, slots=True)
class Part:
    """One part. ``content`` is None when its octets are in a blob store: ``gap`` says which."""

    number: str
    headers: tuple[tuple[str, str], ...]
    content: bytes | None
    size: int
    gap: Gap | None = None

    def header(self, name: str) -> str:
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")

    @property
    def content_type(self) -> str:
        """Lower case, without parameters."""
        return self.header("content-type").partition(";")[0].strip().lower()

    @property
    def names(self) -> tuple[str, ...]:
        """What findings may call it: number, Content-ID, file name."""
        cid = self.header("content-id").strip().strip("<>")
        return tuple(name for name in (self.number, cid, self.filename) if name)

    @property
    def filename(self) -> str:
        for source, key in (("content-disposition", "filename"), ("content-type", "name")):
            found = re.search(rf';\s*{key}\s*=\s*(?:"([^"]*)"|([^;\s]+))', self.header(source), re.IGNORECASE)
            if found:
                return found[1] or found[2] or ""
        return ""


def parts(body: Body) -> list[Part]:
    """The parts of an HTTP body, root first as it comes; a body that is not multipart is one part."""
    if not body.data and not body.size:
        return []
    boundary = _BOUNDARY.search(body.header("content-type"))
    whole = Part("1", (("Content-Type", body.header("content-type")),), *_content(body, body.data))
    if boundary is None or not body.header("content-type").lower().lstrip().startswith("multipart/"):
        return [whole]
    found = []
    for index, raw in enumerate(_split(body.data, (boundary[1] or boundary[2]).encode("utf-8", "replace")), 1):
        head, content = _head(raw)
        found.append(Part(str(index), head, *_content(body, content)))
        if index == MOST_PARTS:
            break
    return found or [whole]


def mail_parts(raw: bytes) -> list[Part]:
    """The leaves of a mail, numbered 1, 2, 3 … after the mail's own headers, which are part 0.

    Raises ``ValueError`` for what Python's reader gives up on.
    """
    try:
        message = email.message_from_bytes(raw, policy=email.policy.compat32)
        found = [Part("0", _headers(message), b"", len(raw))]
        leaves = (one for one in message.walk() if not one.is_multipart())
        for index, leaf in enumerate(leaves, 1):
            content = leaf.get_payload(decode=True)
            data = content if isinstance(content, bytes) else b""
            found.append(Part(str(index), _headers(leaf), data, len(data)))
            if index == MOST_PARTS:
                break
    except (RecursionError, LookupError, AttributeError, TypeError) as error:
        raise ValueError("unreadable mail") from error
    return found


def _headers(message: Message) -> tuple[tuple[str, str], ...]:
    return tuple((name, _decoded(str(value))) for name, value in message.items())


def _decoded(value: str) -> str:
    text = _UNFOLD.sub(" ", value)
    try:
        return str(make_header(decode_header(text)))
    except (MessageError, ValueError, LookupError):
        return text


def _content(body: Body, content: bytes) -> tuple[bytes | None, int, Gap | None]:
    gap = body.gap_in(content)
    return (content, len(content), None) if gap is None else (None, gap.size, gap)


def _split(data: bytes, boundary: bytes) -> Iterator[bytes]:
    delimiter = b"--" + boundary
    pieces = data.split(delimiter)
    for piece in pieces[1:]:
        if piece.startswith(b"--"):
            return
        yield piece.removeprefix(b"\r\n").removesuffix(b"\r\n")


def _head(raw: bytes) -> tuple[tuple[tuple[str, str], ...], bytes]:
    if raw.startswith((b"\r\n", b"\n")):
        return (), raw.lstrip(b"\r\n")
    end = _HEAD_END.search(raw)
    head, content = (raw[: end.start()], raw[end.end() :]) if end else (raw, b"")
    text = _UNFOLD.sub(" ", head.decode("utf-8", "replace"))
    lines = (line.partition(":") for line in text.splitlines() if ":" in line)
    return tuple((name.strip(), value.strip()) for name, _, value in lines), content
