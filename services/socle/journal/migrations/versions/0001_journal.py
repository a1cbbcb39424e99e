"""Exchanges, and the rules they broke.

Revision ID: journal_0001
"""

import sqlalchemy as sa
from alembic import op

revision = "journal_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "exchange",
        sa.Column("seq", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("workspace", sa.String(40), nullable=False),
        sa.Column("epoch", sa.Integer, nullable=False),
        sa.Column("service", sa.String(40), nullable=False),
        sa.Column("operation", sa.String(120), nullable=False),
        sa.Column("received_us", sa.BigInteger, nullable=False),
        sa.Column("outcome", sa.String(20), nullable=False),
        sa.Column("status", sa.Integer, nullable=False),
        sa.Column("code", sa.Text),
        sa.Column("subject", sa.Text),
        sa.Column("finess", sa.String(9)),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("detail", sa.LargeBinary, nullable=False),
        sa.Column("request", sa.LargeBinary, nullable=False),
        sa.Column("response", sa.LargeBinary, nullable=False),
    )
    op.create_index("ix_exchange_id", "exchange", ["id"], unique=True)
    op.create_index("ix_exchange_workspace", "exchange", ["workspace", "seq"])
    op.create_table(
        "broken_rule",
        sa.Column("rule", sa.String(120), primary_key=True),
        sa.Column("seq", sa.Integer, primary_key=True),
    )
    op.create_index("ix_broken_rule_seq", "broken_rule", ["seq"])


def downgrade() -> None:
    for table in ("broken_rule", "exchange"):
        op.drop_table(table)
