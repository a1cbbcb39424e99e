"""Stored contents of a part, one after the other in one entry, with an index of their SHA-256 and sizes."""

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from socle.archive.errors import wrong
from socle.archive.package import Package
from socle.blobs import Blob
from socle.exchange import new_id

INDEX, CONTENTS = "contents.jsonl", "contents.bin"
_PIECE = 256 * 1024
_IN_MEMORY = 256 * 1024


class Content(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One line of the index."""

    sha256: str
    size: int


_DECODE = msgspec.json.Decoder(Content).decode


def index_line(blob: Blob) -> bytes:
    """Of a content that is written at the same place in the other entry."""
    return msgspec.json.encode(Content(blob.sha256, blob.size)) + b"\n"


def pieces(blob: Blob) -> Iterator[bytes]:
    """A content. Blocking."""
    if blob.path is None:
        yield blob.read()
        return
    with blob.path.open("rb") as file:
        while piece := file.read(_PIECE):
            yield piece


def index(package: Package) -> list[Content]:
    """Raises :class:`BadArchive`."""
    found = []
    for line in package.lines(INDEX):
        try:
            found.append(_DECODE(line))
        except (msgspec.DecodeError, msgspec.ValidationError) as error:
            raise wrong(f"{INDEX}: {error}") from error
    if any(content.size < 0 for content in found):
        raise wrong(f"{INDEX}: a size below zero")
    return found


def blobs(package: Package, spool: Path | None) -> Iterator[Blob]:
    """Each content, its SHA-256 proved; large ones in files of ``spool``, whose user removes them. Without a spool only
    the proof is made, and large ones come as nothing. Raises :class:`BadArchive`."""
    listed = index(package)
    if not listed:
        return
    with package.stream(CONTENTS) as read:
        for content in listed:
            blob = _blob(content, read, spool)
            if blob is not None:
                yield blob


def _blob(content: Content, read: Callable[[int], bytes], spool: Path | None) -> Blob | None:
    if content.size <= _IN_MEMORY:
        blob = Blob.of(read(content.size))
        digest = blob.sha256
    else:
        path = spool / f"{new_id()}.restore" if spool is not None else None
        blob, digest = Blob(content.sha256, content.size, path=path), _spooled(content.size, read, path)
    if digest != content.sha256:
        raise wrong("a content is not what its name says")
    return blob if blob.data is not None or blob.path is not None else None


def _spooled(size: int, read: Callable[[int], bytes], path: Path | None) -> str:
    digest, left = hashlib.sha256(), size
    out = path.open("wb") if path is not None else None
    try:
        while left:
            piece = read(min(left, _PIECE))
            digest.update(piece)
            if out is not None:
                out.write(piece)
            left -= len(piece)
    finally:
        if out is not None:
            out.close()
    return digest.hexdigest()
