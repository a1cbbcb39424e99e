"""Messages and deliveries, beside the common tables."""

import sqlalchemy as sa
from alembic import op

from socle.store import Instant, create_common_v1, drop_common_v1

revision = "0001_mss"
down_revision = None
branch_labels = None
depends_on = None

POSITION = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    create_common_v1(op.get_bind())
    op.create_table(
        "message",
        sa.Column("position", POSITION, primary_key=True),
        sa.Column("ordinal", sa.BigInteger),
        sa.Column("ref", sa.Text, nullable=False),
        sa.Column("workspace", sa.Text, nullable=False),
        sa.Column("epoch", sa.Integer, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("exchange_id", sa.Text, nullable=False),
        sa.Column("sha256", sa.Text, nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("mail_from", sa.Text, nullable=False),
        sa.Column("recipients", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("message_id", sa.Text),
        sa.Column("nil", sa.Text),
        sa.Column("accepted_at", Instant, nullable=False),
        sa.Column("description", sa.Text, nullable=False),
        sa.Column("findings", sa.Text, nullable=False),
        sa.Column("subject_folded", sa.Text, nullable=False),
        sa.Column("searched", sa.Text, nullable=False),
    )
    op.create_index("message_by_ref", "message", ["ref", "workspace", "epoch"], unique=True)
    for name, there in (("ordinal", "ordinal IS NOT NULL"), ("position", "ordinal IS NULL")):
        some = sa.text(there)
        columns = ["workspace", "epoch", name]
        op.create_index(f"message_by_{name}", "message", columns, sqlite_where=some, postgresql_where=some)
    op.create_table(
        "delivery",
        sa.Column("position", POSITION, sa.ForeignKey("message.position"), primary_key=True, autoincrement=False),
        sa.Column("ordinal", sa.BigInteger),
        sa.Column("address", sa.Text, primary_key=True),
        sa.Column("workspace", sa.Text, nullable=False),
        sa.Column("epoch", sa.Integer, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("delivery_by_box", "delivery", ["workspace", "epoch", "address", "position"])
    placed = sa.text("ordinal IS NOT NULL")
    columns = ["workspace", "epoch", "address", "ordinal"]
    op.create_index("delivery_by_ordinal", "delivery", columns, sqlite_where=placed, postgresql_where=placed)


def downgrade() -> None:
    op.drop_table("delivery")
    op.drop_table("message")
    drop_common_v1(op.get_bind())
