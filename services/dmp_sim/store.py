"""Registry and repository on one database; one method is one transaction, events included."""

from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy.exc import IntegrityError

from dmp_sim import statements as sql
from dmp_sim.domain import names
from dmp_sim.domain.facts import ActFacts, finding_ids
from dmp_sim.domain.known import Registered, check_duplicates, check_replacements, patient_key, replacements
from dmp_sim.domain.model import Association, Deposit
from dmp_sim.domain.query import EntryQuery, StoredEntry, filled, matches
from dmp_sim.domain.registration import NewEntry, accepted_events, entry_uuids, new_entries, refused_events
from dmp_sim.domain.verdict import error_code
from dmp_sim.tables import METADATA
from socle.blobs import Blob
from socle.events import DmpRecordConsulted
from socle.rules import Finding
from socle.store.port import BlobStore, Store, UnitOfWork

__all__ = ["METADATA", "MIGRATIONS", "Committed", "DmpStore"]

MIGRATIONS = Path(__file__).parent / "migrations"


@dataclass(frozen=True, slots=True)
class Committed:
    """What a transaction left: the events' ids, and the findings that only the registry could tell."""

    events: list[str]
    refused: list[Finding]
    """Empty: everything is registered."""
    stored: Sequence[Blob] = ()
    """The contents that are kept with it."""


class DmpStore:
    """The simulator's state of all workspaces."""

    def __init__(self, store: Store, blobs: BlobStore) -> None:
        self._store = store
        self._blobs = blobs

    async def register(self, deposit: Deposit, act: ActFacts) -> Committed:
        """Register a deposit that passed every check on its message, or refuse it for what is registered already.

        Either way its events are committed when this returns.
        """
        if not replacements(deposit):
            with suppress(IntegrityError):  # something of it is registered: what, is asked below
                return await self._store.write(lambda uow: _insert(uow, deposit, act, {}))
        with suppress(IntegrityError):
            return await self._store.write(lambda uow: _register(uow, deposit, act))
        # a deposit that asked nothing (above) came between question and insertion: it is seen now
        return await self._store.write(lambda uow: _register(uow, deposit, act))

    async def refuse(self, deposit: Deposit, act: ActFacts, code: str) -> list[str]:
        """Keep that a deposit was refused: events only. Gives their ids."""
        return await self._store.write(lambda uow: _refuse(uow, deposit, act, code))

    async def consulted(self, event: DmpRecordConsulted, act: ActFacts) -> str:
        """Keep that a record was read."""
        return await self._store.emit(event, subject=act.exchange_id, time=act.at, delay=act.event_delay)

    async def find(
        self, workspace: str, epoch: int, query: EntryQuery, *, past: datetime | None = None
    ) -> list[StoredEntry]:
        """The entries a stored query asks for, oldest first; signatures of lots are never among them.

        ``past``: as the registry was at that instant of the workspace's clock (D10).
        """
        statement = sql.entries(workspace, epoch, query, past)

        def work(connection: Any) -> list[StoredEntry]:
            found = [sql.stored(row) for row in connection.execute(statement)]
            return [one for one in found if matches(one.entry, query)]

        return await self._store.read(work)

    async def documents(
        self, workspace: str, epoch: int, unique_ids: Sequence[str], *, past: datetime | None = None
    ) -> dict[str, StoredEntry]:
        """uniqueId → entry, signatures included, whatever their status; ``past`` as in :meth:`find`."""
        statement = sql.by_unique_ids(workspace, epoch, unique_ids, past)

        def work(connection: Any) -> dict[str, StoredEntry]:
            found = [sql.stored(row) for row in connection.execute(statement)]
            return {one.entry.unique_id: one for one in found}

        return await self._store.read(work)

    async def latest(self, workspace: str, epoch: int, limit: int, offset: int) -> list[StoredEntry]:
        """The newest documents first, for inspection."""
        statement = sql.latest(workspace, epoch, limit, offset)
        return await self._store.read(lambda connection: [sql.stored(row) for row in connection.execute(statement)])

    async def blob(self, sha256: str) -> Blob | None:
        """A document's content."""
        return await self._blobs.find(sha256)

    def stream(self, sha256: str) -> AsyncIterator[bytes]:
        """A document's content, piece by piece."""
        return self._blobs.stream(sha256)


def _register(uow: UnitOfWork, deposit: Deposit, act: ActFacts) -> Committed:
    """May run twice (a deadlock on PostgreSQL): it changes nothing of what it is given."""
    uow.lock(*_decided_by(deposit, act))
    unique_ids, registered = _known(uow, deposit, act)
    refused = [
        *check_duplicates(deposit, unique_ids, registered.keys()),
        *check_replacements(deposit, registered),
    ]
    if refused:
        told = replace(act, findings=tuple(dict.fromkeys(act.findings + finding_ids(refused))))
        return Committed(_refuse(uow, deposit, told, error_code(refused)), refused)
    return _insert(uow, deposit, act, registered)


def _insert(uow: UnitOfWork, deposit: Deposit, act: ActFacts, targets: dict[str, Registered]) -> Committed:
    """Store a deposit that nothing refuses. Raises ``IntegrityError`` when one of its uniqueIds or entryUUIDs is
    registered: most deposits are new, so those that replace nothing are not asked about before."""
    uuids = entry_uuids(deposit)
    entries = new_entries(deposit, uuids, targets, act)
    _insert_lot(uow, deposit, uuids, act)
    for statement, rows in sql.inserts([_entry_row(deposit, new, act) for new in entries]):
        uow.hot(statement, rows)
    for new in entries:
        if new.replaced is not None:
            uow.hot(sql.DEPRECATE, {**_key(act), "entry_uuid": new.replaced.entry_uuid, "status": names.DEPRECATED})
    contents = [new.document.blob for new in entries]
    uow.keep(*contents)  # after what may fail: it takes over files
    events = [
        uow.emit(event, subject=new.chain, time=act.at, delay=act.event_delay)
        for new in entries
        for event in accepted_events(new)
    ]
    return Committed(events, [], contents)


def _refuse(uow: UnitOfWork, deposit: Deposit, act: ActFacts, code: str) -> list[str]:
    return [
        uow.emit(event, subject=event.lid, time=act.at, delay=act.event_delay)
        for event in refused_events(deposit, act, code)
    ]


def _key(act: ActFacts) -> dict[str, Any]:
    return {"workspace": act.workspace, "epoch": act.epoch}


def _decided_by(deposit: Deposit, act: ActFacts) -> set[str]:
    """What the answer depends on: every uniqueId the lot would register, every entryUUID it proposes or replaces.

    A target that is locked cannot be replaced by anyone else meanwhile: that alone keeps a chain's revisions in order.
    """
    own = {f"id {deposit.submission_set.unique_id}", *(f"id {entry.unique_id}" for entry in deposit.entries)}
    return {f"{act.workspace} {act.epoch} {name}" for name in own | {f"uuid {one}" for one in _entry_uuids(deposit)}}


def _entry_uuids(deposit: Deposit) -> list[str]:
    """The entryUUIDs that the lot proposes for its own entries, and those it would replace."""
    proposed = [entry.id for entry in deposit.entries if entry.id.startswith("urn:uuid:")]
    return list(dict.fromkeys([*proposed, *replacements(deposit).values()]))


def _known(uow: UnitOfWork, deposit: Deposit, act: ActFacts) -> tuple[dict[str, str], dict[str, Registered]]:
    """What the message names and the registry has: uniqueIds with their SHA-1, and entries by their entryUUID."""
    key = _key(act)
    lot = deposit.submission_set
    found: dict[str, str] = {}
    for rows in sql.in_fours([entry.unique_id for entry in deposit.entries]):
        found.update(uow.hot(sql.KNOWN, {**key, **rows, "lot": lot.unique_id}))
    registered: dict[str, Registered] = {}
    for rows in sql.in_fours(_entry_uuids(deposit)):
        for row in uow.hot(sql.BY_UUID, {**key, **rows}):
            one = Registered(*row)
            registered[one.entry_uuid] = one
    return found, registered


def _insert_lot(uow: UnitOfWork, deposit: Deposit, uuids: dict[str, str], act: ActFacts) -> None:
    lot = deposit.submission_set
    links = [
        Association(
            link.id,
            link.type,
            uuids.get(link.source, link.source),
            uuids.get(link.target, link.target),
            link.status,
            link.line,
        )
        for link in deposit.associations
    ]
    row = {
        **_key(act),
        "unique_id": lot.unique_id,
        "entry_uuid": uuids[lot.id],
        "patient": patient_key(lot.patient_id),
        "exchange_id": act.exchange_id,
        "registered_at": act.at,
        "metadata": sql.encode(lot),
        "associations": sql.encode(links),
    }
    uow.hot(sql.INSERT_LOT, sql.numbered([row]))


def _entry_row(deposit: Deposit, new: NewEntry, act: ActFacts) -> dict[str, Any]:
    entry, document = new.entry, new.document
    facts = new.facts or {}
    return {
        **_key(act),
        "unique_id": entry.unique_id,
        "entry_uuid": new.entry_uuid,
        "lid": new.entry_uuid,
        "chain": new.chain,
        "revision": new.revision,
        "status": names.APPROVED,
        "signature": entry.is_signature,
        "patient": patient_key(entry.patient_id),
        "class_code": entry.class_code.code if entry.class_code else None,
        "type_code": entry.type_code.code if entry.type_code else None,
        "creation_time": filled(entry.creation_time),
        "service_start": filled(entry.service_start),
        "stay_id": facts.get("stay_id"),
        "submission_set": deposit.submission_set.unique_id,
        "replaces": new.replaced.entry_uuid if new.replaced else None,
        "mime_type": entry.mime_type,
        "sha256": document.blob.sha256,
        "sha1": document.sha1,
        "size": document.blob.size,
        "exchange_id": act.exchange_id,
        "registered_at": act.at,
        "first_registered_at": new.first_registered_at,
        "metadata": sql.encode(entry),
    }
