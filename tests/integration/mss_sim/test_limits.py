"""Size, overload, faults, real patients, citizens' bounces, the stop: each answered in the protocol's words."""

import asyncio
import contextlib
import smtplib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from mss_sim.domain.patients import CITIZEN_DOMAIN
from socle.control.faults import FaultRule
from socle.control.model import Box, BoxType
from socle.control.port import FaultEffect, FaultPoint
from socle.exchange import Outcome
from socle.identifiers.ins import OID_NIR, make_ins
from socle.rules import Strictness
from support.mails import cda, mail, metadata, xdm, zipped
from support.mss_served import Mss, mss
from support.raw_smtp import RawSmtp

API = "/_sandbox/mss_sim"
STRANGER = make_ins(sex="M", year=1951, month=6, place="33063", order=471, oid=OID_NIR)


@pytest.fixture
async def small(tmp_path: Path) -> AsyncIterator[Mss]:
    async with mss(tmp_path, size_limit=20_000, citizen_size_limit=5_000, stop_seconds=5) as running:
        yield running


def two(served: Mss) -> tuple[Box, Box]:
    first, second = served.boxes(BoxType.PER)[:2]
    return first, second


async def stored(served: Mss) -> list[dict[str, object]]:
    found: list[dict[str, object]] = (await served.http.get(f"{API}/messages")).json()["messages"]
    return found


def rules(served: Mss) -> list[str]:
    return [finding.rule.id for finding in served.journal.last.findings]


async def test_too_big_is_told_at_mail_and_at_data(small: Mss) -> None:
    sender, receiver = two(small)
    client = await RawSmtp.ready(small.port, small.context, sender.address)
    assert (await client.ask(f"MAIL FROM:<{sender.address}> SIZE=20001")).startswith("552 5.3.4")
    assert rules(small) == ["mss.smtp.size"]
    assert (await client.ask(f"MAIL FROM:<{sender.address}> SIZE=100")).startswith("250")
    assert (await client.ask(f"RCPT TO:<{receiver.address}>")).startswith("250")
    assert (await client.ask("DATA")).startswith("354")
    await client.say(b"x" * 30_000 + b"\r\n.\r\n")
    assert (await client.reply()).startswith("552 5.3.4")
    assert rules(small) == ["mss.smtp.size"]
    assert (await client.ask("NOOP")).startswith("250")
    assert await stored(small) == []
    await client.close()


async def test_a_citizens_bounce_comes_back_by_mail(small: Mss) -> None:
    sender, _ = two(small)
    citizen = small.boxes(BoxType.CITIZEN)[0]
    gone = make_ins(sex="F", year=1990, month=1, place="63220", order=999)
    for address, raw, code, rule in (
        (citizen.address, mail(text="x" * 6000), "5.3.4", "mss.citizen.size"),
        (f"nobody@{CITIZEN_DOMAIN}", mail(), "5.1.3", "mss.citizen.invalid-address"),
    ):
        assert (await small.send(raw, [address]))[0] == 250
        assert rule in rules(small)
        report = (await small.http.get(f"{API}/messages/wait", params={"to": sender.address})).json()
        assert (report["kind"], report["mailFrom"], report["subject"]) == ("report", "", "Message non distribué")
        content = (await small.http.get(f"{API}/messages/{report['ref']}/raw")).content.decode()
        assert f"Status: {code}" in content
        assert f"Final-Recipient: rfc822; {address}" in content
    accepted, failed = (await small.events(4))[:2]
    assert (accepted.TYPE, failed.TYPE) == ("mss.message.accepted.v1", "mss.message.failed.v1")
    assert (failed.citizen_failed, failed.citizen_delivered, failed.revision) == (1, 0, 2)
    assert gone.value not in repr(small.journal.exchanges)


async def test_a_delivery_report_on_demand_and_none_with_never(served: Mss) -> None:
    sender, receiver = two(served)
    options = {"mail": ["RET=HDRS", "ENVID=e1"], "rcpt": ["NOTIFY=SUCCESS", f"ORCPT=rfc822;{receiver.address}"]}
    assert (await served.send(mail(), [receiver.address], **options))[0] == 250
    report = (await served.http.get(f"{API}/messages/wait", params={"to": sender.address})).json()
    content = (await served.http.get(f"{API}/messages/{report['ref']}/raw")).content.decode()
    for line in ("Original-Envelope-Id: e1", f"Original-Recipient: rfc822;{receiver.address}", "Action: delivered"):
        assert line in content
    assert "Cordialement" not in content
    await served.send(mail(), [f"nobody@{CITIZEN_DOMAIN}"], rcpt=["NOTIFY=NEVER"])
    await served.send(mail(), [f"nobody@{CITIZEN_DOMAIN}"], sender="", login=sender.address)
    assert sum(item["kind"] == "report" for item in await stored(served)) == 1


async def test_a_real_patients_address_is_refused_and_written_nowhere(served: Mss) -> None:
    address = f"{STRANGER.value}@{CITIZEN_DOMAIN}"
    with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
        await served.send(mail(), [address])
    assert refused.value.recipients[address][0] == 550
    await asyncio.sleep(0.05)
    assert rules(served) == ["patient.not-fictitious"]
    assert served.journal.last.redacted
    assert STRANGER.value not in repr(served.journal.exchanges)
    assert await stored(served) == []


GROUPS = " ".join(
    (STRANGER.value[0], *(STRANGER.value[at : at + 2] for at in (1, 3, 5)), *("063", "471"), STRANGER.key)
)
TOLD = f"<td>INS</td><td>{STRANGER.value}</td>"
HIDDEN = f'<id extension="{STRANGER.value}" root="{OID_NIR}"/>'.encode()


@pytest.mark.parametrize(
    "where",
    ["cda", "metadata", "header", "subject", "text", "html", "broken zip", "no cda", "beside", "no metadata"],
)
async def test_a_real_patient_in_the_message_is_refused_before_storing(served: Mss, where: str) -> None:
    _, receiver = two(served)
    raw = {
        "cda": mail(xdm(cda(ins=(STRANGER.value, OID_NIR)))),
        "metadata": mail(xdm(cda(), patient=f"{STRANGER.value}^^^&amp;{OID_NIR}&amp;ISO^NH")),
        "header": mail(headers={"Cc": f"Patient <{STRANGER.value}@{CITIZEN_DOMAIN}>"}),
        "subject": mail(subject=f"=?utf-8?q?N=C2=B0_de_s=C3=A9curit=C3=A9_sociale_{STRANGER.value}?="),
        "text": mail(text=f"Bonjour,\n\nVoici le dossier de M. X, {GROUPS}.\n"),
        "html": mail().replace(b"text/plain", b"text/html").replace(b"Bonjour,", TOLD.encode()),
        "broken zip": mail(b"PK\x03\x04" + cda(ins=(STRANGER.value, OID_NIR))),
        "no cda": mail(xdm(b"<Autre>" + HIDDEN + b"</Autre>")),
        "beside": mail(zipped({"IHE_XDM/SUBSET01/METADATA.XML": metadata([]), "IHE_XDM/AUTRE.XML": HIDDEN})),
        "no metadata": mail(zipped({"IHE_XDM/SUBSET01/DOC.XML": cda(ins=(STRANGER.value, OID_NIR))})),
    }[where]
    code, text = await served.send(raw, [receiver.address])
    assert (code, text[:5]) == (554, b"5.7.1")
    assert served.journal.last.redacted
    assert served.journal.last.request.body == ()
    assert await stored(served) == []


@pytest.mark.parametrize("point", list(FaultPoint))
async def test_faults_refuse_at_the_three_points(served: Mss, point: FaultPoint) -> None:
    _, receiver = two(served)
    operation = "DATA"
    rule = FaultRule("f1", "default", FaultEffect.REFUSE, point, "mss_sim", operation, times=1, code="452 4.2.2")
    await asyncio.to_thread(served.control.add_fault_rule, rule)
    try:
        code = (await served.send(mail(), [receiver.address]))[0]
    except smtplib.SMTPDataError as refused:  # before the content was sent
        code = refused.smtp_code
    assert code == 452
    exchange = served.journal.last
    assert (exchange.outcome, exchange.status, exchange.fault) == (Outcome.FAULT, 452, "f1")
    assert len(await stored(served)) == (1 if point is FaultPoint.BEFORE_ANSWER else 0)
    assert (await served.send(mail(), [receiver.address]))[0] == 250


@pytest.mark.parametrize("operation", ["AUTH", "MAIL", "RCPT", "DATA"])
async def test_faults_cut_the_connection(served: Mss, operation: str) -> None:
    _, receiver = two(served)
    rule = FaultRule("cut", "default", FaultEffect.CUT, FaultPoint.RECEIVED, "mss_sim", operation, times=1)
    await asyncio.to_thread(served.control.add_fault_rule, rule)
    with pytest.raises((smtplib.SMTPServerDisconnected, ConnectionError)):
        await served.send(mail(), [receiver.address])
    assert (await served.send(mail(), [receiver.address]))[0] == 250


async def test_a_latency_is_waited_for(served: Mss) -> None:
    _, receiver = two(served)
    rule = FaultRule("slow", "default", FaultEffect.LATENCY, FaultPoint.BEFORE_COMMIT, times=1, latency_ms=300)
    await asyncio.to_thread(served.control.add_fault_rule, rule)
    assert (await served.send(mail(), [receiver.address]))[0] == 250
    assert served.journal.last.duration_ms > 300


@pytest.mark.parametrize("code", ["200", "nonsense", None])
async def test_a_fault_code_that_is_none_gives_451(served: Mss, code: str | None) -> None:
    _, receiver = two(served)
    rule = FaultRule("f", "default", FaultEffect.REFUSE, operation="MAIL", code=code, reason="é\r\nx", times=1)
    await asyncio.to_thread(served.control.add_fault_rule, rule)
    with pytest.raises(smtplib.SMTPSenderRefused) as refused:
        await served.send(mail(), [receiver.address])
    assert refused.value.smtp_code == 451


@pytest.mark.parametrize("strictness", list(Strictness))
async def test_an_archive_that_is_a_bomb_or_slips_is_refused(served: Mss, strictness: Strictness) -> None:
    _, receiver = two(served)
    await asyncio.to_thread(served.control.configure, "default", strictness=strictness)
    bomb = zipped({"IHE_XDM/SUBSET01/METADATA.XML": b" " * 30_000_000})
    for archive, rule in ((bomb, "mss.xdm.bomb"), (zipped({"../x": b""}), "mss.xdm.unsafe-path")):
        assert (await served.send(mail(archive), [receiver.address]))[0] == 554
        assert rule in rules(served)
    assert await stored(served) == []


async def test_a_large_archive_is_described_in_a_thread(served: Mss) -> None:
    _, receiver = two(served)
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
    sender, receiver = two(small)
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
    assert len(await stored(small)) == 1
    for client in (busy, idle):
        await client.close()


async def test_who_stalls_at_the_stop_is_cut(tmp_path: Path) -> None:
    async with mss(tmp_path, stop_seconds=0.2) as running:
        sender, _ = two(running)
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
    _, receiver = two(served)
    assert (await served.send(mail(), [receiver.address]))[0] == 451
    assert served.journal.last.request.body == ()  # nobody looked whether it is a real patient's
    assert served.journal.last.outcome is Outcome.OVERLOAD
    assert rules(served) == ["mss.smtp.busy"]


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
