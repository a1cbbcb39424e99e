"""The storage port (D5): one ``UnitOfWork`` is one transaction, events included (D2)."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol, TypeVar

from sqlalchemy import Connection, Executable
from sqlalchemy.engine import CursorResult

from socle.blobs import Blob, BlobRef
from socle.events.model import EventData

T = TypeVar("T")

Row = Mapping[str, Any] | tuple[Any, ...]
"""Parameters by name; or all of them in the order of the statement's text, as the driver takes them."""


class UnitOfWork(Protocol):
    """What a service's ``store.py`` works with inside one transaction. It never leaves the thread that runs it."""

    @property
    def dialect(self) -> str:
        """``sqlite`` or ``postgresql``, as SQLAlchemy names them: for what each wants said in its own way."""
        ...

    @property
    def connection(self) -> Connection:
        """The SQLAlchemy connection, for statements that are not hot."""
        ...

    def execute(self, statement: Executable, parameters: Any = None) -> CursorResult[Any]:
        """Run a SQLAlchemy Core statement."""
        ...

    def hot(self, statement: "HotStatement", parameters: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """Run a statement compiled once for this database's driver, and give its rows; for hot paths."""
        ...

    def hot_many(self, statement: "HotStatement", rows: Sequence[Row]) -> None:
        """Run a hot statement for many rows."""
        ...

    def lock(self, *names: str, shared: bool = False) -> None:
        """Until this transaction ends, exclude every other act that locks one of ``names`` in this service's schema.

        For acts that decide by what is stored: PostgreSQL runs acts side by side, in several processes. Call it first
        and once, with all names. ``shared`` excludes only those that do not share. SQLite has one writer.
        """
        ...

    def keep(self, *blobs: Blob) -> None:
        """Make blobs durable with this transaction; together they cost less than one by one."""
        ...

    def emit(
        self,
        data: EventData,
        *,
        subject: str,
        time: datetime,
        event_id: str | None = None,
        traceparent: str | None = None,
        delay: float = 0.0,
    ) -> str:
        """Put an event in the outbox: it exists if and only if the transaction commits. Gives the event's id.

        ``delay``: it is published so many seconds later (D10), after what comes meanwhile.

        Raises ``ValueError`` for an event larger than brokers take; the act must fail then.
        """
        ...


class HotStatement(Protocol):
    """A SQLAlchemy statement compiled once; made by ``socle.store.hot(statement)``."""

    @property
    def statement(self) -> Executable: ...


class Store(Protocol):
    """A service's own database. Same behaviour suite on SQLite and PostgreSQL."""

    @property
    def service(self) -> str:
        """Whose it is: the package's name."""
        ...

    @property
    def blobs(self) -> "BlobStore":
        """Contents kept by committed acts."""
        ...

    async def start(self) -> None: ...

    async def stop(self) -> None:
        """Finish what is queued, then close; later calls raise ``StoreClosed``."""
        ...

    async def write(self, work: Callable[[UnitOfWork], T]) -> T:
        """Run ``work`` in a transaction of its own; returns after COMMIT. If ``work`` raises, nothing of it is kept.

        PostgreSQL may ask for an act to be done again (a deadlock): ``work`` is then called once more from its start.
        """
        ...

    async def emit(self, data: EventData, *, subject: str, time: datetime, delay: float = 0.0) -> str:
        """An act that only tells one event, as :meth:`UnitOfWork.emit`; gives its id after COMMIT."""
        ...

    async def write_first(self, work: Callable[[UnitOfWork], T]) -> T:
        """As :meth:`write`, before all that waits and never refused: for the relay, whose work frees the queue."""
        ...

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Run ``work`` on a read-only connection, outside the loop; sees committed state only."""
        ...

    def read_blocking(self, work: Callable[[Connection], T]) -> T:
        """As :meth:`read`, for a thread without an event loop."""
        ...

    async def drop_files(self, contents: Sequence[str]) -> None:
        """Remove the files of contents that were removed from the tables, if there are any."""
        ...

    def on_events(self, callback: Callable[[], object] | None) -> None:
        """Have ``callback`` called, in a thread of the store's, after each commit of its own that holds events."""
        ...


class BlobStore(Protocol):
    """Reads stored contents back (D15)."""

    async def find(self, sha256: str) -> Blob | None:
        """The content: small ones as ``data``, large ones as ``path`` of a file that never changes; None: unknown."""
        ...

    async def read(self, sha256: str) -> bytes:
        """The whole content, in memory. Raises ``KeyError`` when it is not stored."""
        ...

    def read_blocking(self, ref: BlobRef) -> bytes | None:
        """The whole content, or None when it is not stored here; for threads without an event loop."""
        ...

    def stream(self, sha256: str, chunk: int = 256 * 1024) -> AsyncIterator[bytes]:
        """The content piece by piece; memory use does not grow with its size. Raises ``KeyError`` as ``read``."""
        ...


class StoreFailed(RuntimeError):
    """The database did not commit (disk full, file lost …): nothing of the act is kept."""


class StoreClosed(RuntimeError):
    """The store was stopped."""


class StoreBusy(RuntimeError):
    """The bounded queue of waiting acts is full (D16): answer with the protocol's own word for overload."""
