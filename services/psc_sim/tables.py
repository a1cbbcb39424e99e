"""The tables of Pro Santé Connect. Secrets, codes and tokens lie here as digests only."""

from typing import Final

from sqlalchemy import Column, Index, Integer, MetaData, Table, Text

from socle.store import Instant, common

METADATA: Final = MetaData()
common(METADATA)


def _table(name: str, key: str, *columns: Column[object]) -> Table:
    """A table whose rows belong to one workspace between two resets."""
    return Table(
        name,
        METADATA,
        Column("workspace", Text, primary_key=True),
        Column("epoch", Integer, primary_key=True, autoincrement=False),
        Column(key, Text, primary_key=True),
        *columns,
    )


CLIENT: Final = _table(
    "client",
    "client_id",
    Column("secret_digest", Text),
    Column("redirect_uris", Text, nullable=False),
)
"""``redirect_uris``: a JSON list."""
SESSION: Final = _table(
    "session",
    "sid",
    Column("rpps", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("auth_time", Instant, nullable=False),
    Column("ended_at", Instant),
)
"""One login of a professional, whichever clients it serves."""
Index("session_by_person", SESSION.c.workspace, SESSION.c.epoch, SESSION.c.rpps)
FAMILY: Final = _table(
    "family",
    "family",
    Column("sid", Text, nullable=False),
    Column("client_id", Text, nullable=False),
    Column("scope", Text, nullable=False),
    Column("nonce", Text),
    Column("ends_at", Instant, nullable=False),
    Column("revoked_at", Instant),
)
"""What one login gave to one client: its tokens stand and fall together; the last of them ends at ``ends_at``."""
Index("family_by_end", FAMILY.c.workspace, FAMILY.c.epoch, FAMILY.c.ends_at)
Index("family_by_session", FAMILY.c.workspace, FAMILY.c.epoch, FAMILY.c.sid)
CODE: Final = _table(
    "code",
    "digest",
    Column("family", Text, nullable=False),
    Column("redirect_uri", Text, nullable=False),
    Column("challenge", Text),
    Column("method", Text),
    Column("expires_at", Instant, nullable=False),
    Column("used_at", Instant),
)
REFRESH: Final = _table(
    "refresh",
    "digest",
    Column("family", Text, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("used_at", Instant),
)
REVOKED: Final = _table("revoked_token", "jti", Column("family", Text, nullable=False))
"""Access tokens that were revoked one by one."""
for _kept in (CODE, REFRESH, REVOKED):
    Index(f"{_kept.name}_by_family", _kept.c.workspace, _kept.c.epoch, _kept.c.family)
CIBA: Final = _table(
    "ciba",
    "digest",
    Column("client_id", Text, nullable=False),
    Column("rpps", Text, nullable=False),
    Column("scope", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("binding_message", Text, nullable=False),
    Column("asked_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("decision", Text),
    Column("used_at", Instant),
)
"""``asked_at`` is real time: a phone is not frozen with the workspace's clock. ``decision``: ``accept``, ``refuse``."""
Index("ciba_by_person", CIBA.c.workspace, CIBA.c.epoch, CIBA.c.rpps)
