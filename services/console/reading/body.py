"""A recorded body put together again: bytes in place, and gaps for what lies in a blob store."""

import secrets
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Gap:
    """Bytes that the journal refers to rather than holds."""

    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Body:
    """One direction of an exchange. ``data`` holds a mark in the place of each gap, which no sender can guess."""

    headers: tuple[tuple[str, str], ...]
    data: bytes
    gaps: Mapping[bytes, Gap]
    size: int
    """Octets on the wire."""
    cut: bool
    """The journal kept less than was sent."""

    def header(self, name: str) -> str:
        """The first value of a header, empty when absent."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")

    def gap_in(self, content: bytes) -> Gap | None:
        """The gap that ``content`` holds, if any."""
        return next((gap for mark, gap in self.gaps.items() if mark in content), None)


def assemble(recorded: Mapping[str, Any]) -> Body:
    """From the ``request`` or ``response`` of ``GET /_sandbox/exchanges/{id}``."""
    nonce, pieces, gaps = secrets.token_hex(8), [], {}
    for index, segment in enumerate(recorded.get("body") or ()):
        if "blob" in segment:
            mark = f"\0{nonce}:{index}\0".encode()
            gaps[mark] = Gap(str(segment["blob"]["sha256"]), int(segment["blob"]["size"]))
            pieces.append(mark)
        elif "base64" in segment:
            pieces.append(b64decode(segment["base64"]))
        else:
            pieces.append(str(segment["text"]).encode())
    headers = tuple((str(name), str(value)) for name, value in recorded.get("headers") or ())
    return Body(headers, b"".join(pieces), gaps, int(recorded.get("size") or 0), bool(recorded.get("cut")))
