"""One patient, one author, one site and one stay, for the tests of the simulated hospitals."""

from datetime import UTC, date, datetime

from sandbox.cda import cda
from sandbox.clients.lot import Entry, Lot
from sandbox.facts import Author, DocumentFacts, Encounter, Patient, Site

NOW = datetime(2026, 3, 4, 10, 30, tzinfo=UTC)
PATIENT = Patient(
    "279035121518989",
    "1.2.250.1.213.1.4.10",
    "PAT-TROIS",
    ("DOMINIQUE", "MARIE-LOUISE"),
    "F",
    date(1979, 3, 28),
    "51215",
    "IPP1",
)
AUTHOR = Author("10100000009", "D'ARC & FILS", "Léa")
SITE = Site("750000001", "750000019", "CH <de> l'Étoile", "2.25.7")
STAY = Encounter("2.25.7.2", "S1", datetime(2026, 3, 1, 8, tzinfo=UTC), datetime(2026, 3, 4, 9, tzinfo=UTC))


def document(kind: str = "11490-0", level: str = "N1", unique_id: str = "2.25.1001") -> DocumentFacts:
    """The facts of a first version."""
    return DocumentFacts(kind, level, unique_id, "2.25.1000", 1, NOW, PATIENT, AUTHOR, SITE, STAY)


def lot(*documents: DocumentFacts) -> Lot:
    """A submission set of these documents (one discharge letter by default)."""
    entries = [Entry(facts, cda(facts)) for facts in documents or (document(),)]
    return Lot("2.25.900", NOW, SITE, AUTHOR, PATIENT, entries)
