"""Calls of a software under test: as the journal gives them back, and over the wire."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count

from ins_sim.domain.lexical import check_traits
from ins_sim.domain.model import CodeCR, Traits
from ins_sim.homologation.book import book
from ins_sim.homologation.called import Answered, Called, Sent, Software, Told, Vitale
from ins_sim.homologation.judge import judge
from ins_sim.homologation.model import Case, Judged
from ins_sim.homologation.said import Said
from ins_sim.wire.names import OPERATION, VITALE_OPERATION
from socle.rules import Finding, Rule

START = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)
CASES = {case.id: case for case in book()}
_NUMBERS = count(1)

Traits5 = tuple[str, Sequence[str], str, str, str]
"""Name, one text for each ``Prenom``, sex, date, place."""
RIGHT: dict[str, list[tuple[Traits5, str]]] = {
    "2.03-1": [(("D'ARTAGNAN DE L'HERAULT", ["PIERRE-ALAIN"], "M", "2001-06-17", "63220"), "00")],
    "2.03-2": [(("ADRTROIS", ["TOUSSAINT"], "M", "1960-01-01", "2B020"), "00")],
    "2.03-3": [(("D'AEION", ["COEUR"], "M", "1987-01-25", ""), "01")],
    "2.04-1": [(("ECETINSI", ["PIERRE-ALAIN"], "M", "2009-07-14", ""), "00")],
    "2.04-2": [(("ECETINSI", ["PIERRE-ALAIN", "MURIEL"], "M", "2009-07-14", "63220"), "00")],
    "2.05": [(("PROVISOIRE", ["MATRICULE"], "M", "2009-07-01", "63220"), "00")],
    "2.06-1": [(("DE VINCI", ["LEONARDO"], "M", "2014-02-01", ""), "02")],
    "2.06-2": [
        (("DE VINCI", ["LEONARDO"], "M", "2014-02-01", ""), "02"),
        (("DE VINCI", ["LEONARDO"], "M", "2014-02-01", "63220"), "00"),
    ],
    "2.07-1": [
        (("TCHITCHI", ["OLA"], "F", "1936-06-21", "63220"), "01"),
        (("TCHITCHI", ["CATARINA"], "F", "1936-06-21", "63220"), "00"),
    ],
    "2.07-2": [
        (("HOUILLES", ["PIERRE"], "M", "1993-01-27", ""), "01"),
        (("HOUILLES", ["PAUL"], "M", "1993-01-27", ""), "01"),
        (("HOUILLES", ["JACQUES"], "M", "1993-01-27", ""), "01"),
    ],
    "2.08-1": [(("CORSE", ["ANTHONY"], "M", "1980-03-02", "2B020"), "00")],
    "2.08-2": [(("HERMANN", ["GATIEN"], "M", "1981-03-24", ""), "00")],
}
"""What a good software sends for each case, and the answer that the book foresees."""
ELSE: Traits5 = ("ADRUN", ["ZOE"], "F", "1975-12-31", "")


@dataclass
class Session:
    """A software that calls, one call a second; ``at`` may be moved."""

    software: Software = field(default_factory=lambda: Software("GE000000000", "essai", "2.1"))
    at: datetime = START
    calls: list[Called] = field(default_factory=list)

    def call(
        self,
        traits: Traits5,
        code: str,
        *,
        fault: str | None = None,
        authenticated: str = "card",
        outcome: str = "accepted",
        person: Case | None = None,
    ) -> Called:
        """One call, its lexical findings found as INSi does; with 00 the person of ``person`` is answered."""
        name, given, sex, born, place = traits
        findings = tuple(_told(one) for one in check_traits(Traits(name, list(given), sex, born, place)))
        self.at += timedelta(seconds=1)
        made = Called(
            id=f"01a22d97-0265-78cd-9824-{next(_NUMBERS):012d}",
            at=self.at,
            operation=OPERATION,
            outcome=outcome,
            status=200,
            code=code,
            fault=fault,
            finess="",
            software=self.software,
            authenticated=authenticated,
            sent=Sent(name, tuple(given), sex, born, place),
            answered=_answer(code, person),
            findings=findings,
        )
        self.calls.append(made)
        return made

    def play(self, case: str) -> None:
        """The case as a good software plays it."""
        for traits, code in RIGHT[case]:
            self.call(traits, code, person=CASES[case])

    def loop(self, case: str, *names: str) -> None:
        """The first names of a case, one call each, answered as INSi would."""
        for name in names:
            found = case == "2.07-1" and name.startswith("CATARINA")
            self.call(altered(case, given=[name]), "00" if found else "01", person=CASES[case])

    def card(
        self,
        born: str = "1977-07-14",
        code: str = "00",
        *,
        issued: timedelta | None = timedelta(seconds=-5),
        broken: Sequence[Rule] = (),
        fault: str | None = None,
        authenticated: str = "card",
    ) -> Called:
        """A search with the card INSi 01; its assertion was made ``issued`` from now on, or is absent."""
        self.at += timedelta(seconds=1)
        number = next(one for one in CASES["1.02"].persons if one.birth_date.isoformat() == born or code != "00").ins
        assert number is not None
        found = Answered(code, number.matricule, number.key or "", number.oid) if code == "00" else Answered(code)
        made = Called(
            id=f"01a22d97-0265-78cd-9824-{next(_NUMBERS):012d}",
            at=self.at,
            operation=VITALE_OPERATION,
            outcome="accepted",
            status=200,
            code=code,
            fault=fault,
            finess="",
            software=self.software,
            authenticated=authenticated,
            sent=Sent(born=born, insured="2770763220829", rank="1"),
            answered=found,
            vitale=None if issued is None else Vitale(f"_{len(self.calls)}", self.at + issued),
            findings=tuple(map(_told, (rule.finding() for rule in broken))),
        )
        self.calls.append(made)
        return made

    def judged(self, case: str, *, trust: bool = True, later: float = 1.0) -> Judged:
        """The verdict on a case, ``later`` seconds after the last call."""
        (found,) = judge([CASES[case]], self.calls, self.at + timedelta(seconds=later), trust=trust)
        return found


def altered(case: str, **changed: object) -> Traits5:
    """The last call of a good software, a trait of it another."""
    name, given, sex, born, place = RIGHT[case][-1][0]
    traits = {"name": name, "given": given, "sex": sex, "born": born, "place": place} | changed
    return tuple(traits.values())  # type: ignore[return-value]


def first(judged: Judged) -> tuple[str, str, str]:
    """What the first reason of the attempt that counts says."""
    assert judged.counted is not None
    reason = judged.counted.reasons[0]
    return reason.said.fr, reason.expected, reason.found


def _told(finding: Finding) -> Told:
    rule = finding.rule
    title = Said(rule.title_fr, rule.title_en)
    return Told(rule.id, rule.severity, title, finding.where, finding.expected, finding.found, rule.remedy)


def _answer(code: str, case: Case | None) -> Answered | None:
    if code not in tuple(CodeCR):
        return None
    number = case.persons[0].ins if case is not None and code == CodeCR.FOUND else None
    return Answered(code, number.matricule, number.key or "", number.oid) if number else Answered(code)
