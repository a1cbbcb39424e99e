"""Two replicas of MSSanté over one PostgreSQL: every mail delivered once, in an order that no cursor skips."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

import psycopg
import pytest
from sqlalchemy import select, true

from mss_sim.tables import METADATA
from socle.control.model import BoxType
from socle.store import hot
from support.mails import mail
from support.mss_served import Mss, mss

pytestmark = pytest.mark.postgres

API = "/_sandbox/mss_sim"
MAILS = 80
AT_ONCE = 16
_ROUND_TRIP = hot(select(true()))


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


async def subjects_of(replica: Mss, path: str = f"{API}/messages") -> list[str]:
    return [item["subject"] for item in (await replica.http.get(path)).json()["messages"]]


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


def commit_in_any_order(replica: Mss, seed: int) -> None:
    """Commits of ``replica`` come a little late, each by another time."""
    store, chance = replica.ground.open_store("mss_sim", METADATA, Path()), random.Random(seed)
    write = store.write

    async def slow(work: Any) -> Any:
        def late(unit: Any) -> Any:
            answer = work(unit)
            unit.hot(_ROUND_TRIP, {})  # all of it has reached PostgreSQL
            time.sleep(chance.uniform(0, 0.05))
            return answer

        return await write(late)

    store.write = slow  # type: ignore[method-assign, assignment]


async def test_mails_to_both_are_delivered_once_and_no_reader_misses_one(
    replicas: list[Mss], postgres_url: str
) -> None:
    for seed, replica in enumerate(replicas):
        commit_in_any_order(replica, seed)
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
    inserted = await asyncio.to_thread(stored, postgres_url, "SELECT subject FROM message ORDER BY position")
    assert [subject for (subject,) in inserted] != walks[0]
    events = await asyncio.to_thread(stored, postgres_url, "SELECT count(*), count(DISTINCT subject) FROM outbox")
    assert events == [(2 * MAILS, MAILS)]


@asynccontextmanager
async def commits_held(replica: Mss) -> AsyncIterator[tuple[asyncio.Event, asyncio.Event]]:
    """What ``replica`` writes is held open before its commit: tells when the first is there, and ends it when told."""
    held, free = asyncio.Event(), asyncio.Event()
    store = replica.ground.open_store("mss_sim", METADATA, Path())
    write, loop = store.write, asyncio.get_running_loop()

    async def slow(work: Any) -> Any:
        def late(unit: Any) -> Any:
            answer = work(unit)
            unit.hot(_ROUND_TRIP, {})  # all of it has reached PostgreSQL
            loop.call_soon_threadsafe(held.set)
            asyncio.run_coroutine_threadsafe(free.wait(), loop).result(20)
            return answer

        return await write(late)

    store.write = slow  # type: ignore[method-assign, assignment]
    try:
        yield held, free
    finally:
        free.set()
        store.write = write  # type: ignore[method-assign]


async def test_a_mail_whose_commit_is_late_holds_up_none_and_is_missed_by_none(
    replicas: list[Mss], postgres_url: str
) -> None:
    """Inserted first and committed last: it comes after what was seen meanwhile, for every reader and in every list."""
    receiver = replicas[0].boxes(BoxType.PER)[1].address
    async with commits_held(replicas[0]) as (held, free):
        first = asyncio.create_task(replicas[0].send(mail(subject="en retard"), [receiver]))
        await asyncio.wait_for(held.wait(), 20)
        for subject in ("pressé", "plus pressé"):
            code, _ = await asyncio.wait_for(replicas[1].send(mail(subject=subject), [receiver]), 10)
            assert code == 250
            assert (await subjects_of(replicas[1]))[0] == subject  # at once, though a transaction is open
        assert not first.done()
        seen = (await replicas[0].http.get(f"{API}/messages")).json()["messages"]
        free.set()
        assert (await first)[0] == 250
    rows = await asyncio.to_thread(stored, postgres_url, "SELECT subject FROM message ORDER BY position")
    assert [subject for (subject,) in rows] == ["en retard", "pressé", "plus pressé"]
    answer = await replicas[1].http.get(f"{API}/messages/wait", params={"after": seen[0]["ref"], "timeout": 5})
    assert answer.json()["subject"] == "en retard"
    for replica in replicas:
        assert await walk(replica, 3) == ["pressé", "plus pressé", "en retard"]
        assert await subjects_of(replica) == ["en retard", "plus pressé", "pressé"]
        assert await subjects_of(replica, f"{API}/boxes/{receiver}/messages") == ["en retard", "plus pressé", "pressé"]


async def test_readers_of_both_give_each_mail_one_place(replicas: list[Mss], postgres_url: str) -> None:
    """Many mails wait for their places, more than one transaction gives, and many readers come at once."""
    receiver = replicas[0].boxes(BoxType.PER)[1].address
    with patch("mss_sim.order.AT_ONCE", 7):
        for round_ in range(3):
            await send_all(replicas, [f"{round_} {number}" for number in range(20)], receiver)
            answers = await asyncio.gather(*(subjects_of(replica) for replica in replicas * 5))
            assert all(answer == answers[0] for answer in answers)
    rows = await asyncio.to_thread(stored, postgres_url, "SELECT ordinal, subject FROM message ORDER BY ordinal")
    assert [ordinal for ordinal, _ in rows] == list(range(1, 61))
    assert [int(subject.split()[0]) for _, subject in rows] == [0] * 20 + [1] * 20 + [2] * 20
