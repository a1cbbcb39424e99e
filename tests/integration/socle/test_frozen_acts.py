"""A process that stands still in the middle of an act holds up others for a bounded time only."""

import asyncio
import signal
from pathlib import Path

import pytest

from socle.bus.embedded import EmbeddedBus
from socle.bus.wiring import make_relay
from socle.store.port import StoreBusy
from socle.store.postgres_connect import Address
from support import frozen_act, shelf
from support.bus_wire import Reader, Wire
from support.postgres_store import opened, prepared

pytestmark = pytest.mark.postgres
PATIENCE = 1.0


@pytest.mark.parametrize("step", frozen_act.STEPS)
async def test_an_act_that_stands_still_is_ended_and_done_again(step: str, postgres_url: str, tmp_path: Path) -> None:
    await asyncio.to_thread(prepared, postgres_url)
    impatient = Address(postgres_url, "shelf", statement_seconds=PATIENCE, lock_seconds=0.2)
    async with opened(impatient, tmp_path / "here") as store:
        bus = EmbeddedBus()
        relay = make_relay(store, bus)
        await relay.start()
        reader = await Reader(Wire(store, bus)).start()
        child = await asyncio.to_thread(frozen_act.start, postgres_url, tmp_path / "there", step)
        try:
            with pytest.raises(StoreBusy):
                await store.write(lambda uow: (uow.lock("frozen"), shelf.put(uow, "too soon")))
            await store.write(lambda uow: shelf.put_and_tell(uow, "after"))
            await reader.take(1)  # what was committed after it waits for it
            assert reader.subjects == ["after"]
            await store.write(lambda uow: (uow.lock("frozen"), shelf.put(uow, "free")))
            child.send_signal(signal.SIGCONT)
            said, _ = await asyncio.to_thread(child.communicate, timeout=10)
            assert said.split() == ["2"]
            await reader.take(2)
            assert reader.subjects == ["after", "frozen"]
        finally:
            child.kill()
            await asyncio.to_thread(child.communicate)
            await reader.stop()
            await relay.stop()
