"""Each rule of the submission dialogue and of citizens' boxes, broken alone by one client and satisfied by another."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from mss_sim.app import MIGRATIONS
from mss_sim.domain.patients import CITIZEN_DOMAIN
from mss_sim.exchanges import SERVICE
from mss_sim.tables import METADATA
from socle.control.model import Box, BoxType
from socle.control.population.codec import Items
from socle.control.population.index import citizen_address
from socle.store import StoreFailed
from support.mails import mail
from support.mss_served import Mss, mss
from support.psc_served import Psc, psc
from support.raw_smtp import RawSmtp
from support.rule_table import RuleTable
from support.signed import pki_folder
from support.xoauth2 import shown

SOUND = mail()


@dataclass(slots=True)
class Bench:
    """MSSanté and the provider of its tokens, on one data folder."""

    mss: Mss
    provider: Psc
    sender: Box
    receiver: Box

    def told(self) -> list[str]:
        """The rules told since the last time, in every exchange."""
        found = [finding.rule.id for one in self.mss.journal.exchanges for finding in one.findings]
        self.mss.journal.exchanges.clear()
        return found

    async def ready(self, workspace: str = "default") -> RawSmtp:
        return await RawSmtp.ready(self.mss.port, self.mss.context, f"{workspace}/{self.sender.address}")

    async def token(self, **how: object) -> str:
        answer = await self.provider.http.post("/_sandbox/psc_sim/tokens", json={"rpps": self.sender.rpps, **how})
        token: str = answer.json()["access_token"]
        return token

    async def shows(self, secret: str) -> str:
        return await shown(self.mss, self.sender.address, secret)


Play = Callable[[Bench], Awaitable[object]]


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    async with psc(tmp_path, keys=pki_folder()) as provider, mss(tmp_path, citizen_size_limit=20_000) as served:
        yield Bench(served, provider, *served.boxes(BoxType.PER)[:2])


def asks(*commands: str) -> Play:
    """``{me}`` and ``{you}`` stand for the two boxes."""

    async def play(bench: Bench) -> None:
        client = await bench.ready()
        for command in (*commands, "RSET"):  # which ends the transaction, and its exchange, before it is answered
            await client.ask(command.format(me=bench.sender.address, you=bench.receiver.address))
        await client.close()

    return play


def writes(raw: bytes) -> Play:
    """The content as it stands: a library would put its line ends right."""

    async def play(bench: Bench) -> None:
        client = await bench.ready()
        for command in (f"MAIL FROM:<{bench.sender.address}>", f"RCPT TO:<{bench.receiver.address}>", "DATA"):
            await client.ask(command)
        await client.say(raw.replace(b"\r\n.", b"\r\n..") + b"\r\n.\r\n")
        await client.reply()
        await client.close()

    return play


def to_box(state: str) -> Play:
    async def play(bench: Bench) -> None:
        box = replace(bench.receiver, address=f"{state}.{bench.receiver.address}", state=state)
        await asyncio.to_thread(bench.mss.control.put_people, "default", Items(boxes=(box,)))
        await asks("MAIL FROM:<{me}>", f"RCPT TO:<{box.address}>")(bench)

    return play


def to_citizen(state: str, raw: bytes = SOUND) -> Play:
    async def play(bench: Bench) -> None:
        control = bench.mss.control
        person = next(one for one in control.population("default").persons if one.ins is not None)
        assert person.ins is not None
        changed = Items(persons=(replace(person, citizen_mailbox=state),))
        await asyncio.to_thread(control.put_people, "default", changed)
        assert (await bench.mss.send(raw, [citizen_address(person.ins)]))[0] == 250

    return play


async def to_no_number(bench: Bench) -> None:
    await bench.mss.send(SOUND, [f"nobody@{CITIZEN_DOMAIN}"])


async def injects(bench: Bench) -> None:
    client = await RawSmtp.open(bench.mss.port, bench.mss.context)
    await client.ask("EHLO test")
    await client.say(b"STARTTLS\r\nNOOP\r\n")
    assert (await client.reply()).startswith("220")
    await client.writer.start_tls(client.context)
    await client.close()


async def revoked(bench: Bench) -> None:
    token, until = await bench.token(flaw="revoked"), time.monotonic() + 30
    while (await bench.shows(token)).startswith("235"):
        assert time.monotonic() < until, "the provider's word has not come"
        await asyncio.sleep(0.05)


async def anothers(bench: Bench) -> None:
    await bench.shows(await bench.token(rpps=bench.mss.boxes(BoxType.PER)[-1].rpps))


async def overloaded(bench: Bench) -> None:
    gate = bench.mss.ground.admission(SERVICE)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gate, "_free", 0)
        patch.setattr(gate, "_queue", 0)
        await bench.mss.send(SOUND, [bench.receiver.address])


async def not_stored(bench: Bench) -> None:
    async def write(work: object) -> None:
        raise StoreFailed("the server is away")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bench.mss.ground.open_store(SERVICE, METADATA, MIGRATIONS), "write", write)
        await bench.mss.send(SOUND, [bench.receiver.address])


async def workspace_gone(bench: Bench) -> None:
    await asyncio.to_thread(bench.mss.control.create_workspace, "ws1")
    client = await bench.ready("ws1")
    await asyncio.to_thread(bench.mss.control.delete_workspace, "ws1")
    await client.ask(f"MAIL FROM:<{bench.sender.address}>")
    await client.close()


BROKEN: list[tuple[str, Play]] = [
    ("citizen.closed", to_citizen("closed")),
    ("citizen.full", to_citizen("full")),
    ("citizen.invalid-address", to_no_number),
    ("citizen.size", to_citizen("open", mail(text="x" * 30_000))),
    ("citizen.unknown", to_citizen("none")),
    ("smtp.auth-failed", lambda bench: bench.shows("hunter2")),
    ("smtp.bare-newline", writes(SOUND.replace(b"\r\nVeuillez", b"\nVeuillez"))),
    ("smtp.box-right", anothers),
    ("smtp.busy", overloaded),
    ("smtp.closed", to_box("closed")),
    ("smtp.full", to_box("full")),
    ("smtp.lone-dot", writes(SOUND.replace(b"\r\n.\r\n", b"\n.\r\n"))),
    ("smtp.not-stored", not_stored),
    ("smtp.sender", asks("MAIL FROM:<{you}>")),
    ("smtp.size", asks("MAIL FROM:<{me}> SIZE=999999999")),
    ("smtp.starttls-injection", injects),
    ("smtp.token", lambda bench: bench.shows("ni.un.jeton")),
    ("smtp.token-revoked", revoked),
    ("smtp.unknown-domain", asks("MAIL FROM:<{me}>", "RCPT TO:<dr@example.org>")),
    ("smtp.unknown-recipient", asks("MAIL FROM:<{me}>", "RCPT TO:<personne.{you}>")),
    ("smtp.workspace-gone", workspace_gone),
]


async def test_each_rule_is_broken_alone_and_satisfied(
    bench: Bench, record_property: Callable[[str, object], None]
) -> None:
    table = RuleTable("MSSanté, session")
    for name, play in BROKEN:
        await play(bench)
        table.case(f"breaks {name}", bench.told(), f"mss.{name}")
    assert (await bench.shows(await bench.token())).startswith("235")
    await bench.mss.send(SOUND, [bench.receiver.address])
    await to_citizen("open")(bench)
    table.case("a token, and mails to a professional and a citizen", bench.told())
    table.close(record_property)
