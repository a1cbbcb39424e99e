"""Several processes of metrics, each with its roles, over one PostgreSQL; and who listens to their streams."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from metrics.api.stream import _events
from metrics.catalogue import Catalogue
from metrics.report import Question
from metrics.settings import Role
from support.metrics_served import Served, served


@asynccontextmanager
async def replicas(
    folder: Path, url: str, *roles: set[Role], catalogues: tuple[Catalogue | None, ...] = ()
) -> AsyncIterator[list[Served]]:
    """Each with a ground of its own, as in its own process."""
    async with AsyncExitStack() as stack:
        found = []
        for number, mine in enumerate(roles):
            catalogue = catalogues[number] if catalogues else None
            found.append(
                await stack.enter_async_context(
                    served(folder / str(number), database=url, roles=mine, catalogue=catalogue)
                )
            )
        yield found


@contextlib.asynccontextmanager
async def listening(
    run: Served, last_event_id: str | None = None, *, workspace: str = "default"
) -> AsyncIterator[AsyncIterator[str]]:
    core = run.service.core

    def question() -> Question | None:
        current = core.ground.control.workspace(workspace)
        return None if current is None else core.question(current)

    events = _events(core, question, last_event_id)
    try:
        yield events
    finally:
        await events.aclose()  # type: ignore[attr-defined]


async def until(events: AsyncIterator[str], text: str, seconds: float = 15) -> str:
    """The next event that holds ``text``."""
    async with asyncio.timeout(seconds):
        async for event in events:
            if text in event:
                return event
    raise AssertionError("the stream ended")
