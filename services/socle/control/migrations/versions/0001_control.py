"""Workspaces, clocks, fault rules, the population, and the list of changes.

Revision ID: control_0001
"""

import sqlalchemy as sa
from alembic import op

from socle.store.types import Instant

revision = "control_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "workspace",
        sa.Column("name", sa.String(40), primary_key=True),
        sa.Column("epoch", sa.Integer, nullable=False),
        sa.Column("epoch_since", Instant, nullable=False),
        sa.Column("last_epoch", sa.Integer, nullable=False),
        sa.Column("strictness", sa.String(20), nullable=False),
        sa.Column("options", sa.JSON, nullable=False),
        sa.Column("created_at", Instant, nullable=False),
        sa.Column("last_used", Instant, nullable=False),
        sa.Column("ttl_seconds", sa.Integer),
        sa.Column("deleted", sa.Boolean, nullable=False),
        sa.Column("clock_frozen_at", Instant),
        sa.Column("clock_offset_us", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "fault_rule",
        sa.Column("workspace", sa.String(40), sa.ForeignKey("workspace.name"), primary_key=True),
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("ordinal", sa.Integer, nullable=False),
        sa.Column("service", sa.String(40)),
        sa.Column("operation", sa.String(120)),
        sa.Column("point", sa.String(20), nullable=False),
        sa.Column("match", sa.JSON, nullable=False),
        sa.Column("nth", sa.Integer, nullable=False),
        sa.Column("times", sa.Integer),
        sa.Column("probability", sa.Float),
        sa.Column("effect", sa.String(20), nullable=False),
        sa.Column("latency_ms", sa.Integer, nullable=False),
        sa.Column("latency_p99_ms", sa.Integer),
        sa.Column("code", sa.Text),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("share", sa.Float),
        sa.Column("bytes_per_second", sa.BigInteger),
        sa.Column("seconds", sa.Float),
        sa.Column("catalogue", sa.String(64)),
        sa.Column("seen", sa.Integer, nullable=False),
        sa.Column("fired", sa.Integer, nullable=False),
    )
    op.create_table(
        "population_item",
        sa.Column("workspace", sa.String(40), primary_key=True),
        sa.Column("kind", sa.String(20), primary_key=True),
        sa.Column("key", sa.String(200), primary_key=True),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
    )
    op.create_index("ix_population_item_position", "population_item", ["workspace", "position"])
    op.create_table(
        "snapshot",
        sa.Column("workspace", sa.String(40), sa.ForeignKey("workspace.name"), primary_key=True),
        sa.Column("name", sa.String(60), primary_key=True),
        sa.Column("made_at", Instant, nullable=False),
        sa.Column("epoch", sa.Integer, nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "snapshot_piece",
        sa.Column("workspace", sa.String(40), primary_key=True),
        sa.Column("name", sa.String(60), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("data", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "revoked",
        sa.Column("workspace", sa.String(40), primary_key=True),
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("until", Instant, nullable=False),
    )
    op.create_table(
        "setting",
        sa.Column("name", sa.String(40), primary_key=True),
        sa.Column("value", sa.JSON, nullable=False),
    )
    op.create_table(
        "change",
        sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("scope", sa.String(20), nullable=False),
        sa.Column("workspace", sa.String(40), nullable=False),
    )


def downgrade() -> None:
    for table in (
        "change",
        "setting",
        "revoked",
        "snapshot_piece",
        "snapshot",
        "population_item",
        "fault_rule",
        "workspace",
    ):
        op.drop_table(table)
