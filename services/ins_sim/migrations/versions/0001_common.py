"""The common tables: INSi keeps nothing of its own, since a search leaves no patient's data behind (D11).

Revision ID: ins_0001
"""

from alembic import op

from socle.store.tables import create_common_v1, drop_common_v1

revision = "ins_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_common_v1(op.get_bind())


def downgrade() -> None:
    drop_common_v1(op.get_bind())
