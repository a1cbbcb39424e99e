"""PostgreSQL goes away and comes back; large contents; sessions of one's own."""

import asyncio
import hashlib
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import func, select

from socle.blobs import Blob
from socle.store import StoreFailed, UnitOfWork
from socle.store.postgres_connect import Address
from support import shelf
from support.postgres import PostgresServer, fresh_database
from support.postgres_store import opened, prepared
from support.store_suite import names, subjects

pytestmark = pytest.mark.postgres


@pytest.fixture
def server_address(postgres_server: PostgresServer) -> Iterator[Address]:
    """In a server that may be killed."""
    with fresh_database(postgres_server.url()) as url:
        yield prepared(url)


@pytest.fixture
def address(postgres_url: str) -> Address:
    return prepared(postgres_url)


@pytest.mark.parametrize("crash", [False, True])
async def test_a_restart_under_writes_loses_nothing_that_was_answered(
    server_address: Address, postgres_server: PostgresServer, tmp_path: Path, *, crash: bool
) -> None:
    answered: list[str] = []
    failed = 0
    over = threading.Event()

    async with opened(server_address, tmp_path) as store:

        async def write_on(which: int) -> None:
            nonlocal failed
            for n in range(10**6):
                if over.is_set():
                    return
                name = f"{which}-{n}"
                try:
                    await store.write(partial(shelf.put_and_tell, name=name))
                    answered.append(name)
                except StoreFailed:
                    failed += 1
                    await asyncio.sleep(0.01)

        writers = [asyncio.create_task(write_on(which)) for which in range(8)]
        for _ in range(3):
            await asyncio.sleep(0.3)
            before = len(answered)
            await asyncio.to_thread(postgres_server.restart, crash=crash)
        await asyncio.sleep(0.3)
        over.set()
        await asyncio.gather(*writers)
        assert len(answered) > before
        kept, told = await names(store), await subjects(store)
    assert set(answered) <= set(kept)
    assert sorted(kept) == sorted(told)
    assert len(kept) - len(answered) <= failed


async def test_while_the_database_is_away_each_act_says_so_at_once(
    server_address: Address, postgres_server: PostgresServer, tmp_path: Path
) -> None:
    async with opened(server_address, tmp_path) as store:
        await store.write(partial(shelf.put, name="a"))
        await asyncio.to_thread(postgres_server.kill)
        start = time.monotonic()
        for _ in range(3):
            with pytest.raises(StoreFailed):
                await store.write(partial(shelf.put, name="b"))
            with pytest.raises(StoreFailed):
                await names(store)
        assert time.monotonic() - start < 10
        await asyncio.to_thread(postgres_server.start)
        await store.write(partial(shelf.put, name="c"))
        assert await names(store) == ["a", "c"]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"password": "other"}, "user or password is wrong"),
        ({"dbname": "nowhere"}, "create it first"),
        ({"port": 1}, "is PostgreSQL running there"),
    ],
)
async def test_a_store_that_cannot_start_says_what_to_mend(
    address: Address, tmp_path: Path, wrong: dict[str, object], said: str
) -> None:
    url = psycopg.conninfo.make_conninfo(address.url, **wrong)
    with pytest.raises(StoreFailed, match=said) as caught:
        async with opened(Address(url, "shelf"), tmp_path):
            raise AssertionError("it must not start")
    assert "secret" not in str(caught.value)


async def test_a_session_of_ones_own_holds_its_lock_until_it_ends(address: Address, tmp_path: Path) -> None:
    async with opened(address, tmp_path) as store:

        def scene() -> None:
            one, two = store.dedicated_session("relay"), store.dedicated_session("relay")
            for session in (one, two):
                session.connect()
                session.connect()
            assert one.try_lock("relay")
            assert not two.try_lock("relay")
            assert two.try_lock("another")
            one.run(partial(shelf.put_and_tell, name="a"))
            with pytest.raises(ZeroDivisionError):
                one.run(lambda uow: shelf.put(uow, "lost") or 1 // 0)
            one.ping()
            assert not two.try_lock("relay")
            one.close()
            until = time.monotonic() + 30
            while not two.try_lock("relay"):
                assert time.monotonic() < until
                time.sleep(0.01)
            with pytest.raises(StoreFailed):
                one.run(partial(shelf.put, name="lost"))
            two.close()

        await asyncio.to_thread(scene)
        assert await names(store) == ["a"]


async def test_a_silent_session_is_expelled_and_never_comes_back_by_itself(address: Address, tmp_path: Path) -> None:
    """As a relay's holder that was frozen: when it wakes up, somebody else leads, and it must not write."""
    async with opened(address, tmp_path) as store:

        def scene() -> None:
            frozen = store.dedicated_session("relay", idle_seconds=0.3)
            heir = store.dedicated_session("relay", idle_seconds=30)
            frozen.connect()
            heir.connect()
            assert frozen.try_lock("relay")
            time.sleep(0.1)
            frozen.ping()
            time.sleep(0.8)
            assert heir.try_lock("relay")
            for _ in range(2):
                with pytest.raises(StoreFailed):
                    frozen.run(partial(shelf.put, name="lost"))
            with pytest.raises(StoreFailed):
                frozen.ping()
            heir.run(partial(shelf.put, name="heir"))
            frozen.connect()
            frozen.run(partial(shelf.put, name="again"))
            frozen.close()
            heir.close()

        await asyncio.to_thread(scene)
        assert await names(store) == ["heir", "again"]


async def test_a_large_content_needs_little_memory(address: Address, tmp_path: Path) -> None:
    """50 MB in, and out as a stream and as a file: the process grows by a few pieces only."""
    code = """
        import asyncio, hashlib, resource, sys
        from pathlib import Path
        from socle.blobs import Blob
        from socle.store.postgres_connect import Address
        from support.postgres_store import opened

        def peak():
            return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024

        async def main(url, folder):
            spool = folder / "large.part"
            digest, size = hashlib.sha256(), 0
            with spool.open("wb") as file:
                for n in range(200):
                    piece = hashlib.sha256(str(n).encode()).digest() * 8192
                    file.write(piece)
                    digest.update(piece)
                    size += len(piece)
            async with opened(Address(url, "shelf"), folder) as store:
                small = Blob.of(b"x" * 300_000)
                await store.write(lambda uow: uow.keep(small))
                await store.blobs.read(small.sha256)
                before = peak()
                sha256 = digest.hexdigest()
                await store.write(lambda uow: uow.keep(Blob(sha256, size, path=spool)))
                assert not spool.exists()
                back = hashlib.sha256()
                async for piece in store.blobs.stream(sha256):
                    back.update(piece)
                assert back.hexdigest() == sha256
                found = await store.blobs.find(sha256)
                assert found.path.stat().st_size == size
                print(peak() - before)

        asyncio.run(main(sys.argv[1], Path(sys.argv[2])))
    """
    done = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-c", textwrap.dedent(code), address.url, str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONPATH": ":".join(sys.path)},
    )
    assert done.returncode == 0, done.stderr
    assert float(done.stdout) < 10


async def test_a_spool_file_stays_until_the_act_has_committed(address: Address, tmp_path: Path) -> None:
    data = b"z" * 600_000
    spool = tmp_path / "one.part"
    spool.write_bytes(data)
    blob = Blob(hashlib.sha256(data).hexdigest(), len(data), path=spool)

    def refused(uow: UnitOfWork) -> None:
        uow.keep(blob)
        raise ValueError("refused")

    async with opened(address, tmp_path) as store:
        with pytest.raises(ValueError, match="refused"):
            await store.write(refused)
        assert spool.exists()
        assert await store.blobs.find(blob.sha256) is None
        count = select(func.count()).select_from(shelf.COMMON.blob)
        assert await store.read(lambda connection: connection.execute(count).scalar_one()) == 0
        await asyncio.gather(*(store.write(lambda uow: uow.keep(Blob.of(data))) for _ in range(4)))
        await store.write(lambda uow: uow.keep(blob))
        assert not spool.exists()
        assert await store.blobs.read(blob.sha256) == data
