"""A mail's whole way: smtplib, STARTTLS, AUTH, boxes, events, JSON API, byte for byte."""

import asyncio
import smtplib

import pytest

from mss_sim.app import MIGRATIONS
from mss_sim.exchanges import SERVICE
from mss_sim.tables import METADATA
from socle.control.model import BoxType
from socle.exchange import Outcome
from socle.store import StoreFailed
from support.mails import cda, mail, xdm
from support.mss_served import Mss

API = "/_sandbox/mss_sim"


async def test_smtplib_delivers_and_every_view_tells_the_same(served: Mss) -> None:
    sender, receiver = served.boxes(BoxType.PER)[:2]
    citizen = served.boxes(BoxType.CITIZEN)[0]
    archive = xdm(cda())
    raw = mail(archive)

    code, text = await served.send(raw, [receiver.address, citizen.address])

    assert code == 250, text
    ref = text.decode().split()[-1]
    exchange = served.journal.last
    assert exchange.id == ref
    assert (exchange.outcome, exchange.status, exchange.subject) == (Outcome.ACCEPTED, 250, ref)
    assert exchange.tls is not None
    assert [name for name, _ in exchange.request.headers] == ["MAIL", "RCPT", "RCPT", "DATA"]

    for address in (receiver.address, citizen.address):
        listed = (await served.http.get(f"{API}/boxes/{address}/messages")).json()["messages"]
        assert [item["ref"] for item in listed] == [ref]
    shown = (await served.http.get(f"{API}/messages/{ref}")).json()
    assert shown["mailFrom"] == sender.address
    assert shown["archives"][0]["documents"][0]["setId"] == "1.2.3.1"
    assert shown["archives"][0]["documents"][0]["stayId"] == "1.2.3.4.5^S1"
    assert [part["contentType"] for part in shown["parts"]] == ["text/plain", "application/zip", "application/pdf"]
    assert shown["findings"] == []
    assert (await served.http.get(f"{API}/messages/{ref}/raw")).content == raw
    assert (await served.http.get(f"{API}/messages/{ref}/parts/2")).content == archive

    accepted, delivered = await served.events(2)
    assert (accepted.TYPE, delivered.TYPE) == ("mss.message.accepted.v1", "mss.message.delivered.v1")
    assert (accepted.revision, delivered.revision) == (1, 2)
    assert exchange.events
    assert (delivered.pro_delivered, delivered.citizen_delivered) == (1, 1)
    assert accepted.finess_eg == sender.finess_eg
    assert accepted.attributed_by == "box"
    assert accepted.software == "12345"
    document = accepted.docs[0]
    assert (document.type_code, document.set_id, document.stay_id) == ("11488-4", "1.2.3.1", "1.2.3.4.5^S1")
    assert document.linked_by == "encounter-id"
    assert document.level == "N3"
    for secret in ("@", "279035121518989", "PAT-TROIS"):
        assert secret not in accepted.model_dump_json()


async def test_delivery_is_byte_exact_whatever_the_bytes(served: Mss) -> None:
    receiver = served.boxes(BoxType.PER)[1]
    raw = b"Subject: =?utf-8?q?=C3=A9?=\r\n\r\n.\r\n..\r\n" + bytes(range(14, 256)) + b"\r\n" + b"x" * 5000 + b"\r\n"
    code, text = await served.send(raw, [receiver.address])
    assert code == 250
    ref = text.decode().split()[-1]
    assert (await served.http.get(f"{API}/messages/{ref}/raw")).content == raw
    assert (await served.http.get(f"{API}/messages/{ref}")).json()["subject"] == "é"


async def test_a_large_mail_is_spooled_and_stays_exact(served: Mss) -> None:
    receiver = served.boxes(BoxType.PER)[1]
    line = b"." * 70 + b"\r\n"
    raw = b"Subject: gros\r\n\r\n" + line * 60_000
    code, text = await served.send(raw, [receiver.address])
    assert code == 250, text
    ref = text.decode().split()[-1]
    assert (await served.http.get(f"{API}/messages/{ref}/raw")).content == raw
    assert not list(served.ground.spool_dir.iterdir())


async def test_unknown_closed_and_full_boxes_and_foreign_domains(served: Mss) -> None:
    receiver = served.boxes(BoxType.PER)[1]
    domain = receiver.address.partition("@")[2]
    sent = mail()
    for address, code, rule in (
        (f"nobody@{domain}", 550, "mss.smtp.unknown-recipient"),
        ("dr@example.org", 550, "mss.smtp.unknown-domain"),
    ):
        with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
            await served.send(sent, [address])
        assert refused.value.recipients[address][0] == code
        await asyncio.sleep(0.05)
        exchange = served.journal.last
        assert [finding.rule.id for finding in exchange.findings] == [rule]
        assert exchange.outcome is Outcome.REFUSED


async def test_one_bad_recipient_does_not_stop_the_others(served: Mss) -> None:
    receiver = served.boxes(BoxType.PER)[1]
    code, _ = await served.send(mail(), ["dr@example.org", receiver.address])
    assert code == 250
    assert [finding.rule.id for finding in served.journal.last.findings] == ["mss.smtp.unknown-domain"]
    assert (await served.events(2))[0].pro_recipients == 1


async def test_wrong_password_and_unknown_login(served: Mss) -> None:
    def attempt(login: str, password: str) -> int:
        with served.connect() as client:
            try:
                client.login(login, password)
            except smtplib.SMTPAuthenticationError as error:
                return error.smtp_code
        return 235

    address = served.boxes(BoxType.PER)[0].address
    assert await asyncio.to_thread(attempt, address, "hunter2") == 535
    assert await asyncio.to_thread(attempt, "nobody@nowhere.fr", "socles") == 535
    assert await asyncio.to_thread(attempt, f"nosuch/{address}", "socles") == 535
    assert await asyncio.to_thread(attempt, address.upper(), "socles") == 235
    assert [item.findings[0].rule.id for item in served.journal.exchanges[:3]] == ["mss.smtp.auth-failed"] * 3
    assert "hunter2" not in repr(served.journal.exchanges)


async def test_only_ones_own_box_or_the_null_sender_may_send(served: Mss) -> None:
    mine, other = served.boxes(BoxType.PER)[:2]
    with pytest.raises(smtplib.SMTPSenderRefused) as refused:
        await served.send(mail(), [other.address], sender=other.address, login=mine.address)
    assert refused.value.smtp_code == 553
    assert served.journal.last.findings[0].rule.id == "mss.smtp.sender"
    code, _ = await served.send(mail(), [other.address], sender="", login=mine.address)
    assert code == 250


async def test_a_workspace_is_chosen_by_login_and_by_domain(served: Mss) -> None:
    await asyncio.to_thread(served.control.create_workspace, "ws1")
    sender, receiver = served.boxes(BoxType.PER)[:2]
    local, _, domain = receiver.address.partition("@")
    code, _ = await served.send(mail(), [f"{local}@ws1.{domain}"], sender=sender.address, login=f"ws1/{sender.address}")
    assert code == 250
    own, _, home = sender.address.partition("@")
    code, _ = await served.send(mail(), [receiver.address], sender=f"{own}@ws1.{home}")
    assert code == 250
    path = f"{API}/boxes/{receiver.address}/messages"
    assert len((await served.http.get(path, headers={"x-test-workspace": "ws1"})).json()["messages"]) == 2
    assert (await served.http.get(path)).json()["messages"] == []
    assert {event.workspace for event in await served.events(4)} == {"ws1"}


async def test_wait_returns_as_soon_as_the_message_is_there(served: Mss) -> None:
    receiver = served.boxes(BoxType.PER)[1]
    waiting = asyncio.create_task(
        served.http.get(f"{API}/messages/wait", params={"to": receiver.address, "subject": "attendu", "timeout": 40})
    )
    await asyncio.sleep(0.1)
    await served.send(mail(subject="autre chose"), [receiver.address])
    assert not waiting.done()
    started = asyncio.get_running_loop().time()
    await served.send(mail(subject="Message attendu"), [receiver.address])
    answer = await waiting
    assert asyncio.get_running_loop().time() - started < 20
    assert answer.json()["subject"] == "Message attendu"
    missing = await served.http.get(f"{API}/messages/wait", params={"subject": "jamais", "timeout": 0.1})
    assert missing.status_code == 404
    after = await served.http.get(
        f"{API}/messages/wait", params={"to": receiver.address, "after": answer.json()["ref"], "timeout": 0.1}
    )
    assert after.status_code == 404


async def test_search(served: Mss) -> None:
    sender, receiver = served.boxes(BoxType.PER)[:2]
    await served.send(mail(subject="100% sûr", message_id="<a@b>"), [receiver.address])
    await served.send(mail(subject="sans rapport", message_id="<c@d>"), [receiver.address])

    async def subjects(**criteria: str) -> list[str]:
        found = (await served.http.get(f"{API}/messages", params=criteria)).json()["messages"]
        return [item["subject"] for item in found]

    assert await subjects(subject="100%") == ["100% sûr"]
    assert await subjects(messageId="<c@d>") == ["sans rapport"]
    assert await subjects(subject="SÛR") == ["100% sûr"]
    assert await subjects(q="c@d") == ["sans rapport"]
    assert await subjects(q=receiver.address.upper()) == ["sans rapport", "100% sûr"]
    assert await subjects(q="delivered") == []
    assert await subjects(q="\0", to="\0", messageId="\0", after="\0") == []
    assert await subjects(**{"from": sender.address}) == ["sans rapport", "100% sûr"]
    assert await subjects(to=sender.address) == []
    boxes = (await served.http.get(f"{API}/boxes")).json()["boxes"]
    assert {box["address"]: box["messages"] for box in boxes}[receiver.address] == 2
    for path in ("messages/nope", "messages/nope/raw", "boxes/no@where/messages"):
        assert (await served.http.get(f"{API}/{path}")).status_code == 404


async def test_headers_that_no_database_keeps_as_they_are(served: Mss) -> None:
    receiver = served.boxes(BoxType.PER)[1]
    for encoded in ("a=00b?=", "+2AA-?="):
        raw = mail().replace(b"Subject: ", f"Subject: =?utf-{'8' if '=00' in encoded else '7'}?q?{encoded} ".encode())
        assert (await served.send(raw, [receiver.address]))[0] == 250
    found = (await served.http.get(f"{API}/messages")).json()["messages"]
    assert [item["subject"][:4].strip() for item in found] == ["? Bo", "a\ufffdb"]


async def test_a_message_that_the_database_did_not_keep_may_be_sent_again(
    served: Mss, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def write(work: object) -> None:
        raise StoreFailed("the server is away")

    receiver = served.boxes(BoxType.PER)[1]
    monkeypatch.setattr(served.ground.open_store(SERVICE, METADATA, MIGRATIONS), "write", write)
    code, text = await served.send(mail(), [receiver.address])
    assert (code, text) == (451, b"4.3.0 The database did not store the message")
    assert served.journal.last.outcome is Outcome.ERROR
    assert [finding.rule.id for finding in served.journal.last.findings][-1] == "mss.smtp.not-stored"
    monkeypatch.undo()
    assert (await served.send(mail(), [receiver.address]))[0] == 250
