"""Reading multipart/related requests as a stream: the root part in memory, large parts on disk (D15)."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from socle.blobs import BlobRef
from socle.soap import headers
from socle.soap import mime_rules as rules
from socle.soap.headers import ContentType
from socle.soap.incoming import IncomingPart
from socle.soap.limits import Limits
from socle.soap.model import Part
from socle.soap.multipart import MultipartScanner
from socle.soap.offload import in_thread
from socle.soap.refusal import MimeRefused

_FEED = 256 * 1024
"""A server may hand over the whole body at once; the scanner gets it in portions, so that parts reach the disk."""


@dataclass(slots=True)
class Multipart:
    """A multipart request, read. ``root`` is the envelope's bytes, ``root_type`` its part's Content-Type."""

    root: bytes
    root_type: ContentType
    parts: Sequence[Part]


class MultipartReader:
    """One request's body. Use it once; ``discard`` must be awaited in the end, whatever happened."""

    def __init__(self, content_type: ContentType, limits: Limits, spool: Path) -> None:
        boundary = content_type.get("boundary") or ""
        if not 0 < len(boundary) <= 200 or not boundary.isascii():
            raise MimeRefused(rules.BOUNDARY.finding(where="Content-Type", found=boundary[:80]))
        self._assembly = _Assembly(content_type.get("start"), limits, spool)
        self._scanner = MultipartScanner(boundary.encode("ascii"), self._assembly, max_header=limits.max_part_header)
        self._limits = limits
        self._finished = 0

    async def read(self, chunks: AsyncIterator[bytes]) -> Multipart:
        """Read to the end. Raises ``MimeRefused``; what ``chunks`` raises goes through."""
        async for chunk in chunks:
            for at in range(0, len(chunk), _FEED):
                self._scanner.feed(chunk if len(chunk) <= _FEED else chunk[at : at + _FEED])
                await self._settle()
        self._scanner.close()
        return await self._result()

    def recorded(self) -> list[bytes | BlobRef]:
        """The body for the journal, in wire order, as far as it came."""
        return [item.recorded if isinstance(item, IncomingPart) else item for item in self.pieces()]

    @property
    def root(self) -> IncomingPart | None:
        """The part that is the envelope, once it has come."""
        return self._assembly.root or next(iter(self._assembly.parts), None)

    def pieces(self) -> list[bytes | IncomingPart]:
        """The body in wire order: parts, and what stands around them."""
        return [*self._assembly.frames, self._scanner.rest]

    async def discard(self) -> None:
        """Remove the spool files that no store has adopted."""
        if any(part.path is not None for part in self._assembly.parts):
            await asyncio.shield(in_thread(_discard, self._assembly.parts))

    async def _settle(self) -> None:
        """Bring parts that are over, or have gathered much, to their hash and disk."""
        parts = self._assembly.parts
        while self._finished < len(parts):
            part = parts[self._finished]
            if not part.ended:
                if part.wants_flush:
                    await in_thread(part.flush)
                return
            if part.heavy:
                await in_thread(part.finish)
            else:
                part.finish()
            self._finished += 1

    async def _result(self) -> Multipart:
        parts = self._assembly.parts
        if not parts:
            raise MimeRefused(rules.NO_PART.finding())
        root = self._assembly.root or parts[0]
        if root.size > (most := self._limits.xml.max_bytes):
            raise MimeRefused(rules.PART_SIZE.finding(expected=f"≤ {most}", found=str(root.size), part=root.label))
        data = root.content() if root.path is None else await in_thread(root.content)
        others = [part.part() for part in parts if part is not root]
        return Multipart(data, headers.content_type(root.content_type), others)


class _Assembly:
    """What the scanner reports, put together. It does not know the scanner: a cycle would outlive the request."""

    def __init__(self, start: str | None, limits: Limits, spool: Path) -> None:
        self._start = None if start is None else headers.content_id(start)
        self._limits = limits
        self._spool = spool
        self.parts: list[IncomingPart] = []
        self.root: IncomingPart | None = None
        self.frames: list[bytes | IncomingPart] = []

    def frame(self, data: bytes) -> None:
        self.frames.append(data)

    def begin(self, header_block: bytes) -> None:
        index = len(self.parts)
        if index >= self._limits.max_parts:
            raise MimeRefused(rules.PARTS.finding(expected=f"≤ {self._limits.max_parts}"))
        part = IncomingPart(header_block, index, self._limits, self._spool)
        if self.root is None and self._is_root(part, index):
            self.root = part
            part.keep_in_memory(self._limits.xml.max_bytes)
        self.parts.append(part)
        self.frames.append(part)

    def data(self, data: bytes) -> None:
        self.parts[-1].add(data)

    def end(self, line_end: bytes) -> None:
        self.parts[-1].end(line_end)

    def _is_root(self, part: IncomingPart, index: int) -> bool:
        if self._start is None:
            return index == 0
        return part.content_id == self._start or unquote(part.content_id) == unquote(self._start)


def _discard(parts: Sequence[IncomingPart]) -> None:
    for part in parts:
        part.close()
        if part.path is not None:
            with suppress(OSError):  # Windows keeps a file that someone still reads; the next start sweeps it
                part.path.unlink(missing_ok=True)
