"""The ground a process stands on: what its services share, opened and closed in the right order."""

import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from sqlalchemy import MetaData

from socle.admission import Admission
from socle.bus.embedded import EmbeddedBus
from socle.bus.port import Bus, Relaying
from socle.bus.wiring import make_bus, make_relay
from socle.control.plane import ControlPlane
from socle.control.settings import ControlSettings
from socle.data_folder import DataFolder
from socle.journal.store import JournalStore
from socle.settings import GroundSettings
from socle.store.migrate import revisions
from socle.store.port import Store
from socle.store.wiring import make_store, prepare
from socle.sweep.sweeper import Also, Sweeper, Swept


@dataclass(slots=True)
class Opened:
    """A service's database, what carries its events, and its tables."""

    store: Store
    relay: Relaying
    metadata: MetaData
    migrations: Path
    revision: str = ""
    """Of its schema, once the ground is started."""


@dataclass(slots=True)
class Ground:
    """Made before the event loop runs, or within it: nothing touches the disk before :meth:`start`.

    The order of a process's life: ``Ground`` → each service's ``build(ground)`` → ``ground.start()`` → services'
    ``start()`` → serving → services' ``stop()`` → ``ground.stop()``.
    """

    settings: GroundSettings
    control: ControlPlane
    journal: JournalStore
    bus: Bus = field(default_factory=EmbeddedBus)
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when the process begins to stop: endless answers (server-sent events) end then."""
    _folder: DataFolder = field(init=False)
    _also: dict[str, Also] = field(default_factory=dict)
    _opened: dict[str, Opened] = field(default_factory=dict)
    _stack: AsyncExitStack = field(default_factory=AsyncExitStack)
    _admissions: dict[str, Admission] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._folder = DataFolder(self.settings.data_dir)

    @classmethod
    def open(
        cls, settings: GroundSettings | None = None, control: ControlSettings | None = None, *, bus: Bus | None = None
    ) -> Self:
        """The databases and the bus that the settings name; they come from the environment by default."""
        settings = settings or GroundSettings()
        plane, journal = ControlPlane(settings, control), JournalStore(settings)
        return cls(settings, plane, journal, bus or make_bus())

    @property
    def spool_dir(self) -> Path:
        """Where large request parts lie until a store adopts them: this process's own folder."""
        return self._folder.spool

    def open_store(self, service: str, metadata: MetaData, migrations: Path) -> Store:
        """The service's own database; usable once the ground is started.

        ``metadata`` must hold the common tables (:func:`socle.store.common`); ``migrations`` is the folder that has
        ``versions/``. Its outbox's events reach :attr:`bus`. A second call gives the same store.
        """
        if service not in self._opened:
            store = make_store(self.settings, service, self.bus.claim)
            self.journal.read_blobs_with(store.blobs.read_blocking)
            self._opened[service] = Opened(store, make_relay(store, self.bus), metadata, migrations)
        return self._opened[service].store

    def forget_also(self, service: str, forget: Also) -> None:
        """Have ``forget`` called when what is dead is removed from a service's database, in a transaction there."""
        self._also[service] = forget

    def holdings(self) -> list[Opened]:
        """Each service's database, with its tables."""
        return list(self._opened.values())

    def opened(self) -> list[tuple[Store, Relaying]]:
        """Each service's store, and what carries its events."""
        return [(opened.store, opened.relay) for opened in self._opened.values()]

    def admission(self, service: str) -> Admission:
        """The service's gate (D16): one per service, shared by all its protocols."""
        if service not in self._admissions:
            self._admissions[service] = Admission(
                service,
                active=self.settings.admission_active,
                queue=self.settings.admission_queue,
                stopping=self.stopping,
            )
        return self._admissions[service]

    async def start(self) -> None:
        """Data folder, control plane, journal, then the databases: schema, writer, relay.

        When a part fails, those started before it are stopped again. Raises :class:`socle.data_folder.FolderHeld`.
        """
        async with AsyncExitStack() as stack:
            stack.push_async_callback(asyncio.to_thread, self._folder.close)
            await asyncio.to_thread(self._hold_folder)
            await self.control.start()
            stack.push_async_callback(self.control.stop)
            await self.journal.start()
            stack.push_async_callback(self.journal.stop)
            stack.push_async_callback(self.bus.stop)
            await self.bus.start()
            for opened in self._opened.values():
                stack.push_async_callback(opened.store.stop)
                stack.push_async_callback(opened.relay.stop)
            started = await asyncio.gather(*map(self._start, self._opened.values()), return_exceptions=True)
            for error in started:
                if error is not None:
                    raise error
            sweeper = Sweeper(
                self.control,
                self.journal,
                self._swept(),
                also=self._also,
                outbox_is_log=self.bus.keeps_hours is None,
            )
            stack.push_async_callback(sweeper.stop)
            await sweeper.start()
            self._stack = stack.pop_all()

    def _swept(self) -> list[Swept]:
        return [Swept(opened.store, opened.relay, opened.metadata) for opened in self._opened.values()]

    def _hold_folder(self) -> None:
        self.settings.data_dir.mkdir(parents=True, exist_ok=True)
        if self.settings.database_url is None:  # PostgreSQL lets replicas serve side by side
            self._folder.hold(self._opened)
        self._folder.open_spool()

    async def _start(self, opened: Opened) -> None:
        await asyncio.to_thread(prepare, self.settings, opened.store.service, opened.metadata, opened.migrations)
        opened.revision = (await asyncio.to_thread(revisions, opened.migrations / "versions"))[0]
        await opened.store.start()
        await opened.relay.start()

    async def stop(self) -> None:
        """Flush every outbox, close the databases, then journal and control plane; all of them, even if one fails."""
        self.stopping.set()
        await self._stack.aclose()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()
