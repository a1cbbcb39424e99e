"""The ground opens in the right order, refuses what it must, and leaves nothing open when it cannot start."""

import asyncio
import os
import sqlite3
from functools import partial
from pathlib import Path

import pytest

from socle.blobs import Blob, BlobRef
from socle.bus.embedded import TopicTaken
from socle.data_folder import FolderHeld
from socle.ground import Ground
from socle.settings import GroundSettings
from socle.store.migrate import SchemaTooNew
from support import shelf


@pytest.fixture
def settings(tmp_path: Path) -> GroundSettings:
    return GroundSettings(data_dir=tmp_path / "data")


async def test_nothing_touches_the_disk_before_the_start(settings: GroundSettings) -> None:
    ground = Ground.open(settings)
    ground.open_store("shelf", shelf.METADATA, shelf.MIGRATIONS)
    assert not await asyncio.to_thread(settings.data_dir.exists)
    async with ground:
        assert await asyncio.to_thread((settings.data_dir / "shelf.db").exists)
        assert await asyncio.to_thread(ground.spool_dir.is_dir)


async def test_a_service_has_one_store_and_one_gate(settings: GroundSettings) -> None:
    ground = Ground.open(settings)
    store = ground.open_store("shelf", shelf.METADATA, shelf.MIGRATIONS)
    assert ground.open_store("shelf", shelf.METADATA, shelf.MIGRATIONS) is store
    assert ground.admission("shelf") is ground.admission("shelf")
    assert ground.admission("shelf") is not ground.admission("other")


async def test_two_services_cannot_share_a_topic(settings: GroundSettings) -> None:
    ground = Ground.open(settings)
    one, two = (ground.open_store(name, shelf.METADATA, shelf.MIGRATIONS) for name in ("one", "two"))
    async with ground:
        await one.write(partial(shelf.put_and_tell, name="a"))
        with pytest.raises(TopicTaken):
            await two.write(partial(shelf.put_and_tell, name="a"))


async def test_a_service_is_served_from_a_folder_by_one_alone(settings: GroundSettings) -> None:
    def ground(*names: str) -> Ground:
        made = Ground.open(settings)
        for name in names:
            made.open_store(name, shelf.METADATA, shelf.MIGRATIONS)
        return made

    second = ground("one", "two")
    async with ground("one"), ground("other"):
        with pytest.raises(FolderHeld, match=rf"process {os.getpid()} already serves one from "):
            await second.start()
        async with ground("two"):  # the refused one holds nothing
            pass
    async with ground("one", "two"):
        pass


async def test_the_journal_can_read_the_services_blobs(settings: GroundSettings) -> None:
    ground = Ground.open(settings)
    store = ground.open_store("shelf", shelf.METADATA, shelf.MIGRATIONS)
    small, large = Blob.of(b"small"), Blob.of(b"large" * 100_000)
    async with ground:
        for blob in (small, large):
            await store.write(lambda uow, blob=blob: uow.keep(blob))
            assert await asyncio.to_thread(store.blobs.read_blocking, blob.ref) == blob.data
        assert await asyncio.to_thread(store.blobs.read_blocking, BlobRef("0" * 64, 1)) is None


async def test_one_database_that_is_too_new_stops_the_start_and_closes_the_others(settings: GroundSettings) -> None:
    async def start(*names: str) -> Ground:
        ground = Ground.open(settings)
        for name in names:
            ground.open_store(name, shelf.METADATA, shelf.MIGRATIONS)
        await ground.start()
        return ground

    await (await start("one", "two")).stop()

    def tamper() -> None:
        raw = sqlite3.connect(settings.data_dir / "two.db")
        raw.execute("UPDATE alembic_version SET version_num = '9999'")
        raw.commit()
        raw.close()

    await asyncio.to_thread(tamper)
    with pytest.raises(SchemaTooNew, match=r"two\.db is at revision 9999"):
        await start("one", "two")
    ground = await start("one")
    await ground.stop()
