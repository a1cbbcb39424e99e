"""Content-Type and part headers, read as senders really write them (domain/dmp.md §0.5–0.7)."""

import re
from dataclasses import dataclass
from functools import lru_cache

# A quoted value, or anything up to the next semicolon: unquoted boundaries hold ``=``, ``:``, ``/`` and ``?``.
_PARAMETER = re.compile(r""";\s*([\w!#$%&'*+.^`|~-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;]*))""")
_ESCAPE = re.compile(r"\\(.)")
_FOLD = re.compile(r"\r?\n[ \t]+")


@dataclass(frozen=True, slots=True)
class ContentType:
    """A media type in lower case and its parameters, names in lower case."""

    media_type: str
    parameters: dict[str, str]

    def get(self, name: str) -> str | None:
        return self.parameters.get(name)

    @property
    def is_multipart(self) -> bool:
        return self.media_type.startswith("multipart/")


@lru_cache(maxsize=256)
def content_type(value: str) -> ContentType:
    """Read a Content-Type; never fails: what cannot be read is simply not there. The first of two equal names wins."""
    media_type, _, _ = value.partition(";")
    parameters: dict[str, str] = {}
    for match in _PARAMETER.finditer(value):
        name, quoted, bare = match.groups()
        text = _ESCAPE.sub(r"\1", quoted) if quoted is not None else bare.strip()
        parameters.setdefault(name.lower(), text)
    return ContentType(media_type.strip().lower(), parameters)


def part_headers(block: bytes) -> dict[str, str]:
    """The header block of a MIME part → lower-case names and values; lines without a colon are left out.

    Bytes above 127 are read as Latin-1, so that a file name in any charset never refuses a document.
    """
    headers: dict[str, str] = {}
    text = block.decode("latin-1")
    if "\n " in text or "\n\t" in text:
        text = _FOLD.sub(" ", text)
    for line in text.split("\n"):
        name, colon, value = line.partition(":")
        if colon:
            headers.setdefault(name.strip().lower(), value.strip())
    return headers


def content_id(value: str) -> str:
    """A Content-ID or ``start`` without its angle brackets."""
    return value.strip().removeprefix("<").removesuffix(">")
