"""The stream of a workspace that is reset or deleted."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from metrics.api.stream import _events
from metrics.report import Question
from support.metrics_events import stay
from support.metrics_served import NOW, Served, served


@asynccontextmanager
async def listening(run: Served) -> AsyncIterator[AsyncIterator[str]]:
    core = run.service.core

    def question() -> Question | None:
        current = core.ground.control.workspace("ws1")
        return None if current is None else core.question(current)

    events = _events(core, question, None)
    try:
        yield events
    finally:
        await events.aclose()  # type: ignore[attr-defined]


async def test_a_reset_is_seen_at_once_and_a_deletion_ends_the_stream(tmp_path: Path, database: str | None) -> None:
    async with served(tmp_path, database=database) as run:
        control = run.ground.control
        await asyncio.to_thread(control.create_workspace, "ws1")
        await run.emit([stay("s1", discharged=NOW, workspace="ws1")])
        await run.caught_up(1)
        async with listening(run) as events:
            assert '"epoch":1' in await anext(events)
            coming = asyncio.ensure_future(anext(events))
            await asyncio.sleep(0.05)
            await asyncio.to_thread(control.reset_workspace, "ws1")
            snapshot = await asyncio.wait_for(coming, 30)
            assert "event: snapshot" in snapshot
            assert '"epoch":2' in snapshot
            ended = asyncio.ensure_future(anext(events, None))
            await asyncio.sleep(0.05)
            await asyncio.to_thread(control.delete_workspace, "ws1")
            assert await asyncio.wait_for(ended, 30) is None
