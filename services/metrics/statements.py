"""The statements of one projection, prepared once."""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Table, and_, bindparam, delete, select
from sqlalchemy.dialects.postgresql import insert

from metrics.domain.facts import Call, Document, Establishment, Message, MessageDoc, Stay
from metrics.lookups import Lookup, Scope
from metrics.tables import Projection
from socle.store.hot import Hot, hot


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
        self.documents_by_stay = Lookup.columns(Document._fields, document.c.stay_id)
        self.documents_by_patient = Lookup.columns(Document._fields, document.c.patient_ref)
        self.messages_by_ref = Lookup.columns(Message._fields, message.c.message_ref)
        self.carried_by_ref = Lookup.columns(MessageDoc._fields, carried.c.message_ref)
        self.calls_by_id = Lookup.columns(Call._fields, call.c.call_id)

        joined = select(
            *(carried.c[name] for name in MessageDoc._fields), *(message.c[name] for name in Message._fields)
        ).join(
            message,
            and_(
                message.c.workspace == carried.c.workspace,
                message.c.epoch == carried.c.epoch,
                message.c.message_ref == carried.c.message_ref,
            ),
        )
        self.mailed_by_stay = Lookup(joined, carried.c.stay_id)
        self.mailed_by_patient = Lookup(joined, carried.c.patient_ref)

        self.put_stays = _put(stay)
        self.put_documents = _put(document)
        self.put_messages = _put(message)
        self.put_carried = _put(carried)
        self.put_calls = _put(call)
        self.put_establishments = _put(tables.establishment)
        self.establishments = Lookup.columns(Establishment._fields, tables.establishment.c.finess_eg)
        self.drop_carried = hot(
            delete(carried).where(
                *_matches(carried, ("workspace", "epoch", "message_ref")),
                carried.c.position >= bindparam("docs"),
            )
        )
        history = tables.history
        self.put_history = hot(insert(history).values(_bound(history)).on_conflict_do_nothing())
        grain = tables.grain
        keys = [column.name for column in grain.primary_key]
        self.add_grains = hot(
            insert(grain)
            .values(_bound(grain))
            .on_conflict_do_update(
                index_elements=keys, set_={"value": grain.c.value + insert(grain).values(_bound(grain)).excluded.value}
            )
        )
        self.drop_empty_grains = hot(delete(grain).where(*_matches(grain, keys), grain.c.value == 0))


@cache
def statements_of(tables: Projection) -> Statements:
    """Prepared once for each projection: compiling them takes tens of milliseconds."""
    return Statements(tables)


def rows_of(scope: Scope, facts: Iterable[Any]) -> list[dict[str, Any]]:
    """Facts as rows of their table."""
    workspace, epoch = scope
    rows = []
    for fact in facts:
        row = dict(zip(fact._fields, fact, strict=True))
        row["workspace"] = workspace
        row["epoch"] = epoch
        rows.append(row)
    return rows


def _bound(table: Table) -> dict[str, Any]:
    return {column.name: bindparam(column.name, type_=column.type) for column in table.c}


def _matches(table: Table, names: Sequence[str]) -> list[Any]:
    return [table.c[name] == bindparam(name, type_=table.c[name].type) for name in names]


def _put(table: Table) -> Hot:
    """Insert, or take the place of what was there: the caller knows that the new row is the newer one."""
    keys = [column.name for column in table.primary_key]
    statement = insert(table).values(_bound(table))
    newest = {column.name: statement.excluded[column.name] for column in table.c if column.name not in keys}
    return hot(statement.on_conflict_do_update(index_elements=keys, set_=newest))
