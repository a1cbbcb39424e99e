"""What one exchange has moved: the counts that would be missing without it, as things stand now."""

from collections import Counter
from collections.abc import Collection, Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, Table, select

from metrics.domain.engine import Counts, Engine, Grain
from metrics.domain.facts import Call, Document, Message, MessageDoc, Stay
from metrics.domain.linkage import Neighbourhood
from metrics.lookups import Reading, Scope
from metrics.neighbours import around
from metrics.statements import Statements, statements_of
from metrics.tables import live

_AFTER = "~"
"""Sorts behind every character of an act's id after its exchange."""
_FEW = 500
"""Acts of one exchange looked at."""


class Movement(NamedTuple):
    """A count: an indicator's measure for an establishment, a field of activity and a day."""

    indicator: str
    version: int
    measure: str
    finess_eg: str
    finess_ej: str
    field: str
    day: str
    value: int


class _Facts(NamedTuple):
    """The facts that are there thanks to an exchange."""

    calls: Sequence[Call]
    documents: Sequence[Document]
    messages: Sequence[Message]
    carried: Sequence[MessageDoc]
    stays: Sequence[Stay]


def moved(
    connection: Connection, engine: Engine, scope: Scope, exchange: str, subjects: Collection[str]
) -> list[Movement]:
    """The difference between the counts as they are, and as they would be without ``exchange``.

    ``subjects`` are the subjects of its events: the ``lid`` of documents, the reference of messages, the ids of stays.
    A document or message counts for the exchange that told of it first: a later one (a replacement) moves nothing. A
    stay counts for the one that told of it last, since it is the discharge that makes it count.
    """
    counts = _Without(connection, engine, scope).of(_facts(connection, statements_of(live), scope, exchange, subjects))
    found = [
        Movement(indicator, version, measure, entity[0], entity[1], field, day, value)
        for ((indicator, version, measure), entity, field, day), value in counts.items()
        if value
    ]
    return sorted(found)


def _facts(connection: Connection, sql: Statements, scope: Scope, exchange: str, subjects: Collection[str]) -> _Facts:
    reads = Reading(connection)
    documents = map(Document._make, sql.documents_by_lid.rows(reads, scope, subjects))
    messages = map(Message._make, sql.messages_by_ref.rows(reads, scope, subjects))
    stays = map(Stay._make, sql.stays_by_id.rows(reads, scope, subjects))
    first = _first_told(connection, scope, exchange, subjects)
    told = [message for message in messages if ("message", message.message_ref) in first]
    return _Facts(
        _calls(connection, scope, exchange),
        [document for document in documents if ("document", document.lid) in first],
        told,
        [MessageDoc._make(row) for row in sql.carried_by_ref.rows(reads, scope, [one.message_ref for one in told])],
        [stay for stay in stays if stay.exchange_id == exchange],
    )


def _calls(connection: Connection, scope: Scope, exchange: str) -> list[Call]:
    """Acts have the exchange's id, or one that begins with it."""
    table = live.call
    chosen = select(*(table.c[name] for name in Call._fields)).where(
        *_within(table, scope),
        table.c.call_id >= exchange,
        table.c.call_id < exchange + _AFTER,
        table.c.exchange_id == exchange,
    )
    return [Call._make(row) for row in connection.execute(chosen.limit(_FEW))]


def _first_told(connection: Connection, scope: Scope, exchange: str, subjects: Collection[str]) -> set[tuple[str, str]]:
    """Of the things with these ids, those whose oldest event came from the exchange."""
    table = live.history
    kinds = ("document", "message")
    chosen = (
        select(table.c.thing, table.c.thing_id, table.c.exchange_id)
        .where(*_within(table, scope), table.c.thing.in_(kinds), table.c.thing_id.in_(subjects))
        .order_by(table.c.revision, table.c.event_id)
    )
    first: dict[tuple[str, str], str | None] = {}
    for row in connection.execute(chosen):
        first.setdefault((row.thing, row.thing_id), row.exchange_id)
    return {thing for thing, told_by in first.items() if told_by == exchange}


def _within(table: Table, scope: Scope) -> tuple[ColumnElement[bool], ...]:
    return (table.c.workspace == scope[0], table.c.epoch == scope[1])


class _Without:
    """Counts as they are, less those without some facts."""

    def __init__(self, connection: Connection, engine: Engine, scope: Scope) -> None:
        self._reads = Reading(connection)
        self._sql = statements_of(live)
        self._engine = engine
        self._scope = scope
        self._counts: Counts = Counter()

    def of(self, facts: _Facts) -> Counts:
        for call in facts.calls:
            self._counts.update(self._engine.of_call(call))
        for message in facts.messages:
            self._counts.update(self._engine.of_message(message))
        self._documents(facts.documents)
        self._stays(facts)
        return self._counts

    def _documents(self, ours: Sequence[Document]) -> None:
        """Alone, or with the others of their setId, which count together."""
        lids = {document.lid for document in ours}
        for document in ours:
            if document.set_id is None:
                self._counts.update(self._engine.of_documents((document,)))
        named = {document.set_id for document in ours if document.set_id is not None}
        sets: dict[str, list[Document]] = {}
        for twin in map(Document._make, self._sql.documents_by_set.rows(self._reads, self._scope, named)):
            assert twin.set_id is not None
            sets.setdefault(twin.set_id, []).append(twin)
        for twins in sets.values():
            self._counts.update(self._engine.of_documents(twins))
            others = [twin for twin in twins if twin.lid not in lids]
            if others:
                self._counts.subtract(self._engine.of_documents(others))

    def _stays(self, facts: _Facts) -> None:
        """Stays that the exchange told of, and those that its documents and mails fulfil."""
        pointing: list[Document | MessageDoc] = [*facts.documents, *facts.carried]
        ids = {each.stay_id for each in pointing if each.stay_id is not None}
        patients = {each.patient_ref for each in pointing if each.patient_ref is not None}
        named = [Stay._make(row) for row in self._sql.stays_by_id.rows(self._reads, self._scope, ids)]
        near = around(self._reads, self._sql, self._scope, [*facts.stays, *named], patients)
        self._counts.update(self._of(near))
        self._counts.subtract(self._of(_less(near, facts)))

    def _of(self, near: Neighbourhood) -> list[Grain]:
        return [grain for stay in near.stays.values() for grain in self._engine.of_stay(stay, near)]


def _less(near: Neighbourhood, facts: _Facts) -> Neighbourhood:
    """The same without the facts."""
    lids = {document.lid for document in facts.documents}
    mails = {message.message_ref for message in facts.messages}
    told = {stay.stay_id for stay in facts.stays}
    evidence = {
        (item.kind, item.id): item
        for items in (*near.by_stay_id.values(), *near.evidence_of_patient.values())
        for item in items
    }
    return Neighbourhood.of(
        {key: stay for key, stay in near.stays.items() if key not in told},
        [
            item
            for (kind, identity), item in evidence.items()
            if not (identity in lids if kind == "document" else identity.partition("#")[0] in mails)
        ],
    )
