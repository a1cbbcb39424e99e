"""The journal on PostgreSQL, shared by all processes of an installation."""

import asyncio
import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import func, select

from socle.blobs import Blob, BlobRef
from socle.exchange import Recorded
from socle.ground import Ground
from socle.journal import store as journal_store
from socle.journal import tables
from socle.journal.database import JournalAway
from socle.journal.query import JournalQuery
from socle.journal.settings import JournalSettings
from socle.journal.store import JournalStore
from socle.settings import GroundSettings
from support import journal_child, shelf
from support.control_child import SMALL
from support.journal_asking_suite import JournalAskingSuite
from support.journal_suite import JournalSuite, act
from support.journal_writing_suite import JournalWritingSuite
from support.postgres import PostgresServer, fresh_database

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(180)]
TESTS = Path(__file__).parents[2]


@pytest.fixture
def settings(tmp_path: Path, postgres_url: str) -> GroundSettings:
    return GroundSettings(data_dir=tmp_path, database_url=SecretStr(postgres_url))


def opened(settings: GroundSettings, bounds: JournalSettings | None = None) -> JournalStore:
    journal = JournalStore(settings, bounds)
    journal.open()
    return journal


@pytest.fixture
def journal(settings: GroundSettings) -> Iterator[JournalStore]:
    journal = opened(settings)
    yield journal
    journal.close()


@pytest.fixture
def other(journal: JournalStore, settings: GroundSettings) -> Iterator[JournalStore]:
    """As another process would have it."""
    other = opened(settings)
    yield other
    other.close()


class TestJournal(JournalSuite):
    """On PostgreSQL."""


class TestAsking(JournalAskingSuite):
    """On PostgreSQL."""


class TestWriting(JournalWritingSuite):
    """On PostgreSQL."""


def test_real_processes_keep_one_bound_together(journal: JournalStore, settings: GroundSettings) -> None:
    environment = {**os.environ, "PYTHONPATH": f"{TESTS}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"}
    children = [
        subprocess.Popen(journal_child.command(settings, 300, 100), stdout=subprocess.PIPE, text=True, env=environment)
        for _ in range(2)
    ]
    assert [child.communicate(timeout=50)[0].split() for child in children] == [["300", "0"]] * 2
    with journal._database.reading() as connection:
        kept, newest = connection.execute(select(func.count(), func.max(tables.exchange.c.seq))).one()
        (told,) = connection.execute(select(tables.kept.c.exchanges)).scalars()
    assert (newest, told) == (600, kept)
    assert 80 <= kept <= 100


def test_a_process_that_freezes_holds_up_nobody(journal: JournalStore, settings: GroundSettings) -> None:
    environment = {**os.environ, "PYTHONPATH": f"{TESTS}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"}
    child = subprocess.Popen(
        journal_child.command(settings, 4000, 1000), stdout=subprocess.PIPE, text=True, env=environment
    )
    try:
        until = time.monotonic() + 20
        while not journal.find(JournalQuery("default")).items:
            assert time.monotonic() < until
        for _ in range(5):
            child.send_signal(signal.SIGSTOP)
            journal.record(act())
            assert journal.flush()
            child.send_signal(signal.SIGCONT)
            time.sleep(0.05)
        assert child.communicate(timeout=40)[0].split() == ["4000", "0"]
    finally:
        child.kill()
    assert journal.written == 5


def test_an_exchange_of_another_process_is_waited_for(
    journal: JournalStore, other: JournalStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal_store, "_OTHERS_SECONDS", 20.0)
    other.record(act())
    other.flush()  # the writer rests now
    one = act()
    other.record(one)
    assert journal.get(one.id) is not None


def test_nobody_waits_for_an_exchange_of_long_ago(journal: JournalStore) -> None:
    start = time.perf_counter()
    assert journal.get("01900000-0000-7000-8000-000000000000") is None
    assert time.perf_counter() - start < 0.5


def test_listeners_hear_of_other_processes(journal: JournalStore, other: JournalStore) -> None:
    heard: list[object] = []
    enough = threading.Event()

    def hear(entry: dict[str, object]) -> None:
        heard.append(entry["id"])
        if len(heard) == 20:
            enough.set()

    journal.record(act())
    journal.flush()
    leave = journal.tail(hear)
    acts = [act(number) for number in range(20)]
    for number, one in enumerate(acts):
        (journal if number % 2 else other).record(one)
    assert enough.wait(30)
    assert sorted(str(one) for one in heard) == sorted(one.id for one in acts)
    leave()
    until = time.monotonic() + 30
    while any(thread.name == "journal-tails" for thread in threading.enumerate()):
        assert time.monotonic() < until, "the thread goes on for nobody"
        time.sleep(0.01)


@pytest.mark.parametrize("size", [3, 700_000])
async def test_a_body_that_a_service_elsewhere_keeps_can_be_read(settings: GroundSettings, size: int) -> None:
    blob = Blob.of(b"x" * size)
    elsewhere = Ground.open(settings, SMALL)
    store = elsewhere.open_store("shelf", shelf.METADATA, shelf.MIGRATIONS)
    async with elsewhere:
        await store.write(lambda uow: uow.keep(blob))
    journal = await asyncio.to_thread(opened, settings)
    one = act(service="shelf", request=Recorded([], [b"head", blob.ref]))
    kept = act(service="shelf", request=Recorded([], [b"head", blob.data or b""]), stored=[blob])
    gone = act(service="shelf", request=Recorded([], [BlobRef("ab" * 32, 3)]))
    never = act(service="no_such_service", request=Recorded([], [blob.ref]))
    for each in (one, kept, gone, never):
        journal.record(each)
    for each in (one, kept):
        assert await asyncio.to_thread(journal.raw, each.id, "request") == b"head" + b"x" * size
    shown = await asyncio.to_thread(journal.get, kept.id)
    assert shown is not None
    assert shown["request"]["body"][1] == {"text": "x" * size}
    for each in (gone, never):
        with pytest.raises(LookupError, match="gone"):
            await asyncio.to_thread(journal.raw, each.id, "request")
    await asyncio.to_thread(journal.close)


@pytest.fixture
def own_url(postgres_server: PostgresServer) -> Iterator[str]:
    """A fresh database in a server that may be killed."""
    with fresh_database(postgres_server.url()) as url:
        yield url


def test_postgresql_goes_away_and_comes_back(postgres_server: PostgresServer, own_url: str, tmp_path: Path) -> None:
    settings = GroundSettings(data_dir=tmp_path, database_url=SecretStr(own_url))
    journal = opened(settings, JournalSettings(queue_exchanges=10))
    before = act()
    journal.record(before)
    assert journal.flush()
    postgres_server.kill()
    start = time.perf_counter()
    for number in range(30):
        journal.record(act(number))
    assert time.perf_counter() - start < 5
    assert not journal.flush()
    assert not journal.in_touch
    with pytest.raises(JournalAway):
        journal.find(JournalQuery("default"))
    assert 19 <= journal.dropped <= 20
    postgres_server.start()
    until = time.monotonic() + 10
    while not journal.in_touch:
        assert time.monotonic() < until
        time.sleep(0.02)
    assert journal.flush()
    after = act()
    journal.record(after)
    assert journal.get(after.id) is not None
    assert len(journal.find(JournalQuery("default")).items) == 32 - journal.dropped
    postgres_server.kill()
    journal.record(act())
    start = time.perf_counter()
    journal.close()
    assert time.perf_counter() - start < 20
