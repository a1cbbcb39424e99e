"""Every body that the generator sends, filled twice, is what the services accept without a finding."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from io import BytesIO
from pathlib import Path
from random import Random
from zipfile import ZipFile

import pytest

from sandbox.clients.http import Http
from sandbox.clients.mail import trusting_context
from sandbox.hospitals.hospital import Hospital
from sandbox.hospitals.population import read_world
from sandbox.hospitals.world import hospitals
from sandbox.load import bodies, mails, marks
from sandbox.load.acts import DOCUMENTS, Act
from sandbox.load.address import host_and_port
from sandbox.load.bodies import Target
from sandbox.load.documents import Spec, specs
from sandbox.load.http import HttpPool
from sandbox.load.outcome import Kind, Outcome, of_http, of_smtp
from sandbox.load.smtp import SmtpPool
from support.load_run import sandbox

NOW = datetime.now(UTC).replace(microsecond=0)
SECOND = int(NOW.timestamp())
SMALL = list(specs(DOCUMENTS, large=False))
SCANS = [Spec("18748-4", "N1", 100), Spec("34112-3", "N1", 2000)]


@dataclass
class Place:
    http: Http
    pool: HttpPool
    smtp: SmtpPool
    target: Target
    sites: list[Hospital]
    ids: marks.Ids

    async def post(self, act: Act, body: bytes) -> Outcome:
        return of_http(act, *await self.pool.ask(body))

    async def findings(self) -> list[str]:
        """Rules broken by anything so far, once the journal has it."""
        await asyncio.sleep(0.3)
        page = await self.http.get_json("/_sandbox/exchanges", limit=500)
        return [rule for item in page["items"] for rule in item.get("rules", [])]


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Place]:
    async with sandbox(tmp_path) as served, Http(served.url) as http:
        sites = hospitals(await read_world(http), seed=1, count=6)
        pool = HttpPool(*host_and_port(served.url), connections=8, timeout=20)
        smtp = SmtpPool(*served.smtp, trusting_context(), workspace="default", reuse=2, connections=4, timeout=20)
        yield Place(http, pool, smtp, Target(served.url, "default"), sites, marks.Ids("tests"))
        pool.close()
        smtp.close()


@pytest.mark.parametrize("site", [0, 1, 2], ids=["cxf", "java", "dotnet"])
async def test_deposits_of_every_kind_and_sender(place: Place, site: int) -> None:
    for spec in SMALL if site else [*SMALL, *SCANS]:
        made = await asyncio.to_thread(bodies.deposit, place.target, place.sites[site], spec, Random(1), NOW)
        for _ in range(2):
            values = place.ids.values(SECOND, stay="S-0123456789ab-00-00000007")
            assert await place.post(Act.DEPOSIT, made.fill(values)) == Outcome(Kind.ACCEPTED), spec
        assert await place.post(Act.CONSULT, made.consult.fill(values)) == Outcome(Kind.ACCEPTED)
    newest = await place.http.get_json("/_sandbox/dmp_sim/documents", limit=1)
    assert newest[0]["uniqueId"] == values[marks.DOCUMENT].decode()
    assert await place.findings() == []


async def test_a_flawed_deposit_is_refused_for_its_key(place: Place) -> None:
    made = await asyncio.to_thread(bodies.deposit, place.target, place.sites[0], SMALL[0], Random(1), NOW, flawed=True)
    outcome = await place.post(Act.DEPOSIT, made.fill(place.ids.values(SECOND)))

    assert outcome == Outcome(Kind.RULE, "XDSRepositoryMetadataError")
    assert "dmp.ins.key" in await place.findings()


async def test_look_ups_find_the_patient(place: Place) -> None:
    for site in place.sites:
        made = bodies.lookup(place.target, site, site.residents[0].patient)
        assert await place.post(Act.LOOKUP, made.fill(place.ids.values(SECOND))) == Outcome(Kind.ACCEPTED, "00")
    assert await place.findings() == []


async def test_a_stay_is_admitted_then_discharged(place: Place) -> None:
    site = next(site for site in place.sites if site.field)
    patient = site.residents[0].patient
    for discharged in (False, True):
        made = bodies.stay(place.target, site, patient, NOW, discharged=discharged)
        status, answer = await place.pool.ask(made.fill(place.ids.values(SECOND, stay="S-0123456789ab-00-00000001")))
        assert status == 200
        assert (b'"changed":1' in answer) is discharged


async def test_mails_are_taken_and_their_archive_is_sound(place: Place) -> None:
    for spec in SMALL:
        made = await asyncio.to_thread(mails.mail, place.sites[0], spec, Random(1), NOW)
        values = place.ids.values(SECOND)
        content = made.fill(values)
        reply = await place.smtp.send(made.sender, made.password, made.recipient, content)
        assert of_smtp(reply) == Outcome(Kind.ACCEPTED), spec
        found = await place.http.get_json("/_sandbox/mss_sim/messages", messageId=made.message_id(values))
        detail = await place.http.get_json(f"/_sandbox/mss_sim/messages/{found['messages'][0]['ref']}")
        assert detail["findings"] == [], spec

        attached = [p for p in message_from_bytes(content[:-3]).walk() if p.get_content_type() == "application/zip"]
        with ZipFile(BytesIO(attached[0].get_payload(decode=True))) as archive:
            assert archive.testzip() is None
            assert values[marks.DOCUMENT] in archive.read("IHE_XDM/SUBSET01/DOC00001.XML")


def test_no_two_acts_share_an_identifier() -> None:
    ids = marks.Ids("seed")
    seen = [value for _ in range(500) for mark, value in ids.values(SECOND).items() if mark in marks.IDS[:5]]

    assert len(set(seen)) == len(seen)
    assert all(len(value) == len(mark) for mark, value in ids.values(SECOND).items())
