"""The ground on PostgreSQL: nothing is left open, whether it started or not; and what it is told wrongly, it says."""

import asyncio
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import psycopg
import pytest

from socle.blobs import Blob
from socle.ground import Ground
from socle.settings import GroundSettings, Migrate
from socle.store import StoreFailed
from socle.store.migrate import SchemaNotReady, SchemaTooNew
from support import shelf
from support.store_suite import names

pytestmark = pytest.mark.postgres


@pytest.fixture
def settings(postgres_url: str, tmp_path: Path) -> Iterator[GroundSettings]:
    """Whatever a test does, no session may be left."""
    yield GroundSettings(data_dir=tmp_path / "data", database_url=postgres_url)  # type: ignore[arg-type]
    with psycopg.connect(postgres_url) as admin:
        sessions = admin.execute("SELECT application_name FROM pg_stat_activity WHERE application_name LIKE 'socles %'")
        assert sessions.fetchall() == []


def _ground(settings: GroundSettings, *services: str) -> Ground:
    ground = Ground.open(settings)
    for service in services:
        ground.open_store(service, shelf.METADATA, shelf.MIGRATIONS)
    return ground


def _execute(settings: GroundSettings, statement: str) -> None:
    assert settings.database_url is not None
    with psycopg.connect(settings.database_url.get_secret_value(), autocommit=True) as admin:
        admin.execute(statement)  # type: ignore[arg-type]


async def test_all_that_is_stored_is_in_the_database(settings: GroundSettings) -> None:
    ground = _ground(settings, "shelf")
    store = ground.open_store("shelf", shelf.METADATA, shelf.MIGRATIONS)
    large = Blob.of(b"large" * 100_000)
    async with ground:
        await store.write(partial(shelf.put_and_tell, name="a"))
        await store.write(lambda uow: uow.keep(large))
        assert await asyncio.to_thread(store.blobs.read_blocking, large.ref) == large.data
    await asyncio.to_thread(_execute, settings, "SELECT 1 / count(*) FROM shelf.outbox WHERE log_offset IS NOT NULL")
    ground = _ground(settings.model_copy(update={"migrate": Migrate.CHECK}), "shelf")
    async with ground:
        assert await names(ground.open_store("shelf", shelf.METADATA, shelf.MIGRATIONS)) == ["a"]
    assert await asyncio.to_thread(lambda: list(settings.data_dir.rglob("*.db"))) == []


async def test_a_schema_that_is_too_new_stops_the_start(settings: GroundSettings) -> None:
    async with _ground(settings, "one", "two"):
        pass
    await asyncio.to_thread(_execute, settings, "UPDATE two.alembic_version SET version_num = '9999'")
    with pytest.raises(SchemaTooNew, match=r"schema two is at revision 9999"):
        await _ground(settings, "one", "two").start()
    async with _ground(settings, "one"):
        pass


async def test_a_schema_that_is_not_ready_stops_a_start_that_must_not_change_it(settings: GroundSettings) -> None:
    with pytest.raises(SchemaNotReady, match="socles migrate"):
        await _ground(settings.model_copy(update={"migrate": Migrate.CHECK}), "one").start()


async def test_a_database_that_is_away_stops_the_start_and_says_where(settings: GroundSettings) -> None:
    wrong = GroundSettings(
        data_dir=settings.data_dir,
        database_url="postgresql://socles:secret@127.0.0.1:1/socles",  # type: ignore[arg-type]
    )
    with pytest.raises(StoreFailed, match=r"127\.0\.0\.1:1, database socles.*is PostgreSQL running") as caught:
        await _ground(wrong, "one").start()
    assert "secret" not in str(caught.value)
