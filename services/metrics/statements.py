"""The statements of one projection, prepared once."""

from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Table, bindparam, delete

from metrics.bulk import Bulk, add_to, leave, overwrite
from metrics.domain.facts import Call, Document, Establishment, Message, MessageDoc, Stay
from metrics.lookups import Lookup
from metrics.tables import Projection
from socle.store.hot import hot

_SCOPE = ("workspace", "epoch")


class History(NamedTuple):
    """A row of the history, without its scope: which event said what, and where it stood in the log."""

    thing: str
    thing_id: str
    revision: int
    event_id: str
    type: str
    time: int
    document_id: str | None
    exchange_id: str | None
    topic: str
    partition: int
    log_offset: int


class GrainRow(NamedTuple):
    """A row of the stored grain, without its scope."""

    indicator: str
    version: int
    day: str
    finess_eg: str
    finess_ej: str
    field: str
    measure: str
    value: int


class Statements:
    """Reads and writes of the consumer's transaction."""

    def __init__(self, tables: Projection) -> None:
        self.tables = tables
        stay, document, message, carried, call = (
            tables.stay,
            tables.document,
            tables.message,
            tables.message_doc,
            tables.call,
        )
        self.stays_by_id = Lookup.columns(Stay._fields, stay.c.stay_id)
        self.stays_by_patient = Lookup.columns(Stay._fields, stay.c.patient_ref)
        self.documents_by_lid = Lookup.columns(Document._fields, document.c.lid)
        self.documents_by_set = Lookup.columns(Document._fields, document.c.set_id)
        self.messages_by_ref = Lookup.columns(Message._fields, message.c.message_ref)
        self.carried_by_ref = Lookup.columns(MessageDoc._fields, carried.c.message_ref)
        self.calls_by_id = Lookup.columns(Call._fields, call.c.call_id)

        self.put_stays = _facts(stay, Stay._fields)
        self.put_documents = _facts(document, Document._fields)
        self.put_messages = _facts(message, Message._fields)
        self.put_carried = _facts(carried, MessageDoc._fields)
        self.put_calls = _facts(call, Call._fields)
        self.put_establishments = _facts(tables.establishment, Establishment._fields)
        self.establishments = Lookup.columns(Establishment._fields, tables.establishment.c.finess_eg)
        self.drop_carried = hot(
            delete(carried).where(
                *_matches(carried, ("workspace", "epoch", "message_ref")),
                carried.c.position >= bindparam("docs"),
            )
        )
        self.put_history = Bulk(tables.history, _SCOPE, History._fields, leave)
        grain = tables.grain
        keys = [column.name for column in grain.primary_key]
        self.add_grains = Bulk(grain, _SCOPE, GrainRow._fields, add_to("value"))
        self.drop_empty_grains = hot(delete(grain).where(*_matches(grain, keys), grain.c.value == 0))


@cache
def statements_of(tables: Projection) -> Statements:
    """Prepared once for each projection: compiling them takes tens of milliseconds."""
    return Statements(tables)


def _facts(table: Table, fields: Sequence[str]) -> Bulk:
    return Bulk(table, _SCOPE, fields, overwrite)


def _matches(table: Table, names: Sequence[str]) -> list[Any]:
    return [table.c[name] == bindparam(name, type_=table.c[name].type) for name in names]
