"""The tables of metrics: facts, the one stored grain, positions. A *projection* is one complete set of derived tables.

There are two: the live one and the shadow one, into which a rebuild replays the log (indicators.md §7.4). Instants are
milliseconds, flags are 0 or 1: nothing needs converting on the way in or out.
"""

from dataclasses import dataclass

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
)

from socle.store.tables import common

LIVE = ""
SHADOW = "shadow_"


@dataclass(frozen=True, slots=True)
class Projection:
    """Everything that is derived from the log, and can be derived from it again."""

    prefix: str
    stay: Table
    document: Table
    message: Table
    message_doc: Table
    call: Table
    establishment: Table
    history: Table
    grain: Table

    @property
    def tables(self) -> tuple[Table, ...]:
        return (
            self.stay,
            self.document,
            self.message,
            self.message_doc,
            self.call,
            self.establishment,
            self.history,
            self.grain,
        )


def _scoped(name: str, metadata: MetaData, *columns: Column[object]) -> Table:
    """A table whose keys begin with workspace and epoch."""
    return Table(
        name,
        metadata,
        Column("workspace", Text, primary_key=True),
        Column("epoch", Integer, primary_key=True, autoincrement=False),
        *columns,
        sqlite_with_rowid=False,
    )


def _text(name: str, *, key: bool = False, null: bool = False) -> Column[object]:
    return Column(name, Text, primary_key=key, nullable=null)


def _number(name: str, *, key: bool = False, null: bool = False) -> Column[object]:
    return Column(name, BigInteger, primary_key=key, nullable=null, autoincrement=False)


def _flag(name: str) -> Column[object]:
    return Column(name, SmallInteger, nullable=False)


def _revised() -> tuple[Column[object], ...]:
    return (
        _number("revision"),
        _text("event_id"),
        _text("finess_eg", null=True),
        _text("finess_ej", null=True),
    )


def _told_by() -> tuple[Column[object], ...]:
    return (_text("event_type"), _number("event_time"), _text("exchange_id", null=True))


def _index(table: Table, column: str, where: ColumnElement[bool] | None = None) -> None:
    """By the column alone: what is looked up by it is the same in hardly any two workspaces."""
    partial = table.c[column].is_not(None) if where is None else where
    Index(f"{table.name}_{column}", table.c[column], sqlite_where=partial, postgresql_where=partial)


def projection(metadata: MetaData, prefix: str) -> Projection:
    """Declare one projection."""
    stay = _scoped(
        f"{prefix}fact_stay",
        metadata,
        _text("stay_id", key=True),
        *_revised(),
        _text("field"),
        _number("admitted_at"),
        _number("discharged_at", null=True),
        _text("exit_mode", null=True),
        _flag("surgery"),
        _flag("session"),
        _text("patient_ref", null=True),
        _flag("cancelled"),
        *_told_by(),
    )
    document = _scoped(
        f"{prefix}fact_document",
        metadata,
        _text("lid", key=True),
        *_revised(),
        _text("set_id", null=True),
        _text("document_id"),
        _text("type_code", null=True),
        _text("class_code", null=True),
        _text("format_code", null=True),
        _text("level", null=True),
        _text("stay_id", null=True),
        _text("patient_ref", null=True),
        _number("service_start", null=True),
        _number("service_stop", null=True),
        _number("registered_at"),
        _text("status"),
        *_told_by(),
    )
    message = _scoped(
        f"{prefix}fact_message",
        metadata,
        _text("message_ref", key=True),
        *_revised(),
        _number("accepted_at"),
        _number("pro_recipients"),
        _number("citizen_recipients"),
        _number("pro_delivered"),
        _number("citizen_delivered"),
        _number("pro_failed"),
        _number("citizen_failed"),
        _number("docs"),
        *_told_by(),
    )
    message_doc = _scoped(
        f"{prefix}fact_message_doc",
        metadata,
        _text("message_ref", key=True),
        _number("position", key=True),
        _text("set_id", null=True),
        _text("document_id", null=True),
        _text("type_code", null=True),
        _text("stay_id", null=True),
        _text("patient_ref", null=True),
        _number("service_start", null=True),
        _number("service_stop", null=True),
    )
    call = _scoped(
        f"{prefix}fact_call",
        metadata,
        _text("call_id", key=True),
        _text("kind", key=True),
        *_revised(),
        _number("at"),
        _text("operation", null=True),
        _text("outcome", null=True),
        _text("type_code", null=True),
        _text("document_id", null=True),
        _text("stay_id", null=True),
        _text("patient_ref", null=True),
        _text("findings"),
        _number("duration_us", null=True),
        _text("event_type"),
        _text("exchange_id", null=True),
    )
    establishment = _scoped(
        f"{prefix}establishment",
        metadata,
        _text("finess_eg", key=True),
        _number("valid_from", key=True),
        _number("valid_to", null=True),
        _number("revision"),
        _text("event_id"),
        _text("finess_ej"),
        _text("name"),
        _text("kind"),
        _text("category"),
        _text("fields"),
        _text("ght", null=True),
        _text("region", null=True),
        _text("city", null=True),
    )
    history = _scoped(
        f"{prefix}fact_event",
        metadata,
        _text("thing", key=True),
        _text("thing_id", key=True),
        _number("revision", key=True),
        _text("event_id", key=True),
        _text("type"),
        _number("time"),
        _text("exchange_id", null=True),
        _text("topic"),
        _number("partition"),
        _number("log_offset"),
    )
    grain = _scoped(
        f"{prefix}grain",
        metadata,
        _text("indicator", key=True),
        _number("version", key=True),
        _text("day", key=True),
        _text("finess_eg", key=True),
        _text("finess_ej", key=True),
        _text("field", key=True),
        _text("measure", key=True),
        _number("value"),
    )
    for table in (stay, document, message_doc):
        _index(table, "patient_ref")
    for table in (document, message_doc):
        _index(table, "stay_id")
    _index(document, "set_id")
    for name in ("stay_id", "patient_ref"):
        # refusals are few and are looked for by explain only
        _index(call, name, where=call.c.kind == "rejected")
    return Projection(prefix, stay, document, message, message_doc, call, establishment, history, grain)


metadata = MetaData()
common(metadata)
live = projection(metadata, LIVE)
shadow = projection(metadata, SHADOW)

position = Table(
    "position",
    metadata,
    _text("consumer", key=True),
    _text("topic", key=True),
    _number("partition", key=True),
    _number("next"),
    sqlite_with_rowid=False,
)
high_water = Table(
    "high_water",
    metadata,
    _text("consumer", key=True),
    _text("source", key=True),
    _text("topic", key=True),
    _number("partition", key=True),
    _number("sequence"),
    sqlite_with_rowid=False,
)
poison = Table(
    "poison",
    metadata,
    _text("topic", key=True),
    _number("partition", key=True),
    _number("log_offset", key=True),
    _text("reason"),
    _text("headers"),
    Column("value", LargeBinary, nullable=False),
    _number("at"),
)
late = _scoped(
    "late",
    metadata,
    _text("indicator", key=True),
    _number("version", key=True),
    _text("day", key=True),
    _text("finess_eg", key=True),
    _text("finess_ej", key=True),
    _number("changes"),
)
definition_state = Table("definition_state", metadata, _text("consumer", key=True), _text("fingerprint"))
api_stay = _scoped("api_stay", metadata, _text("stay_id", key=True), _number("revision"), _text("content"))
