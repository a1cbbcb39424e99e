"""How long exchanges are kept: by count and by size, for each workspace on its own."""

import sqlite3
from collections.abc import Iterable

from socle.journal.entry import Row
from socle.journal.settings import JournalSettings

_SLACK = 0.05
"""How far the bounds are undercut when something is removed, so that it is not done at every group."""


class Retention:
    """Counts what is kept, and removes the oldest. Runs inside the writer's transactions."""

    def __init__(self, raw: sqlite3.Connection, settings: JournalSettings) -> None:
        self._raw = raw
        self._count = settings.max_exchanges
        self._bytes = settings.max_bytes
        totals = raw.execute("SELECT workspace, count(*), sum(size) FROM exchange GROUP BY workspace")
        self._kept = {workspace: [count, size] for workspace, count, size in totals}

    def keep_bounds(self, added: Iterable[Row]) -> None:
        """Take note of rows just written; remove what is too much."""
        touched = set()
        for row in added:
            workspace = row.workspace
            kept = self._kept.setdefault(workspace, [0, 0])
            kept[0] += 1
            kept[1] += row.size
            touched.add(workspace)
        for workspace in touched:
            count, size = self._kept[workspace]
            if count > self._count or size > self._bytes:
                self._trim(workspace)

    def _trim(self, workspace: str) -> None:
        most, room = int(self._count * (1 - _SLACK)), int(self._bytes * (1 - _SLACK))
        newest = self._raw.execute("SELECT seq, size FROM exchange WHERE workspace = ? ORDER BY seq DESC", (workspace,))
        count = size = 0
        last_kept = None
        for seq, row_size in newest:
            if count >= max(most, 1) or (size + row_size > room and count > 0):
                break
            count, size, last_kept = count + 1, size + row_size, seq
        gone = "SELECT seq FROM exchange WHERE workspace = ? AND seq < ?"
        for table in ("broken_rule", "exchange"):
            self._raw.execute(f"DELETE FROM {table} WHERE seq IN ({gone})", (workspace, last_kept))  # noqa: S608 - our own names
        self._kept[workspace] = [count, size]
