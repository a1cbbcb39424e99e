"""Messages and deliveries, beside the common tables."""

import sqlalchemy as sa
from alembic import op

from socle.store import create_common_v1, drop_common_v1

revision = "0001_mss"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_common_v1(op.get_bind())
    op.create_table(
        "message",
        sa.Column("position", sa.Integer, primary_key=True),
        sa.Column("ref", sa.Text, nullable=False, unique=True),
        sa.Column("workspace", sa.Text, nullable=False),
        sa.Column("epoch", sa.Integer, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("exchange_id", sa.Text, nullable=False),
        sa.Column("sha256", sa.Text, nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("mail_from", sa.Text, nullable=False),
        sa.Column("recipients", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("message_id", sa.Text),
        sa.Column("nil", sa.Text),
        sa.Column("accepted_at", sa.Text, nullable=False),
        sa.Column("description", sa.Text, nullable=False),
        sa.Column("findings", sa.Text, nullable=False),
    )
    op.create_index("message_by_workspace", "message", ["workspace", "epoch", "position"])
    op.create_table(
        "delivery",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("position", sa.Integer, sa.ForeignKey("message.position"), nullable=False),
        sa.Column("workspace", sa.Text, nullable=False),
        sa.Column("epoch", sa.Integer, nullable=False),
        sa.Column("address", sa.Text, nullable=False),
    )
    op.create_index("delivery_by_box", "delivery", ["workspace", "epoch", "address", "position"])
    op.create_index("delivery_by_message", "delivery", ["position"])


def downgrade() -> None:
    op.drop_table("delivery")
    op.drop_table("message")
    drop_common_v1(op.get_bind())
