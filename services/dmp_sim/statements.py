"""The statements of the store: hot ones compiled once, queries built from their models, rows to models."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Row, Select, Table, bindparam, case, insert, literal, select, union_all, update

from dmp_sim.domain import names
from dmp_sim.domain.model import DocumentEntry
from dmp_sim.domain.query import EntryQuery, StoredEntry
from dmp_sim.tables import DOCUMENT_ENTRY, SUBMISSION_SET
from socle.store.hot import Hot, hot

_E = DOCUMENT_ENTRY.c
_L = SUBMISSION_SET.c
_MINE = (_E.workspace == bindparam("workspace"), _E.epoch == bindparam("epoch"))
_FOUR = ("one", "two", "three", "four")
_COLUMNS = {column.name for table in (DOCUMENT_ENTRY, SUBMISSION_SET) for column in table.columns}
_NUMBERED = tuple({name: f"{name}{row}" for name in _COLUMNS} for row in range(4))
"""For each of four rows of one statement: column → parameter."""

encode = msgspec.json.Encoder().encode
_entry = msgspec.json.Decoder(DocumentEntry).decode


def _insert(table: Table, rows: int) -> Hot:
    """One statement for several rows: parameters carry the row's number."""
    names = [column.name for column in table.columns]
    return hot(insert(table).values([{name: bindparam(named[name]) for name in names} for named in _NUMBERED[:rows]]))


INSERT_LOT = _insert(SUBMISSION_SET, 1)
_INSERT_ENTRIES = tuple(_insert(DOCUMENT_ENTRY, rows) for rows in range(1, 5))
_LOT_MINE = (_L.workspace == bindparam("workspace"), _L.epoch == bindparam("epoch"))
_KNOWN = select(_E.unique_id, _E.sha1).where(*_MINE)
KNOWN = hot(
    union_all(
        *(_KNOWN.where(_E.unique_id == bindparam(name)) for name in _FOUR),
        select(_L.unique_id, literal("").label("sha1")).where(*_LOT_MINE, _L.unique_id == bindparam("lot")),
    )
)
"""Documents four at a time (:func:`in_fours`), and the lot: a lot rarely has more, and the statement's text never
changes. One by one, not by ``IN``: a plan that PostgreSQL made while the table was small would read the whole workspace
and pick them out."""
_BY_UUID = (
    select(
        _E.entry_uuid,
        _E.unique_id,
        _E.chain,
        _E.revision,
        _E.status,
        _E.patient,
        _E.sha1,
        _E.type_code,
        _E.stay_id,
        _E.first_registered_at,
    )
).where(*_MINE)
BY_UUID = hot(union_all(*(_BY_UUID.where(_E.entry_uuid == bindparam(name)) for name in _FOUR)))
"""Entries four at a time, as above."""
DEPRECATE = hot(
    update(DOCUMENT_ENTRY)
    .where(
        _E.workspace == bindparam("workspace"),
        _E.epoch == bindparam("epoch"),
        _E.entry_uuid == bindparam("entry_uuid"),
    )
    .values(status=bindparam("status"))
)
_STORED = (
    _E.metadata,
    _E.entry_uuid,
    _E.lid,
    _E.chain,
    _E.revision,
    _E.status,
    _E.sha1,
    _E.size,
    _E.sha256,
    _E.submission_set,
    _E.exchange_id,
    _E.registered_at,
    _E.replaces,
    _E.signature,
)


def inserts(rows: Sequence[dict[str, Any]]) -> Iterator[tuple[Hot, dict[str, Any]]]:
    """Statements and parameters that insert document entries, up to four in one."""
    for start in range(0, len(rows), 4):
        yield _INSERT_ENTRIES[len(rows[start : start + 4]) - 1], numbered(rows[start : start + 4])


def numbered(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Up to four rows as the parameters of one statement."""
    return {named[name]: value for named, row in zip(_NUMBERED, rows, strict=False) for name, value in row.items()}


def in_fours(values: Sequence[str]) -> Iterator[dict[str, str]]:
    """Parameters of ``KNOWN`` and ``BY_UUID``, the last group filled up with its own first value."""
    for start in range(0, len(values), 4):
        group = [*values[start : start + 4]]
        group += group[:1] * (4 - len(group))
        yield dict(zip(_FOUR, group, strict=True))


def entries(workspace: str, epoch: int, query: EntryQuery, past: datetime | None = None) -> Select[Any]:
    """The part of a stored query that the database answers; ``past``: as the registry was at that instant."""
    status = _E.status if past is None else _status_then(workspace, epoch, past)
    where: list[ColumnElement[bool]] = [_E.workspace == workspace, _E.epoch == epoch, ~_E.signature, *_there(past)]
    if query.patient:
        where.append(_E.patient == query.patient)
    if query.statuses:
        where.append(status.in_(query.statuses))
    if query.entry_uuids:
        where.append(_E.entry_uuid.in_(query.entry_uuids))
    if query.unique_ids:
        where.append(_E.unique_id.in_(query.unique_ids))
    for column, bound, time in query.times:
        where.append(_E[column] >= time if bound == "from" else _E[column] < time)
    shown = [status.label("status") if column is _E.status else column for column in _STORED]
    return select(*shown).where(*where).order_by(_E.registered_at, _E.unique_id)


def by_unique_ids(workspace: str, epoch: int, unique_ids: Sequence[str], past: datetime | None = None) -> Select[Any]:
    """Documents and signatures by uniqueId; ``past``: those that were there at that instant."""
    mine = (_E.workspace == workspace, _E.epoch == epoch, *_there(past))
    return select(*_STORED).where(*mine, _E.unique_id.in_(unique_ids))


def _there(past: datetime | None) -> tuple[ColumnElement[bool], ...]:
    return () if past is None else (_E.registered_at <= past,)


def _status_then(workspace: str, epoch: int, past: datetime) -> ColumnElement[str]:
    """An entry replaced since was still approved: replacement is all that changes a status here."""
    later = DOCUMENT_ENTRY.alias("later").c
    replaced_since = select(later.replaces).where(
        later.workspace == workspace, later.epoch == epoch, later.registered_at > past, later.replaces.is_not(None)
    )
    return case((_E.entry_uuid.in_(replaced_since), names.APPROVED), else_=_E.status)


def latest(workspace: str, epoch: int, limit: int, offset: int) -> Select[Any]:
    """Documents without signatures, newest first."""
    mine = (_E.workspace == workspace, _E.epoch == epoch, ~_E.signature)
    return select(*_STORED).where(*mine).order_by(_E.registered_at.desc(), _E.unique_id).limit(limit).offset(offset)


def stored(row: Row[Any]) -> StoredEntry:
    """A row of one of the selects above as a model."""
    metadata, *columns = tuple(row)
    return StoredEntry(_entry(metadata), *columns)
