"""Where a report begins: INSi's exchanges of a workspace, read back from the journal."""

from datetime import datetime
from functools import lru_cache

from ins_sim.homologation.book import book
from ins_sim.homologation.called import Called
from ins_sim.homologation.evidence import Wire, wire
from ins_sim.homologation.reading import called
from ins_sim.homologation.report import Read
from socle.control.model import Workspace
from socle.journal.query import JournalQuery
from socle.journal.store import JournalStore

_MOST = 5_000
"""Calls that one report looks at, newest first: a session of tests has some hundreds."""
_KEPT = 20_000
"""Calls kept as read, of all workspaces: a page that follows live reads each once."""
_UNKNOWN = ""
"""Operation of what could not be told apart."""


class Desk:
    """Reads; its methods block: call them in a thread."""

    def __init__(self, service: str, journal: JournalStore) -> None:
        self._service = service
        self._journal = journal
        self._called = lru_cache(_KEPT)(self._look)

    def read(self, workspace: Workspace, *, since: datetime | None, until: datetime | None, finess: str | None) -> Read:
        """The calls since the workspace's last reset, of the moments and the establishment asked for."""
        operations = {case.operation for case in book()} | {_UNKNOWN}
        query = JournalQuery(
            workspace.name, workspace.epoch, service=self._service, since=since, until=until, finess=finess
        )
        calls: list[Called] = []
        unread = replayed = 0
        for summary in self._journal.verdicts(query):
            if summary["operation"] not in operations:
                continue
            if len(calls) + unread + replayed == _MOST:
                return Read(_in_order(calls), unread, replayed, partial=True)
            found = self._called(summary["id"]) if summary["operation"] else None
            if found is None:
                unread += 1
            elif found.replayed:
                replayed += 1
            else:
                calls.append(found)
        return Read(_in_order(calls), unread, replayed)

    def wire(self, exchange: str) -> Wire | None:
        """What went over the wire; None when the journal has dropped it meanwhile."""
        entry = self._journal.get(exchange)
        return None if entry is None else wire(entry)

    def _look(self, exchange: str) -> Called | None:
        entry = self._journal.get(exchange)
        return None if entry is None else called(entry)


def _in_order(calls: list[Called]) -> list[Called]:
    """As they came: the journal goes by their ends."""
    return sorted(calls, key=lambda call: call.at)
