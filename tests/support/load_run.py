"""A load run against a sandbox in the same process, and a watcher that only listens."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from sandbox.launcher import LaunchOptions, Sandbox
from sandbox.load.command import Wanted, addresses
from sandbox.load.ledger import Ledger
from sandbox.load.options import LoadOptions
from sandbox.load.timeline import Sample


class Silent:
    """``sandbox.load.run.Watcher`` that keeps what it is told."""

    def __init__(self) -> None:
        self.samples: list[Sample] = []
        self.steps: list[str] = []

    def preparing(self, options: LoadOptions, workspace: str, establishments: int) -> None:
        self.steps.append("preparing")

    def playing(self) -> None:
        self.steps.append("playing")

    def sampled(self, sample: Sample, ledger: Ledger) -> None:
        self.samples.append(sample)

    def draining(self) -> None:
        self.steps.append("draining")


@asynccontextmanager
async def sandbox(folder: Path) -> AsyncIterator[Sandbox]:
    """The whole product on free ports."""
    made = await asyncio.to_thread(Sandbox, LaunchOptions(folder, http_port=0, smtp_port=0))  # it reads files
    async with made as served:
        yield served


def options(served: Sandbox, wanted: Wanted, **changes: Any) -> LoadOptions:
    """Options of a short run; its lateness is not judged, since tests share their machine."""
    urls, smtp = addresses(served.url, [], f"{served.smtp[0]}:{served.smtp[1]}")
    return replace(LoadOptions(wanted.settled(), urls, smtp, drain=20.0, late_bound=30.0), **changes)
