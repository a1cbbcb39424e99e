"""The journal (D9): every exchange, written behind; asked, tailed and exported."""

import asyncio
import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import msgspec
from sqlalchemy import select

from socle.blobs import BlobRef
from socle.exchange import Exchange
from socle.journal import forget
from socle.journal.acts import count
from socle.journal.bodies import BlobReader
from socle.journal.entry import layout, summary, verdict, whole
from socle.journal.query import COUNTED, SHOWN, WHOLE, JournalQuery, Page, neighbour, shown
from socle.journal.settings import JournalSettings
from socle.journal.tables import content, exchange
from socle.journal.tails import SharedTails, Tail, Tails
from socle.journal.wiring import make_database
from socle.journal.writer import JournalWriter
from socle.settings import GroundSettings

_LOG = logging.getLogger(__name__)
_FLUSH_SECONDS = 2.0
_EXPORT_PAGE = 100
_YOUNG_SECONDS = 10.0
_OTHERS_SECONDS = 0.75
"""Other processes write what they recorded within a good quarter of a second."""
_LOOK_SECONDS = 0.05
_ENCODE = msgspec.json.Encoder().encode


class JournalStore:
    """Implements ``socle.journal.port.Journal``. Methods that read block: call them in a thread."""

    def __init__(self, ground: GroundSettings, settings: JournalSettings | None = None) -> None:
        self.settings = settings or JournalSettings()
        self._database = make_database(ground, self.settings)
        self._tails = SharedTails(self._database) if self._database.shared else Tails()
        self._writer = JournalWriter(self._database, self.settings, self._tails)
        self._blobs: list[BlobReader] = []

    def open(self) -> None:
        """Migrate, connect, start writing. Blocking."""
        self._database.open()
        self._writer.open()

    def close(self) -> None:
        self._tails.close()
        self._writer.close()
        self._database.close()

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
    def in_touch(self) -> bool:
        """Whether its database takes what is written: False while exchanges only wait for it."""
        return self._writer.running and self._writer.away_since is None

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
        """Exchanges lost since the start, because too many waited or the database refused."""
        return self._writer.dropped

    def read_blobs_with(self, reader: BlobReader) -> None:
        """Let entries that refer to a service's blobs show them."""
        self._blobs.append(reader)

    def tail(self, listener: Tail) -> Callable[[], None]:
        """Call ``listener`` with each new entry's summary, in a thread of the journal's; gives what ends it.

        May block for a moment; on PostgreSQL the entries of all processes are told.
        """
        self._tails.add(listener)
        return lambda: self._tails.remove(listener)

    def flush(self) -> bool:
        """Wait until what was recorded before this call can be read; False if that takes too long."""
        return self._writer.flush(_FLUSH_SECONDS)

    def find(self, query: JournalQuery) -> Page:
        """A page of summaries, newest first."""
        self.flush()
        with self._database.reading() as connection:
            matches = connection.execute(query.numbers(COUNTED + 1, from_start=True)).scalars().all()
            exact = len(matches) <= COUNTED
            page: Sequence[int] = matches
            if query.before is not None:
                page = [seq for seq in matches if seq < query.before]
                if not exact:  # the page may lie beyond what was counted
                    page = connection.execute(query.numbers(query.limit + 1)).scalars().all()
            chosen = page[: query.limit]
            rows = connection.execute(shown(query.workspace, chosen)).all() if chosen else []
        more = len(page) > query.limit
        return Page(
            [summary(row._asdict()) for row in rows], chosen[-1] if more else None, min(len(matches), COUNTED), exact
        )

    def workspaces(self) -> list[str]:
        """Those that have exchanges."""
        with self._database.reading() as connection:
            return forget.workspaces(connection)

    def forget(self, workspace: str, count: int) -> bool:
        """Delete up to ``count`` exchanges of a workspace that is gone; gives whether there may be more."""
        with self._database.changing() as connection:
            return forget.forget(connection, workspace, count)

    def get(self, exchange_id: str, workspace: str | None = None) -> dict[str, Any] | None:
        """An entry whole: summary, findings, headers and bodies; None also when it is another workspace's."""
        found = self._row(exchange_id, workspace)
        if found is None:
            return None
        return whole(found, found["request"], found["response"], partial(self._content, found["service"]))

    def neighbour(self, exchange_id: str, workspace: str | None = None) -> dict[str, Any] | None:
        """The summary of the last accepted exchange of the same operation before this one; None if there is none."""
        found = self._row(exchange_id, workspace)
        if found is None:
            return None
        with self._database.reading() as connection:
            before = connection.execute(neighbour(found)).scalar_one_or_none()
            if before is None:
                return None
            row = connection.execute(select(*SHOWN).select_from(WHOLE).where(exchange.c.id == before)).one()
        return summary(row._asdict())

    def raw(self, exchange_id: str, direction: str, workspace: str | None = None) -> bytes | None:
        """A body as it went over the wire, blobs put back in; ``direction`` is ``request`` or ``response``.

        Raises ``LookupError`` when a blob it refers to is gone.
        """
        found = self._row(exchange_id, workspace)
        if found is None:
            return None
        data, position, pieces = found[direction], 0, []
        for part in layout(found, direction):
            if isinstance(part, BlobRef):
                pieces.append(self._blob(found["service"], part))
            else:
                pieces.append(data[position : position + part])
                position += part
        return b"".join(pieces)

    def export(self, query: JournalQuery) -> Iterator[bytes]:
        """All matching entries whole, newest first, one JSON document a line."""
        for told in self.verdicts(query):
            entry = self.get(told["id"])
            if entry is not None:
                yield _ENCODE(entry) + b"\n"

    def verdicts(self, query: JournalQuery) -> Iterator[dict[str, Any]]:
        """All matching entries, newest first: summaries with ``findings``, without bodies; ``limit`` does not count."""
        self.flush()
        while True:
            with self._database.reading() as connection:
                numbers = connection.execute(query.numbers(_EXPORT_PAGE)).scalars().all()
                rows = connection.execute(shown(query.workspace, numbers)).all() if numbers else []
            yield from (verdict(row._asdict()) for row in rows)
            if len(numbers) < _EXPORT_PAGE:
                return
            query = replace(query, before=numbers[-1])

    def _row(self, exchange_id: str, workspace: str | None) -> Mapping[str, Any] | None:
        self.flush()
        wanted = select(*SHOWN, content.c.request, content.c.response).select_from(WHOLE)
        wanted = wanted.where(exchange.c.id == exchange_id)
        if workspace is not None:
            wanted = wanted.where(exchange.c.workspace == workspace)
        until = time.monotonic() + (_OTHERS_SECONDS if self._database.shared and _is_young(exchange_id) else 0)
        while True:
            with self._database.reading() as connection:
                row = connection.execute(wanted).mappings().one_or_none()
            if row is not None or time.monotonic() >= until:
                return dict(row) if row is not None else None
            time.sleep(_LOOK_SECONDS)

    def _blob(self, service: str, ref: BlobRef) -> bytes:
        content = self._content(service, ref)
        if content is None:
            raise LookupError(f"blob {ref.sha256} is gone")
        return content

    def _content(self, service: str, ref: BlobRef) -> bytes | None:
        for reader in self._blobs:
            content = reader(ref)
            if content is not None:
                return content
        return self._database.blob(service, ref)


def _is_young(exchange_id: str) -> bool:
    """Whether an exchange of this id, which begins with its time, may still wait in another process."""
    try:
        made = int(exchange_id[:8] + exchange_id[9:13], 16) / 1000
    except ValueError:
        return False
    return abs(time.time() - made) < _YOUNG_SECONDS
