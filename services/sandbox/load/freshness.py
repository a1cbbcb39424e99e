"""How fresh the indicators are while the load runs, measured from outside, in two ways.

*Changes*: every ``change`` of the load's own stream (``GET /api/stream``) says how long before it the oldest of its
events was committed: the worst event of each batch, by the services' clock.

*Probes*: a look-up in a workspace beside the load's, at even times, whatever became of the one before; its freshness
runs from the moment it was due until the stream shows that its establishment's count moved. It passes through the
same services, log and consumers as the load, and through everything a reader of the page waits for: the stream itself
gathers changes for a tenth of a second.
"""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from time import monotonic
from typing import Any

import httpx

from sandbox.hospitals.hospital import Hospital
from sandbox.load import bodies, marks
from sandbox.load.acts import Act
from sandbox.load.address import host_and_port
from sandbox.load.histogram import Histogram
from sandbox.load.http import HttpPool, Lost, Unreached
from sandbox.load.outcome import Kind, of_http

PROBE_SECONDS = 0.25
_AGAIN_SECONDS = 0.5


class Freshness:
    """What was measured; ``take`` gives what is new since the last time."""

    def __init__(self) -> None:
        self.changes = Histogram()
        self.probes = Histogram()
        self.recent = Histogram()
        """Probes since the last ``take``."""
        self.failed = 0
        """Probes that were refused, or had no answer."""
        self.broken = 0
        """Times the stream broke off."""
        self.pending: dict[str, float] = {}
        """FINESS → when its probe was due."""

    def changed(self, milliseconds: float) -> None:
        self.changes.add(milliseconds / 1000)

    def seen(self, finess: str) -> None:
        """The stream shows that this establishment's calls moved."""
        due = self.pending.pop(finess, None)
        if due is not None:
            self.probes.add(monotonic() - due)
            self.recent.add(monotonic() - due)


@asynccontextmanager
async def watching(
    urls: Mapping[str, str], workspace: str, probe_workspace: str, hospitals: Sequence[Hospital], timeout: float
) -> AsyncIterator[Freshness]:
    """Measure until the block ends."""
    found = Freshness()
    tasks = [
        asyncio.create_task(_changes(urls["metrics"], workspace, found)),
        asyncio.create_task(_seen(urls["metrics"], probe_workspace, found)),
        asyncio.create_task(_probe(urls["ins_sim"], probe_workspace, hospitals, timeout, found)),
    ]
    try:
        yield found
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _changes(url: str, workspace: str, found: Freshness) -> None:
    async for change in _stream(url, workspace, found):
        found.changed(change["freshnessMs"])


async def _seen(url: str, workspace: str, found: Freshness) -> None:
    async for change in _stream(url, workspace, found):
        for cell in change["cells"]:
            if cell["indicator"] == "INSI-SUCCES" and cell["finessEG"]:
                found.seen(cell["finessEG"])


async def _stream(url: str, workspace: str, found: Freshness) -> AsyncIterator[dict[str, Any]]:
    """``change`` events, for ever; a stream that breaks off is opened again where it was."""
    last: str | None = None
    headers = {"X-Socles-Workspace": workspace}
    async with httpx.AsyncClient(base_url=url, headers=headers, timeout=None, trust_env=False) as client:  # noqa: S113 - endless
        while True:
            with suppress(httpx.HTTPError):
                more = {"Last-Event-ID": last} if last else {}
                async with client.stream("GET", "/api/stream", params={"window": "1d"}, headers=more) as answer:
                    kind = ""
                    async for line in answer.aiter_lines():
                        name, _, value = line.partition(": ")
                        if name == "id":
                            last = value
                        elif name == "event":
                            kind = value
                        elif name == "data" and kind == "change":
                            yield json.loads(value)
            found.broken += 1
            await asyncio.sleep(_AGAIN_SECONDS)


async def _probe(url: str, workspace: str, hospitals: Sequence[Hospital], timeout: float, found: Freshness) -> None:
    target, ids = bodies.Target(url, workspace), marks.Ids(f"{workspace}/probe")
    requests = [(h.site.finess_eg, bodies.lookup(target, h, h.residents[0].patient)) for h in hospitals]
    pool = HttpPool(*host_and_port(url), connections=64, timeout=timeout)
    sending: set[asyncio.Task[None]] = set()

    async def send(finess: str, body: bytes) -> None:
        try:
            kind = of_http(Act.LOOKUP, *await pool.ask(body)).kind
        except (Lost, Unreached):
            kind = Kind.LOST
        if kind is not Kind.ACCEPTED:
            found.failed += 1
            found.pending.pop(finess, None)

    start, number = monotonic(), 0
    try:
        while True:
            due = start + number * PROBE_SECONDS
            await asyncio.sleep(max(0.0, due - monotonic()))
            finess, request = requests[number % len(requests)]
            number += 1
            if finess in found.pending:
                continue  # its last probe has not been seen yet: that one goes on counting
            found.pending[finess] = due
            task = asyncio.create_task(send(finess, request.fill(ids.values(int(time.time())))))
            sending.add(task)
            task.add_done_callback(sending.discard)
    finally:
        for task in sending:
            task.cancel()
        pool.close()
