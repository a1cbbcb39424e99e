"""A simulated hospital: its site, staff, patients and habits."""

from dataclasses import dataclass

from sandbox.clients.mime import Style
from sandbox.facts import Author, Patient, Site


@dataclass(frozen=True, slots=True)
class Resident:
    """A patient the hospital may admit, with his citizen mailbox if it is open."""

    patient: Patient
    citizen_box: str | None = None


@dataclass(frozen=True, slots=True)
class Habits:
    """How well a hospital uses the services: shares between 0 and 1."""

    letter: float = 0.75
    """Stays whose discharge letter goes to the DMP."""
    report: float = 0.3
    """Stays whose hospital report goes to the DMP."""
    mail: float = 0.6
    """Discharge letters mailed to a professional."""
    citizen: float = 0.35
    """Discharge letters mailed to the patient."""
    flaw: float = 0.06
    """Deposits sent with a mistake first."""
    replace: float = 0.12
    """Letters corrected by a second version."""
    late: float = 0.1
    """Stays that ended weeks ago and are only now documented."""


@dataclass(frozen=True, slots=True)
class Hospital:
    """Everything a hospital needs to play; built from the population, see ``sandbox.hospitals.world``."""

    site: Site
    authors: tuple[Author, ...]
    residents: tuple[Resident, ...]
    sender_box: str
    sender_password: str
    correspondents: tuple[str, ...]
    """Professional mailboxes elsewhere."""
    style: Style
    habits: Habits
    stays: int
    """Stays of the day: the hospital's size."""
    field: str | None = "MCO"
    """Field of activity of its stays; None for a medico-social site, whose stays are not counted."""
