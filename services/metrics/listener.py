"""Hears what batches of all processes tell (LISTEN), in a thread of its own, and comes back after every failure."""

import asyncio
import contextlib
import logging
import threading
from collections.abc import Callable

import psycopg
from psycopg import sql

from metrics.told import CHANNEL, Told, decode
from socle.store.dedicated import DedicatedSession
from socle.store.port import StoreFailed
from socle.store.postgres_connect import Raw

_LOG = logging.getLogger(__name__)
_LOOK_SECONDS = 0.5
"""How soon the thread sees that it should end."""
_SILENT_LOOKS = 10
"""After so many without a word the server is asked whether it is still there."""
_RETRY_SECONDS = 0.5


class Listener:
    """From :meth:`start` to :meth:`stop`. ``hear`` and ``missed`` are called in the event loop."""

    def __init__(self, session: DedicatedSession, hear: Callable[[Told], None], missed: Callable[[], None]) -> None:
        """``missed``: the connection is there again, and something may have been told meanwhile."""
        self._session = session
        self._hear = hear
        self._missed = missed
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self.connected = False

    def start(self) -> None:
        """Begin; the first connection counts as one after a failure."""
        self._loop = asyncio.get_running_loop()
        self._thread = threading.Thread(target=self._run, name="metrics-listener", daemon=True)
        self._thread.start()

    async def stop(self) -> None:
        """Returns when the connection is closed."""
        self._stopping.set()
        if self._thread is not None:
            await asyncio.to_thread(self._thread.join)
            self._thread = None

    def _run(self) -> None:
        said = False
        while not self._stopping.is_set():
            try:
                self._session.connect()
                self._session.raw.execute(sql.SQL("LISTEN {}").format(sql.Identifier(CHANNEL)))
                self.connected, said = True, False
                self._call(self._missed)
                self._follow(self._session.raw)
            except (StoreFailed, psycopg.Error, OSError) as error:
                if not said and not self._stopping.is_set():
                    said = True
                    _LOG.warning("metrics: changes are not heard until the database answers: %s", error)
            finally:
                self.connected = False
                self._session.close()
            self._stopping.wait(_RETRY_SECONDS)

    def _follow(self, raw: Raw) -> None:
        silent = 0
        while not self._stopping.is_set():
            silent += 1
            for note in raw.notifies(timeout=_LOOK_SECONDS):
                silent = 0
                try:
                    told = decode(note.payload)
                except ValueError as error:
                    _LOG.warning("metrics: %s", error)
                    continue
                self._call(self._hear, told)
                if self._stopping.is_set():
                    return
            if silent >= _SILENT_LOOKS:
                self._session.ping()
                silent = 0

    def _call(self, what: Callable[..., None], *told: Told) -> None:
        assert self._loop is not None
        with contextlib.suppress(RuntimeError):  # the loop was closed meanwhile
            self._loop.call_soon_threadsafe(what, *told)
