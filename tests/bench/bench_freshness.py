"""Act → indicator at a national peak hour's rate, offered to the whole product as wire traffic, open loop.

290 acts a second is the peak hour of all French flows together (domain/indicators.md §4.3). Bodies are rendered before
the clock runs, so that the generator is not the limit; what was offered must all be answered with success, and counted.
"""

import asyncio
import smtplib
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

from bench.broker import broker
from bench.harness import Run, bench
from bench.load import http_request, read_answer
from sandbox.cda import cda
from sandbox.clients import iti41, ws_ins2
from sandbox.clients.ebrim import oid_of
from sandbox.clients.http import Http
from sandbox.clients.lot import Entry, Lot
from sandbox.clients.mail import Mailing, message, trusting_context
from sandbox.facts import DocumentFacts, Encounter
from sandbox.hospitals.hospital import Hospital
from sandbox.hospitals.population import read_world
from sandbox.hospitals.world import hospitals as hospitals_of
from support.cluster import Cluster, cluster
from support.drill import Up
from support.drill_load import Places
from support.postgres import fresh_database, private_server

CALLS, DEPOSITS, MAILS = 130, 110, 50
"""Acts of each kind in a second."""
SECONDS = 15
CONNECTIONS, MAILERS = 6, 4
"""For each kind of SOAP act; for mails."""


@dataclass(frozen=True, slots=True)
class _Mail:
    sender: str
    password: str
    recipients: Sequence[str]
    content: bytes


@bench("act → indicator at 290 acts/s on the wire")
def freshness(run: Run) -> None:
    """The bar of the issue: p99 of at most one second."""
    with tempfile.TemporaryDirectory(prefix="socles-bench-") as folder:
        up = Up(Path(folder) / "data")
        try:
            found = asyncio.run(_offer(up.places, _seconds(run)))
        finally:
            up.terminate()
    _say(run, found, "act → indicator")


@bench("kafka: act → indicator, a process for each service, PostgreSQL")
def freshness_of_many(run: Run) -> None:
    """The bar of the issue: p99 of at most one second. Generator, broker and database are on the same machine."""

    async def through(made: Cluster) -> dict[str, Any]:
        await made.start()
        return await _offer(made.places, _seconds(run))

    with (
        tempfile.TemporaryDirectory(prefix="socles-bench-") as folder,
        broker(pinned=False) as bootstrap,
        private_server() as server,
        fresh_database(server.url()) as url,
        cluster(
            Path(folder),
            dict.fromkeys(("ins_sim", "dmp_sim", "mss_sim", "metrics"), 1),
            {"SOCLES_KAFKA_BOOTSTRAP": bootstrap, "SOCLES_DATABASE_URL": url},
        ) as made,
    ):
        found = asyncio.run(through(made))
    _say(run, found, "act → indicator, Kafka and PostgreSQL")


def _seconds(run: Run) -> int:
    return SECONDS if run.pairs > 1 else 2


def _say(run: Run, found: dict[str, Any], name: str) -> None:
    run.at_most(f"{name}, p50", found["p50Ms"] / 1000, 1.0, "s")
    run.at_most(f"{name}, p99", found["p99Ms"] / 1000, 1.0, "s")
    run.at_most(f"{name}: answer of a SOAP act, p99", found["answer"], 1.0, "s")
    run.at_most(f"{name}: acts offered and not counted", found["missing"], 0, "acts")
    rate = found["acts"] / found["seconds"]
    run.note(f"{found['acts']} acts in {found['seconds']:.1f} s ({rate:.0f}/s): SOAP, MTOM and SMTP")


async def _offer(places: Places, seconds: int) -> dict[str, Any]:
    async with Http(places.dmp[0]) as http, Http(places.metrics[0]) as metrics:
        world = hospitals_of(await read_world(http), seed=1, count=20)
        calls, deposits, mails = _render(world, http.base_url, seconds)
        waits: list[float] = []
        started = time.perf_counter()
        with ThreadPoolExecutor(MAILERS) as pool:
            loop = asyncio.get_running_loop()
            mailing = [
                loop.run_in_executor(pool, _send, places.smtp[0], mails[number::MAILERS], started, number)
                for number in range(MAILERS)
            ]
            await asyncio.gather(
                _post(places.ins[0], calls, CALLS, started, waits),
                _post(places.dmp[0], deposits, DEPOSITS, started, waits),
                *mailing,
            )
        took = time.perf_counter() - started
        acts = len(calls) + len(deposits) + len(mails)
        counted = await _counted(metrics, acts)
        summary = await metrics.get_json("/api/summary")
        waits.sort()
        return {
            **summary["freshness"],
            "acts": acts,
            "seconds": took,
            "answer": waits[len(waits) * 99 // 100],
            "missing": acts - counted,
        }


async def _counted(http: Http, acts: int) -> int:
    """The acts in the indicators: all of them, or as many as there are when five seconds have brought no more."""
    counted, patience = 0, time.perf_counter() + 5
    while counted < acts and time.perf_counter() < patience:
        await asyncio.sleep(0.05)
        summary = await http.get_json("/api/summary")
        now = summary["documents"] + summary["messages"] + summary["insiCalls"]
        if now != counted:
            counted, patience = now, time.perf_counter() + 5
    return counted


def _render(world: Sequence[Hospital], url: str, seconds: int) -> tuple[list[bytes], list[bytes], list[_Mail]]:
    dice = Random(290)
    senders = [hospital for hospital in world if hospital.correspondents]
    return (
        [_call(dice, world) for _ in range(CALLS * seconds)],
        [_deposit(dice, world, url) for _ in range(DEPOSITS * seconds)],
        [_mail(dice, senders) for _ in range(MAILS * seconds)],
    )


def _token(dice: Random) -> UUID:
    return UUID(int=dice.getrandbits(128), version=4)


def _lot(dice: Random, hospital: Hospital) -> Lot:
    now = datetime.now(UTC).replace(microsecond=0)
    facts = DocumentFacts(
        kind="11490-0",
        level="N3",
        unique_id=oid_of(_token(dice)),
        set_id=oid_of(_token(dice)),
        version=1,
        created_at=now,
        patient=dice.choice(hospital.residents).patient,
        author=dice.choice(hospital.authors),
        site=hospital.site,
        encounter=Encounter(f"{hospital.site.root}.2", str(_token(dice)), now - timedelta(days=2), now),
    )
    return Lot(oid_of(_token(dice)), now, facts.site, facts.author, facts.patient, (Entry(facts, cda(facts)),))


def _deposit(dice: Random, world: Sequence[Hospital], url: str) -> bytes:
    package = iti41.request(_lot(dice, dice.choice(world)), base_url=url, token=_token(dice))
    return http_request(iti41.PATH, package.body, package.headers["Content-Type"])


def _call(dice: Random, world: Sequence[Hospital]) -> bytes:
    hospital = dice.choice(world)
    patient = dice.choice(hospital.residents).patient
    traits = ws_ins2.Traits(
        patient.birth_name, patient.given_names[0], patient.sex, patient.birth_date, patient.birth_place
    )
    body = ws_ins2.request(traits, sender=hospital.site.national_id, token=_token(dice), now=datetime.now(UTC))
    return http_request(ws_ins2.PATH, body, ws_ins2.HEADERS["Content-Type"])


def _mail(dice: Random, senders: Sequence[Hospital]) -> _Mail:
    hospital = dice.choice(senders)
    to = hospital.correspondents[:1]
    message_id = f"<{_token(dice)}@bench.example>"
    mailing = Mailing(message_id, hospital.sender_box, hospital.sender_password, to, _lot(dice, hospital))
    return _Mail(hospital.sender_box, hospital.sender_password, to, message(mailing).as_bytes())


async def _post(url: str, posts: Sequence[bytes], rate: int, started: float, waits: list[float]) -> None:
    host, port = url.removeprefix("http://").split(":")
    due = iter(enumerate(posts))

    async def one_connection() -> None:
        reader, writer = await asyncio.open_connection(host, int(port), limit=1 << 20)
        for number, request in due:
            at = started + number / rate
            await asyncio.sleep(max(0.0, at - time.perf_counter()))
            writer.write(request)
            status, body = await read_answer(reader)
            if status != 200 or b"Failure" in body:
                raise RuntimeError(f"status {status}: {body[:1500]!r}")
            waits.append(time.perf_counter() - at)  # since it was due: a queue is the server's fault too
        writer.close()

    async with asyncio.TaskGroup() as group:
        for _ in range(CONNECTIONS):
            group.create_task(one_connection())


def _send(address: tuple[str, int], mails: Sequence[_Mail], started: float, first: int) -> None:
    context, connections = trusting_context(), dict[str, smtplib.SMTP]()
    for number, mail in enumerate(mails):
        time.sleep(max(0.0, started + (first + number * MAILERS) / MAILS - time.perf_counter()))
        connection = connections.get(mail.sender)
        if connection is None:
            connection = connections[mail.sender] = smtplib.SMTP(*address, timeout=30)
            connection.starttls(context=context)
            connection.login(mail.sender, mail.password)
        if connection.sendmail(mail.sender, list(mail.recipients), mail.content):
            raise RuntimeError(f"refused: {mail.recipients}")
    for connection in connections.values():
        connection.quit()
