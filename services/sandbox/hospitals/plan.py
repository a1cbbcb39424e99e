"""The plan of a day: every act of one hospital, drawn from a seed, in order. Pure: same seed, same day."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from random import Random
from uuid import UUID

from sandbox.cda.kinds import KINDS
from sandbox.clients.ebrim import oid_of
from sandbox.clients.ws_ins2 import Traits
from sandbox.facts import DocumentFacts, Encounter, Patient
from sandbox.hospitals.acts import Act, Ask, Deposit, Flaw, Mail, Report
from sandbox.hospitals.hospital import Hospital, Resident

DAY = timedelta(hours=24)
LETTER, HOSPITAL_REPORT, SURGERY, BIOLOGY, IMAGING, PRESCRIPTION = (
    "11490-0",
    "34112-3",
    "34874-8",
    "11502-2",
    "18748-4",
    "57833-6",
)
_LATE_DAYS = (3, 25)
"""Documented late, yet within the month the indicators allow."""
_TOO_LATE_DAYS = 40
_SEVERAL = Traits("DE VINCI", "LEONARDO", "M", date(2014, 2, 1))
"""A published test identity that INSi answers with 02 when the birth place is not given (insi.md §3)."""


class Planner:
    """Plans one hospital's day. ``day_start`` is the instant the simulated day begins; acts never lie after its end.

    ``days_ago`` tells the days of one simulation apart: 0 is the last one.
    """

    def __init__(self, hospital: Hospital, seed: int, day_start: datetime, days_ago: int = 0) -> None:
        self._hospital = hospital
        self._days_ago = days_ago
        self._random = Random(f"{seed}/{hospital.site.finess_eg}/{days_ago}")  # noqa: S311 - a simulation, to be repeated
        self._start = day_start

    def day(self) -> list[Act]:
        """All acts of the day in the order of their moments."""
        acts: list[Act] = []
        for number in range(self._hospital.stays):
            acts.extend(self._stay(number))
        return sorted(acts, key=lambda act: act.at)

    # One stay.

    def _stay(self, number: int) -> Iterator[Act]:
        rng, hospital = self._random, self._hospital
        resident = rng.choice(hospital.residents)
        morning = rng.uniform(0.02, 0.6)
        evening = rng.uniform(morning + 0.05, 0.88)
        surgery = rng.random() < 0.25
        stay = self._encounter(number, evening)
        yield from self._identity(morning, resident.patient)
        admitted = replace(stay, discharged_at=None)
        span = (morning + 0.01, evening)
        if hospital.field is None:
            yield from self._during(span, admitted, resident, surgery=False)
            return
        yield Report(at=morning + 0.005, stay=admitted, ins=resident.patient.ins, surgery=surgery)
        yield from self._during(span, admitted, resident, surgery=surgery)
        if rng.random() < 0.08:
            return  # still in hospital when the day ends
        yield Report(at=evening, stay=stay, ins=resident.patient.ins, surgery=surgery)
        yield from self._discharge(evening, stay, resident)

    def _encounter(self, number: int, evening: float) -> Encounter:
        rng = self._random
        out = self._instant(evening)
        if rng.random() < self._hospital.habits.late:
            days = _TOO_LATE_DAYS if rng.random() < 0.3 else rng.randint(*_LATE_DAYS)
            out -= timedelta(days=days)
        length = timedelta(days=rng.choice((1, 1, 2, 2, 3, 4, 6, 9)), hours=rng.randint(1, 9))
        return Encounter(f"{self._hospital.site.root}.2", f"S{self._days_ago:02d}{number + 1:04d}", out - length, out)

    def _identity(self, at: float, patient: Patient) -> Iterator[Act]:
        """The admission desk asks INSi; sometimes it mistypes, forgets, or is not authorised, and asks again."""
        rng = self._random
        first = patient.given_names[0]
        right = Traits(patient.birth_name, first, patient.sex, patient.birth_date, patient.birth_place)
        dice = rng.random()
        if dice < 0.12:
            yield Ask(at=at - 0.01, traits=replace(right, given_name=f"{first}X"))
        elif dice < 0.16:
            yield Ask(at=at - 0.01, traits=replace(right, birth_name=None))
        elif dice < 0.18:
            yield Ask(at=at - 0.01, traits=right, known_software=False)
        elif dice < 0.22:
            yield Ask(at=at - 0.01, traits=_SEVERAL)
        yield Ask(at=at, traits=right)

    def _during(
        self, span: tuple[float, float], stay: Encounter, resident: Resident, *, surgery: bool
    ) -> Iterator[Act]:
        """Biology, imaging and operative reports while the patient is in."""
        rng = self._random
        kinds = [BIOLOGY] * rng.choice((0, 1, 1, 2, 3)) + [IMAGING] * rng.choice((0, 0, 1))
        kinds += [SURGERY] if surgery else []
        for kind in kinds:
            at = rng.uniform(*span)
            yield from self._deposit(at, self._document(kind, at, stay, resident))

    def _discharge(self, evening: float, stay: Encounter, resident: Resident) -> Iterator[Act]:
        """Letter, report, prescription; then the mails."""
        rng, habits, hospital = self._random, self._hospital.habits, self._hospital
        at = evening + rng.uniform(0.005, 0.05)
        letter = self._document(LETTER, at, stay, resident)
        if rng.random() < habits.letter:
            yield from self._deposit(at, letter)
            if rng.random() < habits.replace:
                later = at + rng.uniform(0.02, 0.05)
                yield Deposit(at=later, facts=letter.next_version(self._oid(), self._instant(later)))
        if rng.random() < habits.report:
            yield from self._deposit(at + 0.01, self._document(HOSPITAL_REPORT, at + 0.01, stay, resident))
        if rng.random() < 0.6:
            yield from self._deposit(at + 0.005, self._document(PRESCRIPTION, at + 0.005, stay, resident))
        if rng.random() < habits.mail and hospital.correspondents:
            count = min(len(hospital.correspondents), rng.choice((1, 1, 2)))
            known = tuple(rng.sample(hospital.correspondents, k=count))
            domain = rng.choice((known[0].partition("@")[2], "cabinet-inexistant.mssante.fr"))
            stranger = (f"inconnu@{domain}",)
            dice = rng.random()
            to = stranger if dice < 0.06 else known + stranger if dice < 0.12 else known
            yield Mail(at=at + 0.02, documents=(letter,), professionals=to)
        if resident.citizen_box and rng.random() < habits.citizen:
            yield Mail(at=at + 0.03, documents=(letter,), citizens=(resident.citizen_box,))

    def _deposit(self, at: float, facts: DocumentFacts) -> Iterator[Act]:
        """A deposit; now and then with a mistake first, corrected a little later or never."""
        rng = self._random
        if rng.random() >= self._hospital.habits.flaw:
            yield Deposit(at=at, facts=facts)
            return
        flaw = rng.choice(list(Flaw))
        if flaw is Flaw.DUPLICATE:
            yield Deposit(at=at, facts=facts)
            yield Deposit(at=at + 0.01, facts=facts, flaw=flaw)
            return
        yield Deposit(at=at, facts=replace(facts, unique_id=self._oid()), flaw=flaw)
        if rng.random() < 0.6:
            yield Deposit(at=at + 0.02, facts=facts)

    # Small things.

    def _document(self, kind: str, at: float, stay: Encounter, resident: Resident) -> DocumentFacts:
        rng, hospital = self._random, self._hospital
        return DocumentFacts(
            kind=kind,
            level=rng.choice(KINDS[kind].levels),
            unique_id=self._oid(),
            set_id=self._oid(),
            version=1,
            created_at=self._instant(at),
            patient=resident.patient,
            author=rng.choice(hospital.authors),
            site=hospital.site,
            encounter=stay,
        )

    def _oid(self) -> str:
        return oid_of(UUID(int=self._random.getrandbits(128)))

    def _instant(self, at: float) -> datetime:
        return (self._start + min(at, 1.0) * DAY).replace(microsecond=0)
