"""The tables of metrics: facts, the one stored grain, positions. A *projection* is one complete set of derived tables.

There are two: the live one and the shadow one, into which a rebuild replays the log (indicators.md §7.4). Instants are
milliseconds, flags are 0 or 1: nothing needs converting on the way in or out.
"""

from dataclasses import dataclass

from sqlalchemy import Column, LargeBinary, MetaData, Table

from metrics.columns import flag, index, number, revised, scoped, text, told_by
from socle.archive.rows import DERIVED
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
        told = (self.stay, self.document, self.message, self.message_doc, self.call, self.establishment)
        return (*told, self.history, self.grain)


def projection(metadata: MetaData, prefix: str) -> Projection:
    """Declare one projection."""
    stay = scoped(
        f"{prefix}fact_stay",
        metadata,
        text("stay_id", key=True),
        *revised(),
        text("field"),
        number("admitted_at"),
        number("discharged_at", null=True),
        text("exit_mode", null=True),
        flag("surgery"),
        flag("session"),
        text("patient_ref", null=True),
        flag("cancelled"),
        *told_by(),
    )
    document = scoped(
        f"{prefix}fact_document",
        metadata,
        text("lid", key=True),
        *revised(),
        text("set_id", null=True),
        text("document_id"),
        text("type_code", null=True),
        text("class_code", null=True),
        text("format_code", null=True),
        text("level", null=True),
        text("stay_id", null=True),
        text("patient_ref", null=True),
        number("service_start", null=True),
        number("service_stop", null=True),
        number("registered_at"),
        text("status"),
        *told_by(),
    )
    message = scoped(
        f"{prefix}fact_message",
        metadata,
        text("message_ref", key=True),
        *revised(),
        number("accepted_at"),
        number("pro_recipients"),
        number("citizen_recipients"),
        number("pro_delivered"),
        number("citizen_delivered"),
        number("pro_failed"),
        number("citizen_failed"),
        number("docs"),
        *told_by(),
    )
    message_doc = scoped(
        f"{prefix}fact_message_doc",
        metadata,
        text("message_ref", key=True),
        number("position", key=True),
        text("set_id", null=True),
        text("document_id", null=True),
        text("type_code", null=True),
        text("stay_id", null=True),
        text("patient_ref", null=True),
        number("service_start", null=True),
        number("service_stop", null=True),
    )
    call = scoped(
        f"{prefix}fact_call",
        metadata,
        text("call_id", key=True),
        text("kind", key=True),
        *revised(),
        number("at"),
        text("operation", null=True),
        text("outcome", null=True),
        text("type_code", null=True),
        text("document_id", null=True),
        text("stay_id", null=True),
        text("patient_ref", null=True),
        text("findings"),
        number("duration_us", null=True),
        text("event_type"),
        text("exchange_id", null=True),
    )
    establishment = scoped(
        f"{prefix}establishment",
        metadata,
        text("finess_eg", key=True),
        number("valid_from", key=True),
        number("valid_to", null=True),
        number("revision"),
        text("event_id"),
        text("finess_ej"),
        text("name"),
        text("kind"),
        text("category"),
        text("fields"),
        text("ght", null=True),
        text("region", null=True),
        text("city", null=True),
    )
    history = scoped(
        f"{prefix}fact_event",
        metadata,
        text("thing", key=True),
        text("thing_id", key=True),
        number("revision", key=True),
        text("event_id", key=True),
        text("type"),
        number("time"),
        # the version of a document that the event told of: its uniqueId leads to the chain also when it was replaced
        text("document_id", null=True),
        text("exchange_id", null=True),
        text("topic"),
        number("partition"),
        number("log_offset"),
    )
    grain = scoped(
        f"{prefix}grain",
        metadata,
        text("indicator", key=True),
        number("version", key=True),
        text("day", key=True),
        text("finess_eg", key=True),
        text("finess_ej", key=True),
        text("field", key=True),
        text("measure", key=True),
        number("value"),
        # the same few rows are changed by every batch: room for their next versions on the same page
        postgresql_with={"fillfactor": "60"},
    )
    index(stay, "patient_ref")
    for table in (document, message_doc):
        for name in ("stay_id", "patient_ref"):
            index(table, name, "type_code")
    index(document, "set_id")
    for name in ("stay_id", "patient_ref"):
        # refusals are few and are looked for by explain only
        index(call, name, where=call.c.kind == "rejected")
    return Projection(prefix, stay, document, message, message_doc, call, establishment, history, grain)


metadata = MetaData()
common(metadata)
live = projection(metadata, LIVE)
shadow = projection(metadata, SHADOW)
for _table in (*live.tables, *shadow.tables):
    _table.info[DERIVED] = True

position = Table(
    "position",
    metadata,
    text("consumer", key=True),
    text("topic", key=True),
    number("partition", key=True),
    number("next"),
    sqlite_with_rowid=False,
    postgresql_with={"fillfactor": "60"},
)
high_water = Table(
    "high_water",
    metadata,
    text("consumer", key=True),
    text("source", key=True),
    text("topic", key=True),
    number("partition", key=True),
    number("sequence"),
    # events of the source that came again, and were skipped
    number("repeated"),
    # events of the source whose numbers were passed over: lost on the way
    number("missing"),
    sqlite_with_rowid=False,
    postgresql_with={"fillfactor": "60"},
)
poison = Table(
    "poison",
    metadata,
    text("topic", key=True),
    number("partition", key=True),
    number("log_offset", key=True),
    text("reason"),
    # of the event's source, when that can be read
    text("source", null=True),
    text("workspace", null=True),
    text("headers"),
    Column("value", LargeBinary, nullable=False),
    number("at"),
)
late = scoped(
    "late",
    metadata,
    text("indicator", key=True),
    number("version", key=True),
    text("day", key=True),
    text("finess_eg", key=True),
    text("finess_ej", key=True),
    number("changes"),
)
state = Table(
    "state",
    metadata,
    text("consumer", key=True),
    # of the definitions that the stored grain was made with
    text("fingerprint"),
    # who rebuilds, until when without a sign of life, and whether the consumers wait for it (see ``lease``)
    text("rebuilder", null=True),
    number("lease_until"),
    flag("held"),
    sqlite_with_rowid=False,
)
late.info[DERIVED] = True
api_stay = scoped("api_stay", metadata, text("stay_id", key=True), number("revision"), text("content"))
