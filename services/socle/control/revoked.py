"""Access tokens that were taken back before they expire, told to every process (D14): who takes them need not ask the
provider, which may be away.

What is kept are identifiers that stand in the tokens: of one token, of the login it came of, or of the session. Each
goes once no token under it can be valid any more.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import Connection, delete, insert, select

from socle.control import records
from socle.control.tables import revoked

KEPT: Final = timedelta(hours=1)
"""Beyond the last token's end: one given beside the revocation may last a little longer."""
_AT_ONCE: Final = 500


class Revoked:
    """As a process knows them; renewed by the control plane, read in any thread."""

    def __init__(self) -> None:
        self._by_workspace: dict[str, frozenset[str]] = {}

    def reload(self, connection: Connection) -> None:
        """Read everything."""
        found: dict[str, set[str]] = {}
        for workspace, one in connection.execute(select(revoked.c.workspace, revoked.c.id)):
            found.setdefault(workspace, set()).add(one)
        self._by_workspace = {workspace: frozenset(ids) for workspace, ids in found.items()}

    def renew(self, connection: Connection, workspace: str) -> None:
        """Read those of one workspace."""
        ids = frozenset(connection.execute(select(revoked.c.id).where(revoked.c.workspace == workspace)).scalars())
        others = {name: kept for name, kept in self._by_workspace.items() if name != workspace}
        self._by_workspace = others | ({workspace: ids} if ids else {})

    def holds(self, workspace: str, ids: Iterable[str]) -> bool:
        """Whether one of these was taken back."""
        known = self._by_workspace.get(workspace)
        return known is not None and not known.isdisjoint(ids)


def add(connection: Connection, workspace: str, until: Mapping[str, datetime]) -> None:
    """Take back these identifiers, each until the workspace's clock shows an instant; forget those that are over.

    One is over when real time has passed it too: a clock that is put back to real time must not revive a token.
    """
    record = records.find_workspace(connection, workspace)
    if record is None:
        return  # deleted meanwhile, its tokens with it
    now = datetime.now(UTC)
    over = min(now, record.clock.at(now)) - KEPT
    connection.execute(delete(revoked).where(revoked.c.workspace == workspace, revoked.c.until <= over))
    ids = sorted(until)
    for start in range(0, len(ids), _AT_ONCE):
        some = ids[start : start + _AT_ONCE]
        connection.execute(delete(revoked).where(revoked.c.workspace == workspace, revoked.c.id.in_(some)))
        connection.execute(insert(revoked), [{"workspace": workspace, "id": one, "until": until[one]} for one in some])


def remove_all(connection: Connection, workspace: str) -> None:
    """Of a workspace that is reset or deleted: its tokens name an epoch that is over."""
    connection.execute(delete(revoked).where(revoked.c.workspace == workspace))
