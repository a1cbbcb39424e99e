"""Blobs (D15): documents, mails and recorded bodies, named by their SHA-256.

Small ones travel as bytes; large ones lie in a spool file that the store adopts on commit.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class BlobRef:
    """The name of a stored blob: SHA-256 in hexadecimal, and its size in bytes."""

    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Blob:
    """Content not yet stored: in memory (``data``) or in a spool file (``path``), exactly one of the two."""

    sha256: str
    size: int
    data: bytes | None = None
    path: Path | None = None

    @classmethod
    def of(cls, data: bytes) -> "Blob":
        """A blob from bytes in memory."""
        return cls(hashlib.sha256(data).hexdigest(), len(data), data=data)

    @property
    def ref(self) -> BlobRef:
        return BlobRef(self.sha256, self.size)

    def read(self) -> bytes:
        """The whole content. Blocking for a spooled blob: call it in a thread."""
        if self.data is not None:
            return self.data
        assert self.path is not None
        return self.path.read_bytes()
