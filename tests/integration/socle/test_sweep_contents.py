"""Contents that nothing refers to any more go, and only those, on both databases."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import MetaData
from sqlalchemy.exc import IntegrityError

import dmp_sim.store
import ins_sim.store
import metrics.tables
from mss_sim.store import MailFilter
from mss_sim.tables import METADATA
from socle.blobs import Blob
from socle.sweep import contents
from socle.sweep.scopes import Scope, drop, scoped_tables, ways
from support.archived import LARGE, Archived, served

SMALL = b"small"
KNOWN = [Blob.of(LARGE).sha256, Blob.of(SMALL).sha256]


@pytest.fixture
async def made(tmp_path: Path, database: str | None) -> AsyncIterator[Archived]:
    async with served(tmp_path, database) as archived:
        for name in ("ws1", "ws2"):
            await archived.http.post("/_sandbox/workspaces", json={"name": name})
        await archived.send("ws1", "large", LARGE)
        await archived.send("ws1", "small", SMALL)
        yield archived


async def unreferred(made: Archived) -> list[str]:
    return await made.store.read(lambda connection: contents.unreferred(connection, METADATA, 100))


async def remove(made: Archived, found: list[str], patience: float = 0.0) -> list[str]:
    gone = await made.store.write(partial(contents.remove, found=found, patience=patience))
    await made.store.drop_files(gone)
    return gone


async def forget(made: Archived) -> None:
    assert await made.store.write(lambda uow: drop(uow, METADATA, Scope("ws1", 1), 100)) == 4


async def test_they_go_in_the_second_round(made: Archived, tmp_path: Path, database: str | None) -> None:
    assert await unreferred(made) == []
    await forget(made)
    found = await unreferred(made)
    assert sorted(found) == sorted(KNOWN)
    assert await remove(made, found) == []
    assert await remove(made, found, patience=60) == []
    assert {await made.store.blobs.find(sha256) is not None for sha256 in KNOWN} == {True}
    assert sorted(await remove(made, found)) == sorted(KNOWN)
    assert {await made.store.blobs.find(sha256) for sha256 in KNOWN} == {None}
    if database is None:
        assert not [path for path in (tmp_path / "blobs").rglob("*") if path.is_file()]
    await made.send("ws2", "again", LARGE)
    assert await made.mails.raw(KNOWN[0]) == LARGE


async def test_whoever_keeps_one_again_saves_it(made: Archived) -> None:
    """Though it was found unreferred before, by somebody who goes on with what he has found."""
    await forget(made)
    found = await unreferred(made)
    await remove(made, found)
    await made.send("ws2", "large", LARGE)
    await made.send("ws2", "small", SMALL)
    assert await remove(made, found) == []
    rows = await made.mails.find("ws2", 1, MailFilter())
    assert {row["subject"]: await made.mails.raw(row["sha256"]) for row in rows} == {"large": LARGE, "small": SMALL}
    assert await unreferred(made) == []


async def test_acts_that_keep_the_same_contents_all_the_while_lose_none(made: Archived) -> None:
    """Each sends a content that others have sent and that is being removed: what is sent can be read."""
    texts = [b"text %d" % number for number in range(5)]

    async def act(number: int) -> None:
        for text in texts:
            await made.send("ws2", f"{number}", text)

    async def sweep() -> None:
        for _ in range(30):
            with suppress(IntegrityError):  # a mail came between its boxes and it: the next time
                await made.store.write(lambda uow: drop(uow, METADATA, Scope("ws2", 1), 20))
            await remove(made, await unreferred(made))

    for number in range(8):
        await asyncio.gather(act(number), sweep())
        for row in await made.mails.find("ws2", 1, MailFilter(), limit=500):
            assert await made.mails.raw(row["sha256"]) in texts


@pytest.mark.parametrize(
    "metadata", [ins_sim.store.METADATA, dmp_sim.store.METADATA, METADATA, metrics.tables.metadata]
)
def test_every_table_of_a_scope_has_an_index_that_finds_it(metadata: MetaData) -> None:
    for dialect in ("sqlite", "postgresql"):
        for table in scoped_tables(metadata):
            assert ways(table, dialect)
