"""Bodies as the journal keeps them: bytes in place, up to a bound, and references to what a service has stored (D9)."""

from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from socle.blobs import Blob, BlobRef
from socle.exchange import Recorded

_WORTH = 1024
"""Bytes from which a stored content is referred to: below, a copy costs no more than looking for it."""

BlobReader = Callable[[BlobRef], bytes | None]
"""Gives a blob's content, or None when this reader does not have it. Called in a thread."""


def keep(recorded: Recorded, most: int, *, redacted: bool, stored: Sequence[Blob] = ()) -> tuple[bytes, dict[str, Any]]:
    """The bytes kept in place, ``most`` at most, and how they and the blobs follow one another.

    A piece of the body that *is* the content of one of ``stored`` becomes a reference to it.
    """
    if len(recorded.body) == 1 and not redacted and isinstance(recorded.body[0], bytes):
        only = recorded.body[0]
        if len(only) <= most:
            return only, {"size": len(only), "cut": False, "parts": (len(only),)}
    total = sum(len(part) if isinstance(part, bytes) else part.size for part in recorded.body)
    if redacted:
        return b"", {"size": total, "cut": total > 0, "parts": []}
    # by identity: no hash need be made, and what was sent otherwise encoded stays as it was sent
    elsewhere = {id(blob.data): blob.ref for blob in stored if blob.size >= _WORTH}
    kept: list[bytes] = []
    parts: list[int | dict[str, Any]] = []
    room = most
    for part in recorded.body:
        if isinstance(part, BlobRef):
            parts.append({"sha256": part.sha256, "size": part.size})
            continue
        ref = elsewhere.get(id(part))
        if ref is not None:
            parts.append({"sha256": ref.sha256, "size": ref.size, "stored": True})
            continue
        piece = part[:room] if len(part) > room else part
        room -= len(piece)
        kept.append(piece)
        parts.append(len(piece))
        if len(piece) < len(part):
            return b"".join(kept), {"size": total, "cut": True, "parts": parts}
    return kept[0] if len(kept) == 1 else b"".join(kept), {"size": total, "cut": False, "parts": parts}


def layout(body: Mapping[str, Any]) -> list[int | BlobRef]:
    """How a body is put together: lengths of bytes in place and references, in wire order."""
    return [part if isinstance(part, int) else BlobRef(part["sha256"], part["size"]) for part in body["parts"]]


def shown(body: Mapping[str, Any], data: bytes, content: BlobReader) -> dict[str, Any]:
    """A body as a list of segments: ``text`` for UTF-8, ``base64`` otherwise, ``blob`` for what was spooled to a blob
    store as it came, and for what is there no more."""
    segments: list[dict[str, Any]] = []
    position = 0
    for part in body["parts"]:
        if isinstance(part, int):
            piece: bytes | None = data[position : position + part]
            position += part
        else:
            piece = content(BlobRef(part["sha256"], part["size"])) if part.get("stored") else None
        if piece is None:
            segments.append({"blob": {"sha256": part["sha256"], "size": part["size"]}})
        else:
            segments.append(_readable(piece))
    return {"size": body["size"], "cut": body["cut"], "body": segments}


def _readable(piece: bytes) -> dict[str, Any]:
    try:
        return {"text": piece.decode("utf-8")}
    except UnicodeDecodeError:
        return {"base64": b64encode(piece).decode()}
