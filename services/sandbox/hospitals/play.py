"""Playing a day: each hospital does its acts one after the other, at their moments, and writes its ledger."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from random import Random
from uuid import UUID

import httpx

from sandbox.cda import cda
from sandbox.clients import iti18, iti41, stays, ws_ins2
from sandbox.clients.ebrim import oid_of
from sandbox.clients.envelope import WireError
from sandbox.clients.http import Http
from sandbox.clients.insi_assertion import card_assertion
from sandbox.clients.lot import Entry, Lot
from sandbox.clients.mail import Mailer, Mailing
from sandbox.clients.mime import Style
from sandbox.facts import DocumentFacts
from sandbox.hospitals.acts import Act, Ask, Deposit, Flaw, Mail, Report
from sandbox.hospitals.hospital import Hospital
from sandbox.hospitals.ledger import CallLine, DepositLine, Ledger, MailLine, StayLine
from sandbox.hospitals.tally import Tally
from socle.clock import PARIS, Clock

_WRONG_CLASS = ("52", "Certificat, déclaration")


@dataclass(frozen=True, slots=True)
class Pace:
    """``duration``: seconds the day takes; 0 plays it as fast as the services answer."""

    duration: float

    async def until(self, at: float, started: float) -> None:
        """Wait for the moment ``at`` of the day."""
        wait = started + at * self.duration - asyncio.get_running_loop().time()
        if wait > 0:
            await asyncio.sleep(wait)


class Player:
    """One hospital at work."""

    def __init__(
        self, hospital: Hospital, ledger: Ledger, *, http: Http, mailer: Mailer, tally: Tally, clock: Clock, ids: str
    ) -> None:
        """``clock`` is the hospital's; it must agree with the workspace's. ``ids``: what its ids are drawn from."""
        self._hospital, self._http, self._mailer, self._tally = hospital, http, mailer, tally
        self._clock = clock
        self._random = Random(f"{ids}/{hospital.site.finess_eg}")  # noqa: S311 - ids of a simulation
        self.ledger = ledger

    async def play(self, acts: Sequence[Act], pace: Pace, started: float) -> None:
        """All acts in order. Trouble is written down, never raised: the other hospitals go on."""
        for act in acts:
            await pace.until(act.at, started)
            try:
                await self._do(act)
            except (httpx.HTTPError, WireError, OSError) as error:
                self._trouble(act, f"{type(error).__name__}: {error}")
            self._tally.done += 1

    async def _do(self, act: Act) -> None:
        match act:
            case Report():
                await self._report(act)
            case Ask():
                await self._ask(act)
            case Deposit():
                await self._deposit(act)
            case Mail():
                await self._mail(act)

    def _trouble(self, act: Act, text: str) -> None:
        self.ledger.trouble.append(f"{type(act).__name__}: {text}")
        self._tally.trouble += 1

    def _token(self) -> UUID:
        return UUID(int=self._random.getrandbits(128), version=4)

    def _today(self) -> date:
        """The local day: what metrics count by."""
        return self._clock.now().astimezone(PARIS).date()

    # The four kinds of acts.

    async def _report(self, act: Report) -> None:
        site = self._hospital.site
        stay = stays.Stay(act.stay, site, act.ins, self._hospital.field or "MCO", act.surgery)
        await stays.report(self._http, [stay])
        self._tally.stays += 1
        if act.stay.discharged_at is None:
            self.ledger.admitted += 1
        else:
            self.ledger.stays.append(StayLine(act.stay.extension, act.stay.discharged_at.astimezone(PARIS).date()))

    async def _ask(self, act: Ask) -> None:
        token, now = self._token(), self._clock.now()
        body = ws_ins2.request(
            act.traits,
            sender=self._hospital.site.national_id,
            token=token,
            now=now,
            security=card_assertion(f"_{token}", now, self._hospital.site),
            idam=ws_ins2.IDAM if act.known_software else ws_ins2.UNKNOWN_IDAM,
        )
        answer = ws_ins2.read(await self._http.soap(ws_ins2.PATH, ws_ins2.HEADERS, body))
        self.ledger.calls.append(CallLine(answer.outcome))
        self._tally.calls += 1

    async def _deposit(self, act: Deposit) -> None:
        facts, entry_uuid = act.facts, None
        if facts.replaces is not None:
            entry_uuid = await self._entry_of(facts.replaces, facts)
            if entry_uuid is None:
                return  # the first version was refused and never sent again: there is nothing to replace
        lot, drop = self._lot(act, entry_uuid)
        package = iti41.request(
            lot, base_url=self._http.base_url, token=self._token(), style=self._hospital.style, drop_part=drop
        )
        answer = iti41.read(await self._http.soap(iti41.PATH, package.headers, package.body))
        line = DepositLine(
            facts.encounter.extension,
            facts.kind,
            self._today(),
            answer.accepted,
            answer.code,
            facts.replaces is not None,
        )
        self.ledger.deposits.append(line)
        self._tally.deposits += 1
        self._tally.refused += not answer.accepted
        self._tally.replaced += answer.accepted and line.replaces
        if answer.accepted is (act.flaw is not None):
            self._trouble(act, f"{act.flaw or 'no flaw'}: {answer.code or 'accepted'} {answer.context}")

    async def _entry_of(self, unique_id: str, facts: DocumentFacts) -> str | None:
        body = iti18.get_documents(
            unique_id,
            base_url=self._http.base_url,
            token=self._token(),
            now=self._clock.now(),
            site=facts.site,
            author=facts.author,
            patient=facts.patient,
        )
        return iti18.entry_uuid(await self._http.soap(iti18.PATH, iti18.HEADERS, body), unique_id)

    def _lot(self, act: Deposit, entry_uuid: str | None) -> tuple[Lot, int | None]:
        """The lot of a deposit, its mistake made; and the part to forget, if that is the mistake."""
        facts, flaw = act.facts, act.flaw
        if flaw is Flaw.WRONG_KEY:
            facts = replace(facts, patient=replace(facts.patient, ins=_wrong_key(facts.patient.ins)))
        entry = Entry(
            facts,
            cda(facts),
            replaces_entry=entry_uuid,
            patient_cx=self._someone_else(facts) if flaw is Flaw.PATIENT_MISMATCH else None,
            class_code=_WRONG_CLASS if flaw is Flaw.CLASS_MISMATCH else None,
            with_hash=self._hospital.style is not Style.JAVA,
        )
        lot = Lot(oid_of(self._token()), self._clock.now(), facts.site, facts.author, facts.patient, (entry,))
        return lot, 0 if flaw is Flaw.MISSING_PART else None

    def _someone_else(self, facts: DocumentFacts) -> str:
        others = (r.patient.cx for r in self._hospital.residents if r.patient.ins != facts.patient.ins)
        return next(others)

    async def _mail(self, act: Mail) -> None:
        facts = act.documents[0]
        lot = Lot(
            oid_of(self._token()),
            self._clock.now(),
            facts.site,
            facts.author,
            facts.patient,
            tuple(Entry(document, cda(document)) for document in act.documents),
        )
        mailing = Mailing(
            f"<{self._token()}@{self._hospital.sender_box.partition('@')[2]}>",
            self._hospital.sender_box,
            self._hospital.sender_password,
            act.recipients,
            lot,
        )
        sent = await asyncio.to_thread(self._mailer.send, mailing)
        citizens = sum(address not in sent.refused for address in act.citizens) if sent.accepted else 0
        codes = tuple(document.kind for document in act.documents)
        self.ledger.mails.append(MailLine(facts.encounter.extension, self._today(), codes, sent.accepted, citizens))
        self._tally.mails += 1
        self._tally.refused += not sent.accepted


def _wrong_key(ins: str) -> str:
    """The same matricule with another key."""
    return f"{ins[:13]}{int(ins[13:]) % 97 + 1:02d}"


async def play_day(
    hospitals: Sequence[Hospital],
    plans: Sequence[Sequence[Act]],
    ledgers: Sequence[Ledger],
    *,
    base_url: str,
    smtp: tuple[str, int],
    clock: Clock,
    ids: str,
    pace: Pace,
    tally: Tally,
    workspace: str | None = None,
) -> None:
    """All hospitals at once; each goes on in its ledger."""
    mailers = [Mailer(*smtp, workspace=workspace) for _ in hospitals]
    async with Http(base_url, workspace=workspace) as http:
        players = [
            Player(hospital, ledger, http=http, mailer=mailer, tally=tally, clock=clock, ids=ids)
            for hospital, ledger, mailer in zip(hospitals, ledgers, mailers, strict=True)
        ]
        started = asyncio.get_running_loop().time()
        try:
            async with asyncio.TaskGroup() as group:
                for player, plan in zip(players, plans, strict=True):
                    group.create_task(player.play(plan, pace, started))
        finally:
            await asyncio.gather(*(asyncio.to_thread(mailer.close) for mailer in mailers))
