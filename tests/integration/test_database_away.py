"""PostgreSQL goes and comes back under traffic: each protocol says 'try again later', and nothing needs a restart."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from mss_sim.domain import smtp_rules
from socle.control.model import BoxType
from support.dmp_cda import cda
from support.dmp_message import deposit, describe
from support.dmp_served import Dmp, dmp
from support.ins_served import Insi, insi
from support.insi import message as question_of
from support.insi import zoe
from support.mails import mail
from support.mss_served import Mss, mss
from support.postgres import PostgresServer, fresh_database

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(300)]

AWAY_SECONDS = 1.0
BACK_SECONDS = 10.0
"""Within this, after PostgreSQL takes connections again, every service accepts acts again."""


@dataclass(slots=True)
class Sender:
    """Sends one act after another until it is told to stop; remembers what it was answered."""

    send: Callable[[int], Awaitable[str]]
    """Gives ``accepted``, ``later``, or what else was said."""
    accepted: list[int] = field(default_factory=list)
    others: list[str] = field(default_factory=list)
    stopping: bool = False

    async def run(self) -> None:
        for number in itertools.count():
            if self.stopping:
                return
            said = await self.send(number)
            if said == "accepted":
                self.accepted.append(number)
            else:
                self.others.append(said)
            await asyncio.sleep(0.01)

    async def goes_on(self) -> None:
        """Wait for the next act that is accepted."""
        before = len(self.accepted)
        async with asyncio.timeout(BACK_SECONDS):
            while len(self.accepted) < before + 2:
                await asyncio.sleep(0.02)


@pytest.fixture
def away_url(postgres_server: PostgresServer) -> Iterator[str]:
    with fresh_database(postgres_server.url()) as url:
        yield url


@pytest.fixture
async def services(tmp_path: Path, away_url: str) -> AsyncIterator[tuple[Dmp, Insi, Mss]]:
    async with AsyncExitStack() as stack:
        yield (
            await stack.enter_async_context(dmp(tmp_path / "dmp", database=away_url)),
            await stack.enter_async_context(insi(tmp_path / "ins", database=away_url)),
            await stack.enter_async_context(mss(tmp_path / "mss", database=away_url)),
        )


def unique_id(number: int) -> str:
    return f"1.2.250.1.999.6.{number}"


def senders(repository: Dmp, identities: Insi, mails: Mss) -> dict[str, Sender]:
    receiver = mails.boxes(BoxType.PER)[1].address

    async def document(number: int) -> str:
        answer = await repository.deposit(deposit([describe(cda(root=unique_id(number)))]))
        if answer.accepted:
            return "accepted"
        return "later" if answer.errors == ["XDSRepositoryBusy"] else answer.http.text

    async def question(number: int) -> str:
        answer = await identities.call(question_of(zoe()))
        if answer.status_code == 200:
            return "accepted"
        later = answer.status_code == 500 and answer.headers.get("retry-after") == "1"
        return "later" if later else answer.text

    async def message(number: int) -> str:
        code, text = await mails.send(mail(subject=f"n° {number}"), [receiver])
        if code == 250:
            return "accepted"
        later = smtp_rules.NOT_STORED
        return "later" if f"{code} {text.decode()}" == f"{later.error_code} {later.title_en}" else text.decode()

    return {"dmp": Sender(document), "insi": Sender(question), "mss": Sender(message)}


@pytest.mark.parametrize("crash", [False, True], ids=["restart", "crash"])
async def test_every_protocol_says_later_and_goes_on_when_it_is_back(
    services: tuple[Dmp, Insi, Mss], postgres_server: PostgresServer, *, crash: bool
) -> None:
    sending = senders(*services)
    tasks = [asyncio.create_task(sender.run()) for sender in sending.values()]
    await asyncio.gather(*(sender.goes_on() for sender in sending.values()))
    await asyncio.to_thread(postgres_server.kill if crash else postgres_server.stop)
    await asyncio.sleep(AWAY_SECONDS)
    assert not any(task.done() for task in tasks)
    await asyncio.to_thread(postgres_server.start)
    await asyncio.gather(*(sender.goes_on() for sender in sending.values()))
    for sender in sending.values():
        sender.stopping = True
    await asyncio.gather(*tasks)

    for name, sender in sending.items():
        assert sender.others, f"{name} noticed nothing: the test proves nothing"
        assert set(sender.others) == {"later"}, name
    repository, _, mails = services
    listed = (await repository.http.get("/_sandbox/dmp_sim/documents", params={"limit": 1000})).json()
    kept = {one["uniqueId"] for one in listed}
    assert {unique_id(number) for number in sending["dmp"].accepted} <= kept
    assert len(kept) <= len(sending["dmp"].accepted) + 1, "one act at most was lost with its connection during COMMIT"
    found = (await mails.http.get("/_sandbox/mss_sim/messages", params={"limit": 500})).json()["messages"]
    subjects = [item["subject"] for item in found]
    assert {f"n° {number}" for number in sending["mss"].accepted} <= set(subjects)
    assert len(subjects) == len(set(subjects))
