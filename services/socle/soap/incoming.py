"""One MIME part as it arrives: decoded, hashed, and on disk once it is large (D15)."""

import hashlib
from pathlib import Path
from typing import IO

from socle.blobs import Blob, BlobRef
from socle.exchange import new_id
from socle.soap import headers
from socle.soap import mime_rules as rules
from socle.soap.limits import Limits
from socle.soap.model import Part
from socle.soap.refusal import MimeRefused
from socle.soap.transfer import decoder


class _Digests:
    """Both digests of one content."""

    __slots__ = ("sha1", "sha256")

    def __init__(self, data: bytes = b"") -> None:
        self.sha1 = hashlib.sha1(data, usedforsecurity=False)
        self.sha256 = hashlib.sha256(data)

    def update(self, data: bytes) -> None:
        self.sha1.update(data)
        self.sha256.update(data)

    def sha1_with_line_feed(self) -> str:
        digest = self.sha1.copy()
        digest.update(b"\n")
        return digest.hexdigest()


_NOTHING_YET = _Digests()


class IncomingPart:
    """Collects one part. ``add`` and ``end`` only touch memory; ``flush`` and ``finish`` hash, write and may block."""

    def __init__(self, header_block: bytes, index: int, limits: Limits, spool: Path) -> None:
        self.headers = headers.part_headers(header_block)
        self.content_id = headers.content_id(self.headers.get("content-id", ""))
        self.content_type = self.headers.get("content-type", "application/octet-stream")
        self.label = self.content_id or f"#{index}"
        """How findings name the part."""
        self.max_size = limits.max_part
        self.size = 0
        self.ended = False
        self.finished = False
        self.path: Path | None = None
        self._data = b""
        self._pending: list[bytes] = []
        self._pending_size = 0
        self._wire: list[bytes] | None = []
        """The encoded bytes, for the journal; None when they are the content itself or lie on disk."""
        self._decoder = decoder(self.headers.get("content-transfer-encoding", ""), self.label)
        if self._decoder is None:
            self._wire = None
        self._line_end = b""
        self._flush_from = limits.offload_above
        self._spool_above = limits.spool_above
        self._spool = spool
        self._file: IO[bytes] | None = None
        self._hashed = True
        self._digests = _NOTHING_YET

    def keep_in_memory(self, max_size: int) -> None:
        """This is the root part: it will be parsed, and nobody asks for its hash."""
        self.max_size = self._spool_above = max_size
        self._hashed = False

    def add(self, data: bytes) -> None:
        """Raises ``MimeRefused`` when the part grows too large or is not encoded as it says."""
        if self._decoder is not None:
            if self._wire is not None:
                self._wire.append(data)
            data = self._decoder.decode(data)
        self._append(data)

    def end(self, line_end: bytes) -> None:
        """No more content; ``line_end`` is what stood before the delimiter."""
        if self._decoder is not None:
            self._append(self._decoder.finish())
        self._line_end = line_end
        self.ended = True

    def _append(self, data: bytes) -> None:
        self.size += len(data)
        if self.size > self.max_size:
            raise MimeRefused(
                rules.PART_SIZE.finding(expected=f"≤ {self.max_size}", found=f"> {self.max_size}", part=self.label)
            )
        self._pending.append(data)
        self._pending_size += len(data)

    @property
    def wants_flush(self) -> bool:
        """Enough has gathered of a part that is too large to stay in memory."""
        return self.size > self._spool_above and self._pending_size >= self._flush_from

    @property
    def heavy(self) -> bool:
        """Whether ``finish`` must not run on the loop."""
        return self.path is not None or (self._hashed and self._pending_size > self._flush_from)

    def flush(self) -> None:
        """Hash what has gathered and write it to the spool file. Blocking."""
        if self._file is None:
            self._spool.mkdir(parents=True, exist_ok=True)
            self.path = self._spool / f"{new_id()}.part"
            self._file = self.path.open("xb")
            self._wire = None
            self._digests = _Digests()
        for data in self._pending:
            self._digests.update(data)
            self._file.write(data)
        self._pending.clear()
        self._pending_size = 0

    def finish(self) -> None:
        """Close the part. Blocking when ``heavy``."""
        if self.path is not None or self.size > self._spool_above:
            self.flush()
            self.close()
        else:
            self._data = self._pending[0] if len(self._pending) == 1 else b"".join(self._pending)
            self._pending.clear()
            if self._hashed:
                self._digests = _Digests(self._data)
        self.finished = True

    def close(self) -> None:
        """Close the spool file, if there is one. Blocking."""
        if self._file is not None:
            self._file.close()

    def part(self) -> Part:
        """The finished part as operations get it."""
        digests, data = self._digests, self._data if self.path is None else None
        counts = self._line_end == b"\n" and self._decoder is None
        return Part(
            content_id=self.content_id,
            content_type=self.content_type,
            headers=self.headers,
            blob=Blob(digests.sha256.hexdigest(), self.size, data=data, path=self.path),
            sha1=digests.sha1.hexdigest(),
            sha1_with_eol=digests.sha1_with_line_feed() if counts else None,
            eol_length=1 if counts else 0,
        )

    def content(self) -> bytes:
        """The whole decoded content. Blocking when it lies on disk."""
        return self._data if self.path is None else self.path.read_bytes()

    @property
    def recorded(self) -> bytes | BlobRef:
        """The part as the journal keeps it: what was on the wire, or a reference to the decoded content on disk.

        Of a part that was cut off, what had come, or nothing if that lies on disk.
        """
        if self.path is not None:
            return BlobRef(self._digests.sha256.hexdigest(), self.size) if self.finished else b""
        if self._wire is not None:
            return b"".join(self._wire)
        return self._data if self.finished else b"".join(self._pending)
