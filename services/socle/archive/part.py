"""One service's part of an archive: its rows, contents and events of one scope."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, MetaData
from sqlalchemy.exc import DBAPIError

from socle.archive import contents, events, rows
from socle.archive.errors import BadArchive, CannotArchive, wrong
from socle.archive.package import Package, PackageWriter
from socle.archive.patients import Renamed, Seen
from socle.blobs import Blob
from socle.store.port import Store, UnitOfWork
from socle.sweep.scopes import Scope

T = TypeVar("T")
KIND = "socles.part"
ROWS, BLOBS = 500, 16
"""Of one transaction: acts go on beside it."""


@dataclass(frozen=True, slots=True)
class Holder:
    """A service's database, and what its part needs to know besides."""

    store: Store
    metadata: MetaData
    revision: str
    """Of its schema: rows of another one are not taken."""
    claim: Callable[[str, str], None]
    """Whether a service may emit to a topic."""
    patient_ref: Callable[[str], str]
    spool: Path
    most: int
    """Octets of a part, unpacked, at most."""

    @property
    def service(self) -> str:
        return self.store.service

    async def dump(self, scope: Scope, path: Path, people: Iterable[str] = ()) -> None:
        """Write the scope's part to ``path``: rows and events of one moment. ``people``: numbers of the population."""
        writer, seen, found = await asyncio.to_thread(PackageWriter, path, KIND), Seen(), dict[str, None]()
        about: dict[str, Any] = {"service": self.service, "revision": self.revision, **scope._asdict()}
        try:
            await self.store.read(partial(self._dump_rows, scope=scope, writer=writer, seen=seen, found=found))
            await asyncio.to_thread(self._dump_contents, list(found), writer, asyncio.get_running_loop())
            about["patients"] = await asyncio.to_thread(seen.told, self.patient_ref, people)
            await asyncio.to_thread(writer.finish, about)
        except BaseException:
            await asyncio.to_thread(writer.abandon)
            raise

    def _dump_rows(
        self, connection: Connection, scope: Scope, writer: PackageWriter, seen: Seen, found: dict[str, None]
    ) -> None:
        for table in rows.tables(self.metadata):
            writer.put(rows.entry(table), map(seen.look, rows.dump(connection, table, scope, found)))
        writer.put(events.ENTRY, map(seen.look, events.dump(connection, self.service, scope)))

    def _dump_contents(self, wanted: list[str], writer: PackageWriter, loop: asyncio.AbstractEventLoop) -> None:
        """In a thread of its own."""
        listed: list[bytes] = []

        def each() -> Iterator[bytes]:
            for sha256 in wanted:
                blob = asyncio.run_coroutine_threadsafe(self.store.blobs.find(sha256), loop).result()
                if blob is None:
                    raise CannotArchive("Un contenu n'est plus conservé.", f"A content is no longer kept: {sha256}.")
                listed.append(contents.index_line(blob))
                yield from contents.pieces(blob)

        writer.put(contents.CONTENTS, each())
        writer.put(contents.INDEX, listed)

    async def check(self, path: Path, scope: Scope) -> None:
        """Read a part through as if it were loaded into ``scope``. Raises :class:`BadArchive`."""
        await asyncio.to_thread(self._check, path, scope)

    def _check(self, path: Path, scope: Scope) -> None:
        with Package(path, KIND, self.most) as package:
            loader, renamed = self._loader(package, scope)
            for table in rows.tables(self.metadata):
                loader.check(table, map(renamed.line, package.lines(rows.entry(table))))
            for line in package.lines(events.ENTRY):
                events.decode(renamed.line(line), self.service, scope, self.claim)
            for _ in contents.blobs(package, None):
                pass

    def _loader(self, package: Package, scope: Scope) -> tuple[rows.Loader, Renamed]:
        about = package.about
        if about.get("service") != self.service:
            raise wrong(f"a part of {about.get('service')!r}, not of {self.service}")
        if about.get("revision") != self.revision:
            raise BadArchive(
                f"Schéma {about.get('revision')!r} de {self.service} : ici, c'est {self.revision!r}.",
                f"Schema {about.get('revision')!r} of {self.service}: here it is {self.revision!r}.",
                code="archive.version",
            )
        known = {rows.entry(table) for table in rows.tables(self.metadata)}
        if package.names != known | {events.ENTRY, contents.INDEX, contents.CONTENTS}:
            raise wrong(f"the part of {self.service} has not the entries of its tables")
        workspace, epoch = about.get("workspace"), about.get("epoch")
        if not isinstance(workspace, str) or not isinstance(epoch, int):
            raise wrong(f"the part of {self.service} does not say what it is of")
        there = frozenset(content.sha256 for content in contents.index(package))
        return rows.Loader(there, Scope(workspace, epoch), scope), Renamed(about.get("patients"), self.patient_ref)

    async def load(self, path: Path, scope: Scope) -> None:
        """Write a part's rows, contents and events under ``scope``, which nobody sees yet, in small transactions.

        Raises :class:`BadArchive`; what was written until then stays, unseen.
        """
        package = await asyncio.to_thread(Package, path, KIND, self.most)
        try:
            await self._load(package, scope)
        except (DBAPIError, UnicodeError, OverflowError) as error:
            raise wrong(f"the database refused: {type(error).__name__}") from error
        finally:
            await asyncio.to_thread(package.close)

    async def _load(self, package: Package, scope: Scope) -> None:
        loader, renamed = await asyncio.to_thread(self._loader, package, scope)
        async for blobs in _some(contents.blobs(package, self.spool), BLOBS):
            await self.store.write_first(partial(_keep, blobs=blobs))
        for table in rows.tables(self.metadata):
            lines = map(renamed.line, package.lines(rows.entry(table)))
            async for some in _some(loader.rows(table, lines), ROWS):
                keys = await self.store.write_first(partial(loader.write, table=table, rows=some))
                loader.keep(table, keys)
        told = (
            events.decode(renamed.line(line), self.service, scope, self.claim) for line in package.lines(events.ENTRY)
        )
        async for each in _some(told, ROWS):
            await self.store.write_first(partial(_emit, told=each))


def _keep(uow: UnitOfWork, blobs: list[Blob]) -> None:
    uow.keep(*blobs)


def _emit(uow: UnitOfWork, told: list[events.Told]) -> None:
    for each in told:
        each.emit(uow)


async def _some(source: Iterator[T], count: int) -> AsyncIterator[list[T]]:
    """Pieces of a list that takes time to come by."""
    while found := await asyncio.to_thread(lambda: list(islice(source, count))):
        yield found
