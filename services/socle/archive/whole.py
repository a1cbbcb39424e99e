"""Archives of whole workspaces: made, and restored as a new epoch."""

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

from sqlalchemy.exc import DataError, IntegrityError

from socle.archive import holding
from socle.archive.errors import BadArchive, CannotArchive, wrong
from socle.archive.package import Package, PackageWriter
from socle.archive.part import KIND as PART
from socle.archive.part import Holder
from socle.archive.patients import Renamed
from socle.archive.remote import RemotePart
from socle.archive.settings import ArchiveSettings
from socle.bus import published
from socle.control.fault_checks import FaultNonsense
from socle.control.restoring import Holding, ResetMeanwhile
from socle.control.workshop import UnknownWorkspace
from socle.ground import Ground
from socle.sweep.scopes import Scope

KIND = "socles.workspace"
_PIECE = 256 * 1024


class Part(Protocol):
    """What gives and takes one service's part."""

    async def dump(self, scope: Scope, path: Path) -> None: ...

    async def check(self, path: Path, scope: Scope) -> None: ...

    async def load(self, path: Path, scope: Scope) -> None: ...


class Archives:
    """Made once for each process."""

    def __init__(self, ground: Ground, made_by: str, settings: ArchiveSettings | None = None) -> None:
        """``made_by``: our version, for who looks into an archive."""
        self.settings = settings or ArchiveSettings()
        self._ground = ground
        self._made_by = made_by
        self.control = ground.control

    @asynccontextmanager
    async def folder(self) -> AsyncIterator[Path]:
        """For files of one archive; on the same disk as the contents."""
        made = await asyncio.to_thread(tempfile.mkdtemp, dir=self._ground.spool_dir, prefix="archive-")
        try:
            yield Path(made)
        finally:
            await asyncio.to_thread(shutil.rmtree, made, ignore_errors=True)

    def holder(self, service: str, folder: Path) -> Holder | None:
        """Of a service in this process."""
        for opened in self._ground.holdings():
            if opened.store.service == service:
                return Holder(
                    opened.store,
                    opened.metadata,
                    opened.revision,
                    self._ground.bus.claim,
                    self.control.patient_ref,
                    folder,
                    self.settings.max_bytes,
                )
        return None

    def held(self, service: str, folder: Path) -> Holder:
        """As :meth:`holder`. Raises ``LookupError`` for a service that is not in this process."""
        holder = self.holder(service, folder)
        if holder is None:
            raise LookupError(service)
        return holder

    async def dump_part(self, service: str, scope: Scope, path: Path) -> None:
        """A part of a service in this process. Raises :class:`CannotArchive`, ``LookupError`` for another service."""
        holder = self.held(service, path.parent)
        await self._check_events(holder, scope)
        numbers = await asyncio.to_thread(self._numbers, scope.workspace)
        await holder.dump(scope, path, numbers)

    async def make(self, name: str, path: Path) -> None:
        """Write the archive of a workspace to ``path``, in a folder of its own.

        Each service's part is of one moment; acts that go on meanwhile may be in one and not in another. Raises
        :class:`CannotArchive`, ``UnknownWorkspace``.
        """
        known = await asyncio.to_thread(self.control.holding, name)
        scope = Scope(name, known.workspace.epoch)
        services = [opened.store.service for opened in self._ground.holdings()]
        await asyncio.to_thread(self._check_all, services)
        writer = await asyncio.to_thread(PackageWriter, path, KIND)
        try:
            await asyncio.to_thread(writer.put, holding.PEOPLE, holding.people(known.people))
            for service in sorted({*services, *self.settings.parts}):
                part = path.parent / f"{service}.zip"
                if service in services:
                    await self.dump_part(service, scope, part)
                else:
                    await self._remote(service).dump(scope, part)
                await asyncio.to_thread(writer.put, _entry(service), _file(part))
            about = holding.about(known, datetime.now(UTC), self._made_by, {*services, *self.settings.parts})
            await asyncio.to_thread(writer.finish, about)
        except BaseException:
            await asyncio.to_thread(writer.abandon)
            raise

    async def restore(self, name: str, path: Path, *, create: bool = True) -> None:
        """Restore an archive into a workspace, as a new epoch; the workspace is made when there is none.

        Everything is read through before anything is changed; it is seen all at once at the end. Raises
        :class:`BadArchive`, :class:`CannotArchive`, ``UnknownWorkspace``, ``ValueError`` for a name that cannot be.
        """
        parts, known = await asyncio.to_thread(self._open, path)
        record = self.control.record(name)
        after = Scope(name, record.workspace.epoch + 1 if record is not None else 1)
        for service, file in parts.items():
            await self._part(service, path.parent).check(file, after)
        if record is None:
            if not create:
                raise UnknownWorkspace(name)
            await asyncio.to_thread(self.control.create_workspace, name)
            await asyncio.sleep(self.control.spread_seconds)
        try:
            scope = Scope(name, await asyncio.to_thread(self.control.reserve_epoch, name))
            for service, file in parts.items():
                await self._part(service, path.parent).load(file, scope)
            await asyncio.to_thread(self.control.restore, name, scope.epoch, known)
        except BaseException as error:
            if record is None:
                with suppress(UnknownWorkspace):  # somebody was faster
                    await asyncio.to_thread(self.control.delete_workspace, name)
            if isinstance(error, ResetMeanwhile):
                raise CannotArchive(
                    "L'espace a été vidé, supprimé ou rétabli entre-temps : rien n'est changé.",
                    "The workspace was reset, deleted or restored meanwhile: nothing is changed.",
                    code="archive.reset-meanwhile",
                ) from error
            if isinstance(error, FaultNonsense):
                raise BadArchive(error.french, str(error)) from error
            if isinstance(error, DataError | IntegrityError | OverflowError | UnicodeError):
                raise wrong(f"settings, rules or people: the database refused: {type(error).__name__}") from error
            raise

    def _open(self, path: Path) -> tuple[dict[str, Path], Holding]:
        """The parts as files beside ``path``, and the rest."""
        parts: dict[str, Path] = {}
        with Package(path, KIND, self.settings.max_bytes) as package:
            services = package.about.get("services")
            if not isinstance(services, list) or package.names != {holding.PEOPLE, *map(_entry, map(str, services))}:
                raise wrong("it has not the parts that the manifest names")
            here = {opened.store.service for opened in self._ground.holdings()} | self.settings.parts.keys()
            for service in services:
                if service not in here:
                    raise BadArchive(
                        f"L'archive a une partie de {service!r}, que cette installation n'a pas.",
                        f"The archive has a part of {service!r}, which this installation has not.",
                        code="archive.service",
                    )
                parts[service] = path.parent / f"{service}.zip"
                package.extract(_entry(service), parts[service])
            patients: dict[str, str] = {}
            for file in parts.values():
                with Package(file, PART, self.settings.max_bytes) as part:
                    told = part.about.get("patients")
                    patients |= told if isinstance(told, dict) else {}
            renamed = Renamed(patients, self.control.patient_ref)
            return parts, holding.read(package.about, map(renamed.line, package.lines(holding.PEOPLE)))

    def _part(self, service: str, folder: Path) -> Part:
        return self.holder(service, folder) or self._remote(service)

    def _remote(self, service: str) -> RemotePart:
        return RemotePart(service, self.settings.parts[service], self.settings.part_seconds)

    def _numbers(self, workspace: str) -> list[str]:
        """Of everybody in the workspace's population, former ones included."""
        people = self.control.population(workspace).persons
        return [number.matricule for person in people for number in (person.ins, *person.history) if number is not None]

    def _check_all(self, services: list[str]) -> None:
        """On PostgreSQL services of other processes can be seen: an archive without them would not be whole."""
        others = sorted(set(self.control.schemas()) - {*services, *self.settings.parts})
        if others:
            raise CannotArchive(
                f"Services dans d'autres processus : {', '.join(others)} ; donnez leurs adresses "
                "(SOCLES_ARCHIVE_PARTS).",
                f"Services in other processes: {', '.join(others)}. Give their addresses (SOCLES_ARCHIVE_PARTS).",
            )

    async def _check_events(self, holder: Holder, scope: Scope) -> None:
        """Where Kafka has the events, the outbox keeps them for some hours only."""
        hours, record = self._ground.bus.keeps_hours, self.control.record(scope.workspace)
        if hours is None or record is None or await holder.store.read(published.pruned) is None:
            return
        since = datetime.now(UTC) - timedelta(hours=hours)
        if record.epoch_since < since:
            raise CannotArchive(
                f"Les événements de {holder.service} d'avant {since:%d/%m %H:%M} UTC ne sont plus que dans Kafka "
                "(SOCLES_KAFKA_KEEP_PUBLISHED_HOURS).",
                f"Events of {holder.service} from before {since.isoformat(timespec='minutes')} are kept in Kafka only "
                "(SOCLES_KAFKA_KEEP_PUBLISHED_HOURS).",
                code="archive.events-pruned",
            )


def _entry(service: str) -> str:
    return f"parts/{service}.zip"


def _file(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            yield piece
