"""A 50 MB document deposited while others ask INSi: memory stays flat, nobody else waits, the bytes come back."""

import asyncio
import hashlib
import http.client
import os
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import psutil
import pytest

from sandbox.clients import iti41, ws_ins2
from sandbox.clients.ebrim import oid_of
from sandbox.clients.http import Http
from sandbox.clients.lot import Entry, Lot
from sandbox.clients.mime import Package
from sandbox.facts import DocumentFacts, Encounter
from sandbox.hospitals.hospital import Hospital
from sandbox.hospitals.population import read_world
from sandbox.hospitals.world import hospitals as hospitals_of
from support.drill import running

pytestmark = [pytest.mark.slow, pytest.mark.alone, pytest.mark.timeout(120)]

PART = 50 * 10**6
GROWTH = 32 * 2**20
P99_SECONDS = 0.1
ASKED = 200
"""Questions while parts are on their way: one upload is too short for a 99th percentile."""
WARM_UP = 200
PLACEHOLDER = b"<placeholder/>"
"""Stands for the content until the message around it is made: the lot's signature wants XML."""


async def test_an_opaque_50_mb_part_costs_neither_memory_nor_the_others_time(tmp_path: Path) -> None:
    async with running(tmp_path / "data") as up, Http(up.url) as plain, Http(f"{up.url}/w/large") as http:
        await plain.post_json("/_sandbox/workspaces", {"name": "large", "strictness": "lenient"})
        hospital = hospitals_of(await read_world(plain), seed=1, count=1)[0]
        for _ in range(WARM_UP):
            await _ask(plain, hospital)
        process = psutil.Process(up.process.pid)
        before, most, waits = process.memory_info().rss, 0, list[float]()

        while len(waits) < ASKED:
            content = os.urandom(PART)
            facts, package = _deposit(hospital, content, http.base_url)
            upload = asyncio.create_task(asyncio.to_thread(_post, up.url, f"/w/large{iti41.PATH}", package))
            while not upload.done():
                waits.append(await _ask(plain, hospital))
                most = max(most, process.memory_info().rss)
                await asyncio.sleep(0.002)
            status, answer = await upload
            assert status == 200
            assert b"ResponseStatusType:Success" in answer, answer[:3000]

        waits.sort()
        assert waits[int(len(waits) * 0.99)] <= P99_SECONDS, waits[-5:]
        assert most - before <= GROWTH, f"grew by {(most - before) / 2**20:.1f} MB"
        stored = await asyncio.to_thread(_get, up.url, f"/w/large/_sandbox/dmp_sim/documents/{facts.unique_id}/raw")
        assert hashlib.sha256(stored).digest() == hashlib.sha256(content).digest()


def _deposit(hospital: Hospital, content: bytes, base_url: str) -> tuple[DocumentFacts, Package]:
    """A lot of one document that is no CDA: the size is what counts here."""
    now = datetime.now(UTC).replace(microsecond=0)
    facts = DocumentFacts(
        kind="18748-4",
        level="N1",
        unique_id=oid_of(uuid4()),
        set_id=oid_of(uuid4()),
        version=1,
        created_at=now,
        patient=hospital.residents[0].patient,
        author=hospital.authors[0],
        site=hospital.site,
        encounter=Encounter(f"{hospital.site.root}.2", "large", now - timedelta(days=2), now),
    )
    lot = Lot(
        oid_of(uuid4()), now, facts.site, facts.author, facts.patient, (Entry(facts, PLACEHOLDER, with_hash=False),)
    )
    package = iti41.request(lot, base_url=base_url, token=uuid4())
    body = package.body.replace(b'mimeType="text/xml"', b'mimeType="application/dicom"', 1)
    assert body.count(PLACEHOLDER) == 1
    return facts, Package(package.headers, body.replace(PLACEHOLDER, content))


async def _ask(http: Http, hospital: Hospital) -> float:
    """Seconds that one INSi call took."""
    patient = hospital.residents[0].patient
    traits = ws_ins2.Traits(
        patient.birth_name, patient.given_names[0], patient.sex, patient.birth_date, patient.birth_place
    )
    body = ws_ins2.request(traits, sender=hospital.site.national_id, token=uuid4(), now=datetime.now(UTC))
    started = time.perf_counter()
    answer = ws_ins2.read(await http.soap(ws_ins2.PATH, ws_ins2.HEADERS, body))
    assert answer.outcome == "00"
    return time.perf_counter() - started


def _post(url: str, path: str, package: Package) -> tuple[int, bytes]:
    with closing(http.client.HTTPConnection(url.removeprefix("http://"), timeout=60)) as connection:
        connection.request("POST", path, package.body, dict(package.headers))
        answer = connection.getresponse()
        return answer.status, answer.read()


def _get(url: str, path: str) -> bytes:
    with closing(http.client.HTTPConnection(url.removeprefix("http://"), timeout=60)) as connection:
        connection.request("GET", path)
        return connection.getresponse().read()
