"""The acts of a day, as planned. ``at`` is the moment in the day, from 0 to 1."""

from dataclasses import dataclass
from enum import StrEnum

from sandbox.clients.ws_ins2 import Traits
from sandbox.facts import DocumentFacts, Encounter


class Flaw(StrEnum):
    """A mistake a sender makes; each is refused by the service for its own reason."""

    WRONG_KEY = "wrong-ins-key"
    MISSING_PART = "missing-part"
    CLASS_MISMATCH = "class-does-not-match-type"
    PATIENT_MISMATCH = "entry-of-another-patient"
    DUPLICATE = "same-document-twice"


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """Something the hospital does at a moment of its day."""

    at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Report(Act):
    """Tell the metrics service how a stay stands: admitted, or discharged."""

    stay: Encounter
    ins: str
    surgery: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask(Act):
    """Ask INSi for an identity; ``known_software`` False sends an authorisation number that INSi refuses."""

    traits: Traits
    known_software: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Deposit(Act):
    """Feed the DMP with one document."""

    facts: DocumentFacts
    flaw: Flaw | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail(Act):
    """Send documents of one patient by secure mail."""

    documents: tuple[DocumentFacts, ...]
    professionals: tuple[str, ...] = ()
    citizens: tuple[str, ...] = ()

    @property
    def recipients(self) -> tuple[str, ...]:
        return self.professionals + self.citizens
