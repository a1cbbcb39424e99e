"""The registry and repository: submission sets with their associations, document entries; and the common tables.

Revision ID: dmp_0001
"""

import sqlalchemy as sa
from alembic import op

from socle.store.tables import create_common_v1, drop_common_v1
from socle.store.types import Instant, Ordered

revision = "dmp_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_common_v1(op.get_bind())
    op.create_table(
        "submission_set",
        sa.Column("workspace", sa.Text, primary_key=True),
        sa.Column("epoch", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("unique_id", sa.Text, primary_key=True),
        sa.Column("entry_uuid", sa.Text, nullable=False),
        sa.Column("patient", sa.Text, nullable=False),
        sa.Column("exchange_id", sa.Text, nullable=False),
        sa.Column("registered_at", Instant, nullable=False),
        sa.Column("metadata", sa.LargeBinary, nullable=False),
        sa.Column("associations", sa.LargeBinary, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "document_entry",
        sa.Column("workspace", sa.Text, primary_key=True),
        sa.Column("epoch", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("unique_id", Ordered, primary_key=True),
        sa.Column("entry_uuid", sa.Text, nullable=False),
        sa.Column("lid", sa.Text, nullable=False),
        sa.Column("chain", sa.Text, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("signature", sa.Boolean, nullable=False),
        sa.Column("patient", sa.Text, nullable=False),
        sa.Column("class_code", sa.Text),
        sa.Column("type_code", sa.Text),
        sa.Column("creation_time", Ordered, nullable=False),
        sa.Column("service_start", Ordered, nullable=False),
        sa.Column("stay_id", sa.Text),
        sa.Column("submission_set", sa.Text, nullable=False),
        sa.Column("replaces", sa.Text),
        sa.Column("mime_type", sa.Text, nullable=False),
        sa.Column("sha256", sa.Text, nullable=False),
        sa.Column("sha1", sa.Text, nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("exchange_id", sa.Text, nullable=False),
        sa.Column("registered_at", Instant, nullable=False),
        sa.Column("first_registered_at", Instant, nullable=False),
        sa.Column("metadata", sa.LargeBinary, nullable=False),
    )
    op.create_index("document_entry_uuid", "document_entry", ["entry_uuid", "workspace", "epoch"], unique=True)
    op.create_index("document_entry_patient", "document_entry", ["patient", "workspace", "epoch"])


def downgrade() -> None:
    for table in ("document_entry", "submission_set"):
        op.drop_table(table)
    drop_common_v1(op.get_bind())
