"""The journal (D9): every exchange, written behind; asked, tailed and exported."""

import asyncio
import logging
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import Connection, select

from socle.blobs import BlobRef
from socle.exchange import Exchange
from socle.journal.acts import count
from socle.journal.entry import layout, summary, whole
from socle.journal.query import JournalQuery, Page
from socle.journal.settings import JournalSettings
from socle.journal.tables import METADATA, exchange
from socle.journal.writer import JournalWriter, Tail
from socle.settings import GroundSettings
from socle.store.connect import Synchronous, open_raw, over
from socle.store.migrate import upgrade

_LOG = logging.getLogger(__name__)
MIGRATIONS = Path(__file__).parent / "migrations"
_FLUSH_SECONDS = 2.0
_EXPORT_PAGE = 100
_ENCODE = msgspec.json.Encoder().encode

BlobReader = Callable[[BlobRef], bytes | None]
"""Gives a blob's content, or None when this reader does not have it. Called in a thread."""


class JournalStore:
    """Implements ``socle.journal.port.Journal``. Methods that read block: call them in a thread."""

    def __init__(self, ground: GroundSettings, settings: JournalSettings | None = None) -> None:
        self.settings = settings or JournalSettings()
        self._path = ground.data_dir / "journal.db"
        self._writer = JournalWriter(self._path, self.settings)
        self._reading = threading.Lock()
        self._blobs: list[BlobReader] = []

    def open(self) -> None:
        """Migrate, connect, start writing. Blocking."""
        upgrade(self._path, MIGRATIONS, METADATA)
        self._connection: Connection = over(open_raw(self._path, Synchronous.NORMAL, read_only=True))
        self._writer.open()

    def close(self) -> None:
        self._writer.close()
        with self._reading:
            self._connection.close()
            self._connection.engine.dispose()

    async def start(self) -> None:
        await asyncio.to_thread(self.open)

    async def stop(self) -> None:
        await asyncio.to_thread(self.close)

    def record(self, exchange: Exchange) -> None:
        """Queue a finished exchange; never blocks, never raises."""
        try:
            count(exchange)
            self._writer.put(exchange)
        except Exception:
            self._writer.dropped += 1
            _LOG.exception("journal: an exchange of %s could not be recorded", exchange.service)

    @property
    def running(self) -> bool:
        """Whether exchanges are being written."""
        return self._writer.running

    @property
    def waiting(self) -> int:
        """Exchanges not yet written."""
        return self._writer.waiting

    @property
    def written(self) -> int:
        """Exchanges written since the start."""
        return self._writer.written

    @property
    def dropped(self) -> int:
        """Exchanges lost since the start, because too many waited or the disk refused."""
        return self._writer.dropped

    def read_blobs_with(self, reader: BlobReader) -> None:
        """Let entries that refer to a service's blobs show them."""
        self._blobs.append(reader)

    def tail(self, listener: Tail) -> Callable[[], None]:
        """Call ``listener`` with each new entry's summary, in the writer's thread; gives what ends it."""
        self._writer.tails.append(listener)
        return lambda: self._writer.tails.remove(listener)

    def flush(self) -> bool:
        """Wait until what was recorded before this call can be read; False if that takes too long."""
        return self._writer.flush(_FLUSH_SECONDS)

    def find(self, query: JournalQuery) -> Page:
        """A page of summaries, newest first."""
        self.flush()
        with self._reading:
            rows = self._connection.execute(query.statement()).mappings().all()
        shown = rows[: query.limit]
        return Page(
            [summary(_plain(row)) for row in shown], shown[-1]["seq"] if len(rows) > query.limit and shown else None
        )

    def get(self, exchange_id: str) -> dict[str, Any] | None:
        """An entry whole: summary, findings, headers and bodies."""
        found = self._row(exchange_id)
        return whole(found, found["request"], found["response"]) if found is not None else None

    def raw(self, exchange_id: str, direction: str) -> bytes | None:
        """A body as it went over the wire, blobs put back in; ``direction`` is ``request`` or ``response``.

        Raises ``LookupError`` when a blob it refers to is gone.
        """
        found = self._row(exchange_id)
        if found is None:
            return None
        data, position, pieces = found[direction], 0, []
        for part in layout(found, direction):
            if isinstance(part, BlobRef):
                pieces.append(self._blob(part))
            else:
                pieces.append(data[position : position + part])
                position += part
        return b"".join(pieces)

    def export(self, query: JournalQuery) -> Iterator[bytes]:
        """All matching entries whole, newest first, one JSON document a line."""
        cursor = query.before
        while True:
            page = self.find(replace(query, limit=_EXPORT_PAGE, before=cursor))
            for item in page.items:
                entry = self.get(item["id"])
                if entry is not None:
                    yield _ENCODE(entry) + b"\n"
            if page.next is None:
                return
            cursor = page.next

    def _row(self, exchange_id: str) -> Mapping[str, Any] | None:
        self.flush()
        with self._reading:
            wanted = select(exchange).where(exchange.c.id == exchange_id)
            row = self._connection.execute(wanted).mappings().one_or_none()
        return _plain(row) if row is not None else None

    def _blob(self, ref: BlobRef) -> bytes:
        for reader in self._blobs:
            content = reader(ref)
            if content is not None:
                return content
        raise LookupError(f"blob {ref.sha256} is gone")


def _plain(row: Any) -> Mapping[str, Any]:
    return dict(row)
