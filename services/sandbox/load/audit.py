"""Asks services and metrics for their side of the books, and looks for acts whose answer was lost."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Any

import httpx

from sandbox.clients.http import Http
from sandbox.load.acts import TOPICS, Act
from sandbox.load.books import Told
from sandbox.load.expected import Figure, Resolved
from sandbox.load.ledger import LostAct

WINDOW = "7d"
"""Wide enough for a run that passes midnight."""
_POLL_SECONDS = 0.25
_STILL = 3
"""Looks in a row that show the same, before it counts as drained: an act may commit after its sender gave up."""


@dataclass(frozen=True, slots=True)
class Accounts:
    """Their side of the books, at one moment."""

    told: Mapping[str, Told]
    """Service → its topic's columns."""
    indicators: Mapping[Figure, int]


@dataclass(frozen=True, slots=True)
class Drained:
    """How the waiting ended."""

    accounts: Accounts
    seconds: float
    complete: bool
    """False: something still waited when the time was over."""


def _told(stored: Any, counted: Any, topic: str) -> Told:
    """One topic's columns from the answers of its service and of metrics."""
    columns = [one for one in stored["topics"] if one["topic"] == topic]
    sources = [one for one in counted["sources"] if one["topic"] == topic]
    return Told(
        *(sum(one[name] for one in columns) for name in ("stored", "sequenced", "published")),
        *(sum(one[name] for one in sources) for name in ("counted", "poison", "duplicates", "missing")),
    )


class Auditor:
    """Reads for one workspace; ``urls`` are those of the services."""

    def __init__(self, urls: Mapping[str, str], workspace: str) -> None:
        self._http = {service: Http(url, workspace=workspace, connections=4) for service, url in urls.items()}

    async def accounts(self) -> Accounts:
        """Everything; raises ``httpx.HTTPError``."""
        metrics = self._http["metrics"]
        counted = await metrics.get_json("/api/books")
        asked = [self._http[service].get_json(f"/_sandbox/{service}/books") for service in TOPICS]
        stored = dict(zip(TOPICS, await asyncio.gather(*asked), strict=True))
        told = {service: _told(stored[service], counted, topic) for service, topic in TOPICS.items()}
        return Accounts(told, await self._indicators())

    async def _indicators(self) -> dict[Figure, int]:
        answer = await self._http["metrics"].get_json("/api/indicators", window=WINDOW, group="eg", spark=0)
        found: dict[Figure, int] = {}
        for row in answer["rows"]:
            finess = row["key"] if row["level"] == "eg" else row["level"]
            for code, cell in row["cells"].items():
                found[Figure(finess, code, "num")] = cell["num"]
                found[Figure(finess, code, "den")] = cell["den"] or 0
        return found

    async def drain(self, seconds: float) -> Drained:
        """Wait until everything stored is counted and nothing moves any more, for at most so long."""
        started, last, still = monotonic(), None, 0
        while True:
            accounts = await self.accounts()
            waited = monotonic() - started
            still = still + 1 if accounts == last and all(told.drained for told in accounts.told.values()) else 0
            if still == 0 or last is None:
                settled = waited
            last = accounts
            if still >= _STILL or waited > seconds:
                return Drained(accounts, settled, still >= _STILL)
            await asyncio.sleep(_POLL_SECONDS)

    async def resolve(self, lost: Sequence[LostAct]) -> list[Resolved]:
        """Look for each act whose answer was lost where its service keeps it by name."""
        return [Resolved(act, await self._stored(act)) for act in lost]

    async def _stored(self, act: LostAct) -> bool | None:
        if act.act is Act.DEPOSIT and not act.flawed:
            try:
                await self._http["dmp_sim"].get_json(f"/_sandbox/dmp_sim/documents/{act.name}")
            except httpx.HTTPStatusError as error:
                return False if error.response.status_code == 404 else None
            return True
        if act.act is Act.MAIL:
            found = await self._http["mss_sim"].get_json("/_sandbox/mss_sim/messages", messageId=act.name, limit=1)
            return bool(found["messages"])
        return None

    async def close(self) -> None:
        for http in self._http.values():
            await http.close()
