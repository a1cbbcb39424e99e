"""Acts through the real wire, written down when they are answered with success."""

import asyncio
import smtplib
from collections.abc import Callable, Coroutine, Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import cycle, islice
from random import Random
from typing import Any
from uuid import UUID

import httpx

from sandbox.cda import cda
from sandbox.clients import iti41, stays, ws_ins2
from sandbox.clients.ebrim import oid_of
from sandbox.clients.envelope import WireError
from sandbox.clients.http import Http
from sandbox.clients.lot import Entry, Lot
from sandbox.clients.mail import Mailer, Mailing
from sandbox.facts import DocumentFacts, Encounter
from sandbox.hospitals.hospital import Hospital

LOST = (httpx.HTTPError, WireError, OSError, smtplib.SMTPException)
"""What a client sees when the process dies under it: no answer, so no promise."""


@dataclass(frozen=True)
class Places:
    """Base URLs of each service's replicas, and addresses of the mail servers."""

    ins: Sequence[str]
    dmp: Sequence[str]
    metrics: Sequence[str]
    smtp: Sequence[tuple[str, int]]


@dataclass
class Answered:
    """Every act that was answered with success, over all lives; and how many were begun."""

    documents: list[str] = field(default_factory=list)
    """uniqueId of each document."""
    calls: list[str] = field(default_factory=list)
    """Exchange of each INSi call that gave an identity."""
    mails: list[str] = field(default_factory=list)
    """Message-ID of each mail."""
    stays: list[str] = field(default_factory=list)
    """stayId of each stay reported as discharged."""
    begun: dict[str, int] = field(default_factory=lambda: dict.fromkeys(("documents", "calls", "mails", "stays"), 0))
    refused: list[str] = field(default_factory=list)
    """Answers that were no success: a sound run has none."""


class Load:
    """Four kinds of acts at once, as fast as they are answered. ``seed`` makes the ids; each life needs its own."""

    def __init__(
        self,
        places: Places,
        going: Callable[[], bool],
        hospitals: Sequence[Hospital],
        answered: Answered,
        seed: int,
        excused: Callable[[str | None], bool] = lambda code: False,
    ) -> None:
        """``going``: whether to begin another act. ``excused``: refusals that promise nothing (busy), by code."""
        self._places, self._going, self._hospitals, self._answered = places, going, hospitals, answered
        self._excused = excused
        self._senders = [hospital for hospital in hospitals if hospital.correspondents]
        self._random = Random(f"drill/{seed}")

    async def run(self) -> None:
        """Until told, or until the process is gone; each replica has its share."""
        mailers = [Mailer(*self._places.smtp[number % len(self._places.smtp)]) for number in range(2)]
        async with AsyncExitStack() as stack:
            ins, dmp, metrics = [
                [await stack.enter_async_context(Http(url)) for url in urls]
                for urls in (self._places.ins, self._places.dmp, self._places.metrics)
            ]
            acts: list[Callable[[], Coroutine[Any, Any, None]]] = [
                *[lambda http=http: self._deposit(http) for http in islice(cycle(dmp), 6)],
                *[lambda http=http: self._ask(http) for http in islice(cycle(ins), 3)],
                *[lambda http=http: self._report(http) for http in metrics],
                *[lambda mailer=mailer: self._mail(mailer) for mailer in mailers],
            ]
            async with asyncio.TaskGroup() as group:
                for act in acts:
                    group.create_task(self._again_and_again(act))
        for mailer in mailers:
            with suppress(*LOST):
                await asyncio.to_thread(mailer.close)

    async def _again_and_again(self, act: Callable[[], Coroutine[Any, Any, None]]) -> None:
        while self._going():
            try:
                await act()
            except LOST:
                await asyncio.sleep(0.005)

    def _token(self) -> UUID:
        return UUID(int=self._random.getrandbits(128), version=4)

    def _facts(self) -> DocumentFacts:
        hospital = self._random.choice(self._hospitals)
        now = datetime.now(UTC).replace(microsecond=0)
        stay = Encounter(f"{hospital.site.root}.2", str(self._token()), now - timedelta(days=2), now)
        return DocumentFacts(
            kind="11490-0",
            level="N3",
            unique_id=oid_of(self._token()),
            set_id=oid_of(self._token()),
            version=1,
            created_at=now,
            patient=self._random.choice(hospital.residents).patient,
            author=self._random.choice(hospital.authors),
            site=hospital.site,
            encounter=stay,
        )

    def _lot(self, facts: DocumentFacts) -> Lot:
        entry = Entry(facts, cda(facts))
        return Lot(oid_of(self._token()), datetime.now(UTC), facts.site, facts.author, facts.patient, (entry,))

    async def _deposit(self, http: Http) -> None:
        facts = self._facts()
        package = iti41.request(self._lot(facts), base_url=http.base_url, token=self._token())
        self._answered.begun["documents"] += 1
        answer = iti41.read(await http.soap(iti41.PATH, package.headers, package.body))
        if answer.accepted:
            self._answered.documents.append(facts.unique_id)
        elif not self._excused(answer.code):
            self._answered.refused.append(f"deposit: {answer.code} {answer.context}")

    async def _ask(self, http: Http) -> None:
        hospital = self._random.choice(self._hospitals)
        patient = self._random.choice(hospital.residents).patient
        traits = ws_ins2.Traits(
            patient.birth_name, patient.given_names[0], patient.sex, patient.birth_date, patient.birth_place
        )
        body = ws_ins2.request(traits, sender=hospital.site.national_id, token=self._token(), now=datetime.now(UTC))
        self._answered.begun["calls"] += 1
        answer = ws_ins2.read(await http.soap(ws_ins2.PATH, ws_ins2.HEADERS, body))
        if answer.outcome == "00" and answer.exchange is not None:
            self._answered.calls.append(answer.exchange.rpartition("/")[2])
        elif not self._excused(answer.outcome):
            self._answered.refused.append(f"call: {answer.outcome}")

    async def _report(self, http: Http) -> None:
        facts = self._facts()
        stay = stays.Stay(facts.encounter, facts.site, facts.patient.ins)
        self._answered.begun["stays"] += 1
        await stays.report(http, [stay])
        self._answered.stays.append(f"{facts.encounter.root}^{facts.encounter.extension}")

    async def _mail(self, mailer: Mailer) -> None:
        hospital = self._random.choice(self._senders)
        facts = self._facts()
        message_id = f"<{self._token()}@{hospital.sender_box.partition('@')[2]}>"
        to = hospital.correspondents[:1]
        mailing = Mailing(message_id, hospital.sender_box, hospital.sender_password, to, self._lot(facts))
        self._answered.begun["mails"] += 1
        sent = await asyncio.to_thread(mailer.send, mailing)
        if sent.accepted and not sent.refused:
            self._answered.mails.append(message_id)
        elif not all(self._excused(str(code)) for code in sent.refused.values()):
            self._answered.refused.append(f"mail: {sent.refused}")
        await asyncio.sleep(0.02)  # fewer mails than one page of the inspection API holds
