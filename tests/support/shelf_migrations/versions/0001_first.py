"""The first revision of the test schema."""

import sqlalchemy as sa
from alembic import op

from socle.store import create_common_v1, drop_common_v1

revision = "0001"
down_revision = None


def upgrade() -> None:
    create_common_v1(op.get_bind())
    op.create_table(
        "thing",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.Text, nullable=False, unique=True),
        sa.Column("shelf", sa.Integer, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("thing")
    drop_common_v1(op.get_bind())
