"""The stream of a workspace that is reset or deleted."""

import asyncio
from pathlib import Path

from support.metrics_events import stay
from support.metrics_replicas import listening
from support.metrics_served import NOW, served


async def test_a_reset_is_seen_at_once_and_a_deletion_ends_the_stream(tmp_path: Path, database: str | None) -> None:
    async with served(tmp_path, database=database) as run:
        control = run.ground.control
        await asyncio.to_thread(control.create_workspace, "ws1")
        await run.emit([stay("s1", discharged=NOW, workspace="ws1")])
        await run.caught_up(1)
        async with listening(run, workspace="ws1") as events:
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
