"""What a simulated hospital knows: the plain facts that documents, requests and mails are made from.

Nothing here comes from a service: a hospital knows its patients, its staff and its stays, as a real one does.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime

from sandbox.seal import Seal


@dataclass(frozen=True, slots=True)
class Patient:
    """A fictitious person, as the hospital registered him."""

    ins: str
    """Matricule and key: 15 characters."""
    oid: str
    birth_name: str
    given_names: tuple[str, ...]
    sex: str
    """M or F."""
    birth_date: date
    birth_place: str | None = None
    """COG, 5 characters."""
    local_id: str = ""
    """The hospital's own number (IPP)."""

    @property
    def cx(self) -> str:
        """The patient as XDS metadata name him (dmp.md §3.3)."""
        return f"{self.ins}^^^&{self.oid}&ISO^NH"


@dataclass(frozen=True, slots=True)
class Author:
    """A professional who writes and signs."""

    rpps: str
    """11 digits."""
    family: str
    given: str
    speciality: str = "G15_10/SM26"
    speciality_label: str = "Médecin - Qualifié en Médecine Générale (SM)"

    @property
    def national_id(self) -> str:
        """PS_IdNat: 8 + RPPS (dmp.md §3.3)."""
        return f"8{self.rpps}"

    @property
    def xcn(self) -> str:
        return f"{self.national_id}^{self.family}^{self.given}^^^^^^&1.2.250.1.71.4.2.1&ISO^D^^^IDNPS"


@dataclass(frozen=True, slots=True)
class Site:
    """The establishment that sends."""

    finess_eg: str
    finess_ej: str
    name: str
    root: str
    """OID under which the hospital numbers its patients and stays."""
    sector: str = "SA01"
    sector_label: str = "Etablissement public de santé"
    practice: str = "ETABLISSEMENT"
    practice_label: str = "Etablissement de santé"
    city: str = "PARIS"
    seal: Seal | None = None
    """What it signs with; None: it sends what nobody signed."""

    @property
    def national_id(self) -> str:
        """Struct_IdNat: 1 + FINESS (dmp.md §2)."""
        return f"1{self.finess_eg}"

    @property
    def xon(self) -> str:
        return f"{self.name}^^^^^&1.2.250.1.71.4.2.2&ISO^IDNST^^^{self.national_id}"


@dataclass(frozen=True, slots=True)
class Encounter:
    """A stay; ``discharged_at`` is None while the patient is still in."""

    root: str
    extension: str
    admitted_at: datetime
    discharged_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class DocumentFacts:
    """One version of one document."""

    kind: str
    """Key of ``sandbox.cda.kinds.KINDS``: the LOINC code."""
    level: str
    """``N1`` or ``N3``."""
    unique_id: str
    """An OID without extension, as the DMP asks."""
    set_id: str
    version: int
    created_at: datetime
    patient: Patient
    author: Author
    site: Site
    encounter: Encounter
    replaces: str | None = None
    """``unique_id`` of the version this one replaces."""

    def next_version(self, unique_id: str, created_at: datetime) -> "DocumentFacts":
        """The version that replaces this one."""
        return replace(
            self, unique_id=unique_id, version=self.version + 1, created_at=created_at, replaces=self.unique_id
        )
