"""Broken mails, mended by the API and really sent again."""

import asyncio
import smtplib
import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from mss_sim.app import MssService, build
from mss_sim.domain.mending import MENDERS
from mss_sim.settings import MssSettings
from socle.control.model import BoxType
from socle.ground import Ground
from support.mails import SUBJECT, cda, mail, xdm
from support.mending_served import Bench, Sent, served

DOC = cda()
ACCENTED = cda(label="CR opératoire", code="34874-8")
MENDABLE = [
    ("eco.message-id", mail(message_id=None)),
    ("eco.message-id", mail(message_id="<no-at-sign>")),
    ("eco.x-mss-codecda", mail(xdm(DOC), headers={"X-MSS-CODECDA": "34112-3"})),
    ("eco.x-mss-codecda", mail(headers={"X-MSS-CODECDA": "34112-3"})),
    ("eco.x-mss-ins", mail(xdm(DOC), headers={"X-MSS-INS": "N"})),
    ("eco.subject", mail(xdm(DOC), subject="Compte rendu de Mme PAT-TROIS 28/03/1979")),
    ("eco.subject", mail(xdm(DOC), subject=SUBJECT.replace("PAT-TROIS", "PAT-QUATRE"))),
    ("eco.subject", mail(xdm(ACCENTED), subject="Une opération", headers={"X-MSS-CODECDA": "34874-8"})),
    ("eco.utf-8", mail().replace(b'charset="utf-8"', b'charset="iso-8859-1"')),
    ("eco.utf-8", mail().replace(b"Veuillez", b"Ve\xe9illez")),
    ("eco.utf-8", mail(xdm(DOC)).replace(b"Veuillez", b"Ve\xe9illez")),
    ("smtp.bare-newline", mail().replace(b"\r\nVeuillez", b"\nVeuillez")),
    ("smtp.lone-dot", mail().replace(b"\r\n.\r\n", b"\n.\r\n")),
    ("xdm.hash-differs", mail(xdm(DOC, hash="0" * 40))),
    ("xdm.size-differs", mail(xdm(DOC, size="1", folder="IHE_XDM\\SUBSET01"))),
    ("xdm.document-missing", mail(xdm(DOC).replace(b"DOC00001.XML", b"DOC00002.XML"))),
]
HUMAN = [
    ("eco.pdf-missing", mail(xdm(DOC), pdf=None)),
    ("eco.xdm-missing", mail(subject=SUBJECT)),
    ("eco.x-mss-nil", mail(headers={"X-MSS-NIL": ""})),
    ("eco.body", mail().replace(b"text/plain", b"text/html")),
]


@dataclass(slots=True)
class Post:
    """The service, and a client that sends by SMTP."""

    bench: Bench
    port: int
    address: str

    async def send(self, raw: bytes) -> Sent:
        await asyncio.to_thread(self._send, raw)
        found = await self.bench.http.get("/_sandbox/exchanges", params={"operation": "DATA", "limit": 1})
        return await self.bench.told(found.json()["items"][0]["id"])

    def _send(self, raw: bytes) -> None:
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        with smtplib.SMTP("127.0.0.1", self.port, timeout=20) as client:
            client.starttls(context=context)
            client.login(self.address, "socles")
            client.mail(self.address)
            client.rcpt(self.address)
            client.docmd("DATA")
            # smtplib would stuff dots after a bare line end too
            client.send(raw.replace(b"\r\n.", b"\r\n..").removesuffix(b"\r\n") + b"\r\n.\r\n")
            client.getreply()

    async def again(self, exchange: str) -> tuple[bytes, set[str], set[str], Sent]:
        view, body = await self.bench.mended(exchange)
        assert body.headers["content-type"] == "message/rfc822" == view["contentType"]
        changed = {change["rule"] for change in view["changes"]}
        return body.content, changed, {left["rule"] for left in view["left"]}, await self.send(body.content)


@pytest.fixture
async def post(tmp_path: Path) -> AsyncIterator[Post]:
    services: list[MssService] = []

    def one(ground: Ground) -> MssService:
        services.append(build(ground, MssSettings(smtp_port=0)))
        return services[0]

    async with served(one, tmp_path) as bench:
        boxes = bench.ground.control.population("default").boxes
        address = min(box.address for box in boxes if box.type is BoxType.PER and box.state == "open")
        yield Post(bench, services[0].smtp_address[1], address)


def test_every_mender_is_exercised() -> None:
    assert {mender.rule for mender in MENDERS} == {f"mss.{rule}" for rule, _ in MENDABLE}


async def test_broken_mails_are_mended_and_accepted(post: Post) -> None:
    for name, raw in MENDABLE:
        rule = f"mss.{name}"
        first = await post.send(raw)
        assert rule in first.rules, name
        _, changed, left, sent = await post.again(first.exchange)
        assert rule in changed, name
        assert (left, sent.rules, sent.outcome) == (set(), set(), "accepted"), name


async def test_what_a_human_decides_is_left_to_him(post: Post) -> None:
    for name, raw in HUMAN:
        first = await post.send(raw)
        body, changed, left, sent = await post.again(first.exchange)
        assert (body, changed, left, sent.rules) == (raw, set(), {f"mss.{name}"}, {f"mss.{name}"})


async def test_only_the_header_is_touched(post: Post) -> None:
    raw = mail(xdm(DOC), headers={"X-MSS-INS": "N"})
    first = await post.send(raw)
    body, _, _, _ = await post.again(first.exchange)
    assert body == raw.replace(b"X-MSS-INS: N", b"X-MSS-INS: O")


async def test_an_exchange_without_content_is_not_mended(post: Post) -> None:
    with pytest.raises(smtplib.SMTPAuthenticationError):
        await asyncio.to_thread(Post(post.bench, post.port, "nobody@test.mssante.fr")._send, b"")
    found = (await post.bench.http.get("/_sandbox/exchanges")).json()["items"][0]["id"]
    view, answer = await post.bench.mended(found)
    assert (answer.status_code, view["error"]["code"]) == (409, "mending.empty")
