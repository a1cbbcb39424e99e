"""Clients, sessions, and digests of codes and tokens, beside the common tables."""

import sqlalchemy as sa
from alembic import op

from socle.store import Instant, create_common_v1, drop_common_v1

revision = "0001_psc"
down_revision = None
branch_labels = None
depends_on = None


def _create(name: str, key: str, *columns: sa.Column[object]) -> None:
    op.create_table(
        name,
        sa.Column("workspace", sa.Text, primary_key=True),
        sa.Column("epoch", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column(key, sa.Text, primary_key=True),
        *columns,
    )


def upgrade() -> None:
    create_common_v1(op.get_bind())
    _create(
        "client",
        "client_id",
        sa.Column("secret_digest", sa.Text),
        sa.Column("redirect_uris", sa.Text, nullable=False),
    )
    _create(
        "session",
        "sid",
        sa.Column("rpps", sa.Text, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("auth_time", Instant, nullable=False),
        sa.Column("ended_at", Instant),
    )
    op.create_index("session_by_person", "session", ["workspace", "epoch", "rpps"])
    _create(
        "family",
        "family",
        sa.Column("sid", sa.Text, nullable=False),
        sa.Column("client_id", sa.Text, nullable=False),
        sa.Column("scope", sa.Text, nullable=False),
        sa.Column("nonce", sa.Text),
        sa.Column("ends_at", Instant, nullable=False),
        sa.Column("revoked_at", Instant),
    )
    op.create_index("family_by_end", "family", ["workspace", "epoch", "ends_at"])
    op.create_index("family_by_session", "family", ["workspace", "epoch", "sid"])
    _create(
        "code",
        "digest",
        sa.Column("family", sa.Text, nullable=False),
        sa.Column("redirect_uri", sa.Text, nullable=False),
        sa.Column("challenge", sa.Text),
        sa.Column("method", sa.Text),
        sa.Column("expires_at", Instant, nullable=False),
        sa.Column("used_at", Instant),
    )
    _create(
        "refresh",
        "digest",
        sa.Column("family", sa.Text, nullable=False),
        sa.Column("expires_at", Instant, nullable=False),
        sa.Column("used_at", Instant),
    )
    _create("revoked_token", "jti", sa.Column("family", sa.Text, nullable=False))
    for name in ("code", "refresh", "revoked_token"):
        op.create_index(f"{name}_by_family", name, ["workspace", "epoch", "family"])
    _create(
        "ciba",
        "digest",
        sa.Column("client_id", sa.Text, nullable=False),
        sa.Column("rpps", sa.Text, nullable=False),
        sa.Column("scope", sa.Text, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("binding_message", sa.Text, nullable=False),
        sa.Column("asked_at", Instant, nullable=False),
        sa.Column("expires_at", Instant, nullable=False),
        sa.Column("decision", sa.Text),
        sa.Column("used_at", Instant),
    )
    op.create_index("ciba_by_person", "ciba", ["workspace", "epoch", "rpps"])


def downgrade() -> None:
    for name in ("ciba", "revoked_token", "refresh", "code", "family", "session", "client"):
        op.drop_table(name)
    drop_common_v1(op.get_bind())
