"""The common tables, and demands of batch verification: of people nothing is kept here (D11).

Revision ID: ins_0001
"""

import sqlalchemy as sa
from alembic import op

from socle.store.tables import create_common_v1, drop_common_v1
from socle.store.types import Instant

revision = "ins_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_common_v1(op.get_bind())
    op.create_table(
        "verification_demand",
        sa.Column("workspace", sa.Text, primary_key=True),
        sa.Column("epoch", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("number", sa.Text, primary_key=True),
        sa.Column("reference", sa.Text, nullable=False),
        sa.Column("fingerprint", sa.Text, nullable=False),
        sa.Column("lines", sa.Integer, nullable=False),
        sa.Column("ready_at", Instant, nullable=False),
        sa.Column("expires_at", Instant, nullable=False),
        sa.Column("forgotten_at", Instant, nullable=False),
        sa.Column("outcomes", sa.LargeBinary),
        sa.UniqueConstraint("workspace", "epoch", "reference", name="verification_demand_reference"),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table("verification_demand")
    drop_common_v1(op.get_bind())
