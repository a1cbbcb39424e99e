"""Facts, the stored grain, positions, poison; live and shadow projections."""

import sqlalchemy as sa
from alembic import op

from socle.store.tables import create_common_v1, drop_common_v1

revision: str = "metrics_0001"
down_revision: str | None = None
branch_labels: None = None
depends_on: None = None

_PREFIXES = ("", "shadow_")
_TABLES = (
    "fact_stay",
    "fact_document",
    "fact_message",
    "fact_message_doc",
    "fact_call",
    "establishment",
    "fact_event",
    "grain",
)
_ROOM = {"fillfactor": "60"}
"""For rows that are changed all the time: their next versions find room on the same page."""
_OWN = ("position", "high_water", "poison", "late", "state", "api_stay")


def upgrade() -> None:
    create_common_v1(op.get_bind())
    for prefix in _PREFIXES:
        _projection(prefix)
    _create("position", _k("consumer"), _k("topic"), _ki("partition"), _n("next"), postgresql_with=_ROOM)
    _create(
        "high_water",
        _k("consumer"),
        _k("source"),
        _k("topic"),
        _ki("partition"),
        _n("sequence"),
        _n("repeated"),
        _n("missing"),
        postgresql_with=_ROOM,
    )
    op.create_table(
        "poison",
        _k("topic"),
        _ki("partition"),
        _ki("log_offset"),
        _t("reason"),
        _t("source", null=True),
        _t("workspace", null=True),
        _t("headers"),
        sa.Column("value", sa.LargeBinary, nullable=False),
        _n("at"),
    )
    _scoped("late", _k("indicator"), _ki("version"), _k("day"), _k("finess_eg"), _k("finess_ej"), _n("changes"))
    _create(
        "state",
        _k("consumer"),
        _t("fingerprint"),
        _t("rebuilder", null=True),
        _n("lease_until"),
        _f("held"),
    )
    _scoped("api_stay", _k("stay_id"), _n("revision"), _t("content"))


def downgrade() -> None:
    for name in _OWN:
        op.drop_table(name)
    for prefix in _PREFIXES:
        for name in _TABLES:
            op.drop_table(f"{prefix}{name}")
    drop_common_v1(op.get_bind())


def _k(name: str) -> "sa.Column[str]":
    return sa.Column(name, sa.Text, primary_key=True)


def _ki(name: str) -> "sa.Column[int]":
    return sa.Column(name, sa.BigInteger, primary_key=True, autoincrement=False)


def _t(name: str, *, null: bool = False) -> "sa.Column[str]":
    return sa.Column(name, sa.Text, nullable=null)


def _n(name: str, *, null: bool = False) -> "sa.Column[int]":
    return sa.Column(name, sa.BigInteger, nullable=null)


def _f(name: str) -> "sa.Column[int]":
    return sa.Column(name, sa.SmallInteger, nullable=False)


def _revised() -> tuple["sa.Column[int] | sa.Column[str]", ...]:
    return (_n("revision"), _t("event_id"), _t("finess_eg", null=True), _t("finess_ej", null=True))


def _told_by() -> tuple["sa.Column[int] | sa.Column[str]", ...]:
    return (_t("event_type"), _n("event_time"), _t("exchange_id", null=True))


def _create(
    name: str, *columns: "sa.Column[int] | sa.Column[str]", postgresql_with: dict[str, str] | None = None
) -> None:
    op.create_table(name, *columns, sqlite_with_rowid=False, postgresql_with=postgresql_with or {})


def _scoped(
    name: str, *columns: "sa.Column[int] | sa.Column[str]", postgresql_with: dict[str, str] | None = None
) -> None:
    epoch = sa.Column("epoch", sa.Integer, primary_key=True, autoincrement=False)
    _create(name, _k("workspace"), epoch, *columns, postgresql_with=postgresql_with)


def _index(table: str, column: str, *then: str) -> None:
    there = sa.text(f"{column} IS NOT NULL")
    op.create_index(f"{table}_{column}", table, [column, *then], sqlite_where=there)


def _projection(prefix: str) -> None:
    _scoped(
        f"{prefix}fact_stay",
        _k("stay_id"),
        *_revised(),
        _t("field"),
        _n("admitted_at"),
        _n("discharged_at", null=True),
        _t("exit_mode", null=True),
        _f("surgery"),
        _f("session"),
        _t("patient_ref", null=True),
        _f("cancelled"),
        *_told_by(),
    )
    _scoped(
        f"{prefix}fact_document",
        _k("lid"),
        *_revised(),
        _t("set_id", null=True),
        _t("document_id"),
        _t("type_code", null=True),
        _t("class_code", null=True),
        _t("format_code", null=True),
        _t("level", null=True),
        _t("stay_id", null=True),
        _t("patient_ref", null=True),
        _n("service_start", null=True),
        _n("service_stop", null=True),
        _n("registered_at"),
        _t("status"),
        *_told_by(),
    )
    _scoped(
        f"{prefix}fact_message",
        _k("message_ref"),
        *_revised(),
        _n("accepted_at"),
        _n("pro_recipients"),
        _n("citizen_recipients"),
        _n("pro_delivered"),
        _n("citizen_delivered"),
        _n("pro_failed"),
        _n("citizen_failed"),
        _n("docs"),
        *_told_by(),
    )
    _scoped(
        f"{prefix}fact_message_doc",
        _k("message_ref"),
        _ki("position"),
        _t("set_id", null=True),
        _t("document_id", null=True),
        _t("type_code", null=True),
        _t("stay_id", null=True),
        _t("patient_ref", null=True),
        _n("service_start", null=True),
        _n("service_stop", null=True),
    )
    _scoped(
        f"{prefix}fact_call",
        _k("call_id"),
        _k("kind"),
        *_revised(),
        _n("at"),
        _t("operation", null=True),
        _t("outcome", null=True),
        _t("type_code", null=True),
        _t("document_id", null=True),
        _t("stay_id", null=True),
        _t("patient_ref", null=True),
        _t("findings"),
        _n("duration_us", null=True),
        _t("event_type"),
        _t("exchange_id", null=True),
    )
    _scoped(
        f"{prefix}establishment",
        _k("finess_eg"),
        _ki("valid_from"),
        _n("valid_to", null=True),
        _n("revision"),
        _t("event_id"),
        _t("finess_ej"),
        _t("name"),
        _t("kind"),
        _t("category"),
        _t("fields"),
        _t("ght", null=True),
        _t("region", null=True),
        _t("city", null=True),
    )
    _scoped(
        f"{prefix}fact_event",
        _k("thing"),
        _k("thing_id"),
        _ki("revision"),
        _k("event_id"),
        _t("type"),
        _n("time"),
        _t("document_id", null=True),
        _t("exchange_id", null=True),
        _t("topic"),
        _n("partition"),
        _n("log_offset"),
    )
    _scoped(
        f"{prefix}grain",
        _k("indicator"),
        _ki("version"),
        _k("day"),
        _k("finess_eg"),
        _k("finess_ej"),
        _k("field"),
        _k("measure"),
        _n("value"),
        postgresql_with=_ROOM,
    )
    _index(f"{prefix}fact_stay", "patient_ref")
    for table in ("fact_document", "fact_message_doc"):
        for column in ("stay_id", "patient_ref"):
            _index(f"{prefix}{table}", column, "type_code")
    _index(f"{prefix}fact_document", "set_id")
    refused = sa.text("kind = 'rejected'")
    for column in ("stay_id", "patient_ref"):
        table = f"{prefix}fact_call"
        op.create_index(f"{table}_{column}", table, [column], sqlite_where=refused, postgresql_where=refused)
