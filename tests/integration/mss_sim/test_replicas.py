"""Two replicas of MSSanté over one PostgreSQL: every mail delivered once, in an order that no cursor skips."""

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from mss_sim.tables import METADATA
from socle.control.model import BoxType
from support.mails import mail
from support.mss_served import Mss, mss

pytestmark = pytest.mark.postgres

API = "/_sandbox/mss_sim"
MAILS = 80
AT_ONCE = 16


@pytest.fixture
async def replicas(tmp_path: Path, postgres_url: str) -> AsyncIterator[list[Mss]]:
    async with (
        mss(tmp_path / "one", database=postgres_url) as one,
        mss(tmp_path / "two", database=postgres_url) as two,
    ):
        yield [one, two]


async def walk(replica: Mss, count: int) -> list[str]:
    """The subjects in the order in which a reader who asks for the next one, again and again, is given them."""
    seen: list[str] = []
    after = "none"
    while len(seen) < count:
        answer = await replica.http.get(f"{API}/messages/wait", params={"after": after, "timeout": 5})
        if answer.status_code != 200:
            break
        after = answer.json()["ref"]
        seen.append(answer.json()["subject"])
    return seen


async def send_all(replicas: list[Mss], subjects: list[str], to: str) -> None:
    gate = asyncio.Semaphore(AT_ONCE)

    async def send(number: int, subject: str) -> None:
        async with gate:
            code, _ = await replicas[number % len(replicas)].send(mail(subject=subject), [to])
            assert code == 250

    await asyncio.gather(*(send(number, subject) for number, subject in enumerate(subjects)))


def stored(url: str, question: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(url, options="-c search_path=mss_sim") as connection:
        return connection.execute(question).fetchall()  # type: ignore[call-overload, no-any-return]


async def test_mails_to_both_are_delivered_once_and_no_reader_misses_one(
    replicas: list[Mss], postgres_url: str
) -> None:
    receiver = replicas[0].boxes(BoxType.PER)[1].address
    subjects = [f"numéro {number}" for number in range(MAILS)]
    reading = [asyncio.create_task(walk(replica, MAILS)) for replica in replicas]
    await send_all(replicas, subjects, receiver)
    walks = await asyncio.gather(*reading)
    for seen in walks:
        assert Counter(seen) == Counter(subjects)
    assert walks[0] == walks[1]
    listed = (await replicas[1].http.get(f"{API}/boxes/{receiver}/messages", params={"limit": 500})).json()["messages"]
    assert [item["subject"] for item in reversed(listed)] == walks[0]
    rows = await asyncio.to_thread(
        stored, postgres_url, "SELECT count(*), count(DISTINCT position) FROM delivery WHERE address <> ''"
    )
    assert rows == [(MAILS, MAILS)]
    events = await asyncio.to_thread(stored, postgres_url, "SELECT count(*), count(DISTINCT subject) FROM outbox")
    assert events == [(2 * MAILS, MAILS)]


async def test_who_reads_on_waits_for_a_mail_whose_commit_is_late(replicas: list[Mss], postgres_url: str) -> None:
    """A mail that was numbered but not committed holds the next ones back: none gets a number before its own."""
    receiver = replicas[0].boxes(BoxType.PER)[1].address
    held, free = asyncio.Event(), asyncio.Event()
    store = replicas[0].ground.open_store("mss_sim", METADATA, Path())
    write, loop = store.write, asyncio.get_running_loop()

    async def slow(work: Any) -> Any:
        def late(unit: Any) -> Any:
            answer = work(unit)
            loop.call_soon_threadsafe(held.set)
            asyncio.run_coroutine_threadsafe(free.wait(), loop).result(20)
            return answer

        return await write(late)

    store.write = slow  # type: ignore[method-assign, assignment]
    first = asyncio.create_task(replicas[0].send(mail(subject="en retard"), [receiver]))
    await asyncio.wait_for(held.wait(), 20)
    second = asyncio.create_task(replicas[1].send(mail(subject="pressé"), [receiver]))
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(asyncio.shield(second), 1)
    seen_before = (await replicas[1].http.get(f"{API}/messages")).json()["messages"]
    free.set()
    assert [code for code, _ in await asyncio.gather(first, second)] == [250, 250]
    assert seen_before == []
    assert await walk(replicas[1], 2) == ["en retard", "pressé"]
