"""Read the content of DATA from a connection into a blob: in memory up to 1 MB, in a spool file beyond (D15)."""

import asyncio
import hashlib
import os
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from mss_sim.wire.data import DataReader
from socle.blobs import Blob

_CHUNK = 1 << 20
"""More than the stream ever buffers: one read empties it, so what follows the end can be given back."""


@dataclass(frozen=True, slots=True)
class Received:
    """What DATA brought. ``blob`` is None when it was over the limit: nothing of it is kept."""

    blob: Blob | None
    size: int
    bare_newline: bool
    lone_dot: bool
    in_step: bool = True
    """False when so much followed the limit that reading was given up: the connection must be closed."""


@dataclass(slots=True)
class _Spool:
    folder: Path
    memory_limit: int
    pending: list[bytes] = field(default_factory=list)
    held: int = 0
    digest: "hashlib._Hash" = field(default_factory=hashlib.sha256)
    file: BinaryIO | None = None
    path: Path | None = None

    def add(self, pieces: Sequence[bytes]) -> None:
        for piece in pieces:
            self.pending.append(piece)
            self.held += len(piece)

    async def relieve(self) -> None:
        if self.held > self.memory_limit:
            pending, self.pending, self.held = self.pending, [], 0
            await asyncio.to_thread(self._write, pending)

    def _write(self, pending: list[bytes]) -> None:
        if self.file is None:
            self.folder.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(prefix="mail-", suffix=".part", dir=self.folder)
            self.file, self.path = os.fdopen(handle, "wb"), Path(name)
        for piece in pending:
            self.digest.update(piece)
            self.file.write(piece)

    async def blob(self, size: int) -> Blob:
        if self.file is None:
            return Blob.of(b"".join(self.pending))
        return await asyncio.to_thread(self._finish, size)

    def _finish(self, size: int) -> Blob:
        self._write(self.pending)
        assert self.file is not None
        self.file.close()
        return Blob(self.digest.hexdigest(), size, path=self.path)

    async def discard(self) -> None:
        self.pending, self.held = [], 0
        if self.file is not None:
            await asyncio.to_thread(self._remove)

    def _remove(self) -> None:
        assert self.file is not None
        assert self.path is not None
        self.file.close()
        self.path.unlink(missing_ok=True)
        self.file = None


async def receive(
    reader: asyncio.StreamReader,
    *,
    limit: int,
    spool_folder: Path,
    memory_limit: int = 1 << 20,
    alive: Callable[[], None] = lambda: None,
) -> Received:
    """Read up to the end of DATA; what follows it is given back to ``reader``.

    ``limit`` is in bytes of decoded content. Over it the content is thrown away but read on to its end, up to twice the
    limit and 1 MB, so that the dialogue stays in step; ``alive`` is called for each chunk. Raises ``ConnectionError``
    when the peer leaves before the end.
    """
    data = DataReader()
    spool = _Spool(spool_folder, memory_limit)
    patience = 2 * limit + _CHUNK
    rest: bytes | None = None
    try:
        while rest is None:
            chunk = await reader.read(_CHUNK)
            if not chunk:
                raise ConnectionResetError("the peer left before the end of DATA")
            alive()
            rest = data.feed(chunk)
            pieces = data.take()
            if data.size <= limit:
                spool.add(pieces)
                await spool.relieve()
            else:
                await spool.discard()
                if data.size > patience:
                    return Received(None, data.size, data.bare_newline, data.lone_dot, in_step=False)
    except BaseException:
        await spool.discard()
        raise
    if rest and not reader.at_eof():
        reader.feed_data(rest)
    if data.size > limit:
        return Received(None, data.size, data.bare_newline, data.lone_dot)
    return Received(await spool.blob(data.size), data.size, data.bare_newline, data.lone_dot)
