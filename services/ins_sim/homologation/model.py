"""A case of the test book, attempts at it, and what is said of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple, Protocol

from ins_sim.domain.model import Number
from ins_sim.homologation.called import Called
from ins_sim.homologation.said import Said
from socle.control.model import VitaleCard
from socle.rules import Certainty


class Kind(StrEnum):
    """How a case is judged."""

    CALLS = "calls"
    """By the calls it asks for."""
    WITHHELD = "withheld"
    """By what must not be sent; no call at all may be right, and a human has to look."""
    CARD = "card"
    """By a search with the case's Vitale card."""
    RENEWED = "renewed"
    """By the assertion of the Vitale card in searches that lie apart."""
    COHERENT = "coherent"
    """By searches whose beneficiary is not the card's: there must be none, and a human has to look."""


class Place(StrEnum):
    """What a step asks of the birth place."""

    FREE = "free"
    """Absent, or that of the person."""
    ABSENT = "absent"
    """A call that has one is an attempt at another case (``Select``)."""
    REQUIRED = "required"


class Select(StrEnum):
    """Which calls about the person are attempts at this case, where two cases share one person."""

    ALL = "all"
    WITHOUT_PLACE = "without-place"
    WITH_PLACE = "with-place"


@dataclass(frozen=True, slots=True)
class Step:
    """One expected call. ``given`` None: the person's first names, one or more, in order."""

    code: str
    """CodeCR of the answer."""
    given: tuple[str, ...] | None = None
    place: Place = Place.FREE
    optional: bool = False
    """May follow the others, and need not."""
    said: Said | None = None
    """The step in words, where first names and place do not tell it."""


class Known(Protocol):
    """A person of the population that a case is about."""

    @property
    def birth_name(self) -> str: ...
    @property
    def given_names(self) -> Sequence[str]: ...
    @property
    def sex(self) -> str: ...
    @property
    def birth_date(self) -> date: ...
    @property
    def birth_place(self) -> str | None: ...
    @property
    def ins(self) -> Number | None: ...


class Marks(NamedTuple):
    """What tells that a call is about a person: letters of names alone, and the digits of his birth date in any order
    of year, month and day."""

    names: frozenset[str]
    given: frozenset[str]
    days: frozenset[str]


@dataclass(frozen=True, slots=True)
class Typed:
    """What the tester types, or chooses; ``place`` empty: nothing."""

    name: str
    given: str
    sex: str
    born: str
    """``AAAA-MM-JJ``."""
    place: str


@dataclass(frozen=True, slots=True)
class Case:
    """One case of the book."""

    id: str
    """``2.03-1``: test 2.03, case 1."""
    title: Said
    asks: Said
    kind: Kind
    operation: str
    persons: Sequence[Known]
    """Whom it is about; several where the sources disagree on a trait."""
    typed: Typed
    card: VitaleCard | None
    """The Vitale card that is read."""
    by_hand: bool
    """Also when all is right on the wire, a human has to look."""
    marks: Sequence[Marks]
    """Of each of the persons."""
    enter: Sequence[Said]
    """What the tester does, step by step."""
    steps: Sequence[Step]
    select: Select
    after: "Case | None"
    """The case that must have been passed before the call."""
    checks: Sequence[Said]
    """What the wire does not show."""
    certainty: Certainty
    source: str

    @property
    def label(self) -> str:
        """``2.03 cas 1``."""
        test, _, number = self.id.partition("-")
        return f"{test} cas {number}" if number else test

    @property
    def asked(self) -> Sequence[Step]:
        """The steps that must be there."""
        return [step for step in self.steps if not step.optional]


class Verdict(StrEnum):
    """Of a case."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_PLAYED = "not-played"
    MANUAL = "manual"
    """The wire cannot tell: somebody has to look."""


class State(StrEnum):
    """Of an attempt."""

    PASSED = "passed"
    FAILED = "failed"
    BEGUN = "begun"
    """Right so far, and not at its end."""
    ASIDE = "aside"
    """Counts for nothing: a fault was provoked, or the sandbox did not answer as the book says."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why an attempt failed, or does not count."""

    said: Said
    expected: str = ""
    found: str = ""
    rule: str = ""
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Attempt:
    """Some calls, in the order they came, and what became of them."""

    state: State
    calls: Sequence[Called]
    reasons: Sequence[Reason] = ()


@dataclass(frozen=True, slots=True)
class Judged:
    """A case, and what the journal says of it. ``attempts``: the newest first."""

    case: Case
    verdict: Verdict
    why: Said
    next: Said
    attempts: Sequence[Attempt]
    counted: Attempt | None
    """The attempt that the verdict rests on."""
