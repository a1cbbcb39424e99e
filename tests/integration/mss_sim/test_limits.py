"""Size, archives, overload, connections, the stop: each answered in the protocol's words."""

import asyncio
import contextlib
from pathlib import Path

import pytest

from socle.exchange import Outcome
from socle.rules import Strictness
from support.mails import cda, mail, xdm, zipped
from support.mss_served import Mss, mss
from support.raw_smtp import RawSmtp


async def test_too_big_is_told_at_mail_and_at_data(small: Mss) -> None:
    sender, receiver = small.two
    client = await RawSmtp.ready(small.port, small.context, sender.address)
    assert (await client.ask(f"MAIL FROM:<{sender.address}> SIZE=20001")).startswith("552 5.3.4")
    assert small.rules == ["mss.smtp.size"]
    assert (await client.ask(f"MAIL FROM:<{sender.address}> SIZE=100")).startswith("250")
    assert (await client.ask(f"RCPT TO:<{receiver.address}>")).startswith("250")
    assert (await client.ask("DATA")).startswith("354")
    await client.say(b"x" * 30_000 + b"\r\n.\r\n")
    assert (await client.reply()).startswith("552 5.3.4")
    assert small.rules == ["mss.smtp.size"]
    assert (await client.ask("NOOP")).startswith("250")
    assert await small.stored() == []
    await client.close()


@pytest.mark.parametrize("strictness", list(Strictness))
async def test_an_archive_that_is_a_bomb_or_slips_is_refused(served: Mss, strictness: Strictness) -> None:
    _, receiver = served.two
    await asyncio.to_thread(served.control.configure, "default", strictness=strictness)
    bomb = zipped({"IHE_XDM/SUBSET01/METADATA.XML": b" " * 30_000_000})
    for archive, rule in ((bomb, "mss.xdm.bomb"), (zipped({"../x": b""}), "mss.xdm.unsafe-path")):
        assert (await served.send(mail(archive), [receiver.address]))[0] == 554
        assert rule in served.rules
    assert await served.stored() == []


async def test_a_large_archive_is_described_in_a_thread(served: Mss) -> None:
    _, receiver = served.two
    sections = b"".join(b"<a>%d</a>" % number for number in range(100_000))
    document = cda().replace(b"<structuredBody/>", b"<structuredBody>" + sections + b"</structuredBody>")
    assert (await served.send(mail(xdm(document)), [receiver.address]))[0] == 250
    assert (await served.events(2))[0].docs[0].type_code == "11488-4"


async def test_too_many_connections_are_told(tmp_path: Path) -> None:
    async with mss(tmp_path, max_connections=1) as running:
        first = await RawSmtp.open(running.port, running.context)
        reader, writer = await asyncio.open_connection("127.0.0.1", running.port)
        assert (await reader.readline()).startswith(b"421 4.3.2")
        writer.close()
        await first.close()


async def test_a_mail_under_way_finishes_at_the_stop(small: Mss) -> None:
    sender, receiver = small.two
    busy = await RawSmtp.ready(small.port, small.context, sender.address)
    idle = await RawSmtp.ready(small.port, small.context, sender.address)
    await busy.ask(f"MAIL FROM:<{sender.address}>")
    await busy.ask(f"RCPT TO:<{receiver.address}>")
    await busy.ask("DATA")
    await busy.say(b"Subject: half\r\n\r\n")
    port = small.port
    stopping = asyncio.create_task(small.service.stop())
    assert (await idle.reply()).startswith("421")
    with pytest.raises(ConnectionRefusedError):
        await RawSmtp.open(port, small.context)
    await busy.say(b"whole\r\n.\r\n")
    assert (await busy.reply()).startswith("250")
    assert (await busy.reply()).startswith("421")
    await stopping
    assert len(await small.stored()) == 1
    for client in (busy, idle):
        await client.close()


async def test_who_stalls_at_the_stop_is_cut(tmp_path: Path) -> None:
    async with mss(tmp_path, stop_seconds=0.2) as running:
        sender, _ = running.two
        client = await RawSmtp.ready(running.port, running.context, sender.address)
        await client.ask(f"MAIL FROM:<{sender.address}>")
        await running.service.stop()
        with contextlib.suppress(ConnectionError):
            assert await client.reply() == ""
        await client.close()


async def test_overload_is_451(served: Mss, monkeypatch: pytest.MonkeyPatch) -> None:
    gate = served.ground.admission("mss_sim")
    monkeypatch.setattr(gate, "_free", 0)
    monkeypatch.setattr(gate, "_queue", 0)
    _, receiver = served.two
    assert (await served.send(mail(), [receiver.address]))[0] == 451
    assert served.journal.last.request.body == ()  # nobody looked whether it is a real patient's
    assert served.journal.last.outcome is Outcome.OVERLOAD
    assert served.rules == ["mss.smtp.busy"]


async def test_who_is_silent_too_long_is_let_go(tmp_path: Path) -> None:
    async with mss(tmp_path, idle_seconds=2) as running:
        client = await RawSmtp.open(running.port, running.context)
        for _ in range(4):
            await asyncio.sleep(0.6)
            assert (await client.ask("NOOP")).startswith("250")
        started = asyncio.get_running_loop().time()
        assert await client.reply() == ""
        assert asyncio.get_running_loop().time() - started < 20
        await client.close()
