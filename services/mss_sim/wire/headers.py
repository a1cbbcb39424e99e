"""Header fields of mail: unfolding, parameters, encoded words (RFC 5322 §2.2.3, RFC 2045 §5.1, RFC 2047, RFC 2231)."""

import codecs
import re
from email.errors import MessageError
from email.header import decode_header, make_header
from typing import Final
from urllib.parse import unquote_to_bytes

_PARAM: Final = re.compile(
    r";\s*(?P<name>[^\s=;\"]+)\s*=\s*(?:\"(?P<quoted>(?:[^\"\\]|\\.)*)\"|(?P<token>[^\s;\"]*))", re.DOTALL
)
_QUOTED_PAIR: Final = re.compile(r"\\(.)", re.DOTALL)
_SECTION: Final = re.compile(r"(?P<name>[^*]+)\*(?P<index>\d+)?(?P<extended>\*)?$")
_MAX_HEADERS: Final = 1000
_MAX_BLOCK: Final = 256 * 1024
_MAX_VALUE: Final = 4096
"""Characters of one structured value that are looked at; beyond, it is no header of a mail."""
_NO_CHARSETS: Final = frozenset({"idna", "punycode"})
"""Codecs of Python's for names, whose time grows with the square of a text."""


def parse_headers(raw: bytes) -> list[tuple[str, str]]:
    """The header block as (name, unfolded value) pairs; lines that are no header are left out.

    Bytes outside ASCII are read as UTF-8 (RFC 6532), else as Latin-1, so that nothing is lost. At most 256 KB and 1000
    fields are read.
    """
    raw = raw[:_MAX_BLOCK]
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        text = raw.decode("latin-1")
    headers: list[tuple[str, str]] = []
    for line in text.splitlines() if "\r\n" not in text else text.split("\r\n"):
        if line[:1] in {" ", "\t"}:
            if headers:
                name, value = headers[-1]
                headers[-1] = (name, f"{value} {line.strip()}" if value else line.strip())
            continue
        name, colon, value = line.partition(":")
        if colon and name and len(headers) < _MAX_HEADERS:
            headers.append((name.rstrip(), value.strip()))
    return headers


def parse_value(value: str) -> tuple[str, dict[str, str]]:
    """``attachment; filename="a.zip"`` → (``attachment``, {filename: a.zip}); names in lower case, RFC 2231 joined."""
    value = value[:_MAX_VALUE]
    head = value.partition(";")[0].strip().lower()
    params: dict[str, str] = {}
    sections: dict[str, list[tuple[int, str, bool]]] = {}
    for match in _PARAM.finditer(value):
        name = match["name"].lower()
        quoted = match["quoted"]
        text = _QUOTED_PAIR.sub(r"\1", quoted) if quoted is not None else match["token"]
        section = _SECTION.match(name) if "*" in name else None
        if section is None:
            params.setdefault(name, text)
        else:
            index = int(section["index"] or 0)
            extended = section["extended"] is not None or section["index"] is None
            sections.setdefault(section["name"], []).append((index, text, extended))
    for name, found in sections.items():
        params[name] = _join(sorted(found))
    return head, params


def _join(sections: list[tuple[int, str, bool]]) -> str:
    charset, data = "utf-8", b""
    for position, (_, text, extended) in enumerate(sections):
        value = text
        if extended and position == 0 and value.count("'") >= 2:
            declared, _, value = value.split("'", 2)
            charset = declared or charset
        data += unquote_to_bytes(value) if extended else value.encode("utf-8", "surrogateescape")
    return _whole(decode_text(data, charset, otherwise="utf-8"))


def decode_text(data: bytes, charset: str, *, otherwise: str) -> str:
    """Text in the charset that its sender names, else in ``otherwise``; never raises."""
    try:
        if codecs.lookup(charset).name not in _NO_CHARSETS:
            return data.decode(charset, "replace")
    except (LookupError, ValueError):  # no charset, or no name of one
        pass
    return data.decode(otherwise, "replace")


def decode_words(value: str) -> str:
    """Encoded words decoded; what cannot be decoded is left as it came."""
    if "=?" not in value:
        return value
    try:
        words = decode_header(value)
        if any(charset is not None and codecs.lookup(charset).name in _NO_CHARSETS for _, charset in words):
            return value
        return _whole(str(make_header(words)))
    except (MessageError, LookupError, ValueError):
        return value


def _whole(text: str) -> str:
    """Halves of surrogate pairs, which some charsets can spell (UTF-7), are no text that can be stored."""
    return text.encode("utf-8", "replace").decode("utf-8")
