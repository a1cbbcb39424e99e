"""The journal's database port: groups of exchanges in, readers out. Synchronous: for the writer's and other threads."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path

from sqlalchemy import Connection

from socle.blobs import BlobRef
from socle.journal.entry import Row
from socle.journal.settings import JournalSettings
from socle.journal.tables import METADATA
from socle.settings import GroundSettings
from socle.store.wiring import prepare

SCHEMA = "journal"
MIGRATIONS = Path(__file__).parent / "migrations"
SLACK = 0.05
"""How far the bounds are undercut when something is removed, so that it is not done at every group."""


class JournalAway(RuntimeError):
    """The database does not answer; the same group may be written later."""


class JournalDatabase(ABC):
    """One writer's view: it keeps each workspace within its bounds, whoever else writes."""

    shared = False
    """Whether processes on other machines write here too."""

    def __init__(self, ground: GroundSettings, settings: JournalSettings) -> None:
        self._ground = ground
        self._most = settings.max_exchanges
        self._room = settings.max_bytes

    def open(self) -> None:
        """Bring the schema up to date and connect."""
        prepare(self._ground, SCHEMA, METADATA, MIGRATIONS)
        self._connect()

    @abstractmethod
    def _connect(self) -> None: ...

    @abstractmethod
    def close(self) -> None: ...

    @abstractmethod
    def write(self, rows: Sequence[Row]) -> int:
        """Commit a group in one transaction, then remove what is too much; gives how many were written.

        An exchange that is there already is left out. Raises :class:`JournalAway`, or what is wrong with a row.
        """

    @abstractmethod
    def reading(self) -> AbstractContextManager[Connection]:
        """A connection that sees what is committed. Raises :class:`JournalAway`."""

    @abstractmethod
    def changing(self) -> AbstractContextManager[Connection]:
        """A short transaction beside the writer's. Raises :class:`JournalAway`."""

    def blob(self, service: str, ref: BlobRef) -> bytes | None:
        """A content that ``service`` keeps in this database, though it does not run in this process."""
        return None
