"""What the control plane knows, as the services see it: workspaces and the people and places of the population."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Final

from socle.rules import Strictness

DEFAULT_WORKSPACE = "default"
GENERATED_NAME = re.compile(r"t-[0-9a-f]{12}", re.ASCII)
"""Of workspaces that were made without a name. Nobody else may give such a name: once deleted it never comes again."""


@dataclass(frozen=True, slots=True)
class Workspace:
    """One editor, or one test run (D7)."""

    name: str
    """``[a-z0-9][a-z0-9-]{0,39}``: it is a DNS label."""
    epoch: int = 1
    """Raised by each reset or restore."""
    strictness: Strictness = Strictness.OFFICIAL
    options: Mapping[str, str] = field(default_factory=dict)


class EstablishmentKind(StrEnum):
    """Sanitary or medico-social (indicators.md §1.1, §8)."""

    SANITARY = "sanitary"
    MEDICO_SOCIAL = "medico-social"


@dataclass(frozen=True, slots=True)
class Establishment:
    """A geographical site (EG) and the legal entity (EJ) it belongs to."""

    finess_eg: str
    finess_ej: str
    name: str
    kind: EstablishmentKind
    category: str
    """FINESS category code, e.g. 355."""
    siret: str
    fields: frozenset[str] = frozenset({"MCO"})
    """Among MCO, HAD, SMR, PSY; empty for medico-social."""
    ght: str | None = None
    region: str | None = None
    sector: str = "SA01"
    """Code of JDV_J02, healthcareFacilityTypeCode."""
    city: str = ""


@dataclass(frozen=True, slots=True)
class Professional:
    """A health professional working at one site."""

    rpps: str
    family: str
    given: str
    profession: str
    """JDV_J01 first half: G15_10 → ``10``."""
    speciality: str | None
    """``SM26`` …; mandatory for physicians and pharmacists."""
    finess_eg: str
    mailbox: str | None = None


OUTCOMES: Final = ("01", "02", "desir_550", "desir_560", "desir_1020", "insi_19", "insi_102", "insi_111")
"""What INSi may always answer of a person, whoever else matches: a CodeCR, or a fault of its catalogue."""


@dataclass(frozen=True, slots=True)
class InsNumber:
    """One matricule with its OID, and the dates it was valid (None: open)."""

    matricule: str
    """13 characters."""
    key: str | None
    oid: str
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """A fictitious person: INSi identity, DMP patient and owner of a citizen mailbox at once."""

    id: str
    birth_name: str
    given_names: tuple[str, ...]
    sex: str
    """M or F."""
    birth_date: date
    birth_place: str | None
    """COG, 5 characters."""
    ins: InsNumber | None
    history: tuple[InsNumber, ...] = ()
    known_to_insi: bool = True
    outcome: str | None = None
    """One of ``OUTCOMES`` that this person always gives; None: computed."""
    dmp: str = "open"
    """``open``, ``closed``, ``none`` …"""
    citizen_mailbox: str = "open"
    """``open``, ``closed``, ``full``, ``none``."""
    note: str = ""


@dataclass(frozen=True, slots=True)
class CardHolder:
    """Somebody whom a Vitale card names: the insured person, or a beneficiary."""

    person_id: str
    birth_date: str
    """As it stands on the card, ``AAAA-MM-JJ``: a lunar date has ``00``, or a day or month outside the calendar."""
    rank: int = 1
    """``RangNaissance``: 1, or 2 and more for a twin born later on the same day."""
    number: str | None = None
    """The certified NIR on the card, 13 characters, which may be a former one; None: the card holds none."""


@dataclass(frozen=True, slots=True)
class VitaleCard:
    """A virtual Vitale card: the insured person's number, and whom it pays for."""

    id: str
    insured: str
    """NIR of the insured person ("ouvrant droit"), 13 characters."""
    key: str
    holders: tuple[CardHolder, ...]
    label: str = ""


class BoxType(StrEnum):
    """Kinds of MSSanté boxes (mssante.md §1.2)."""

    PER = "PER"
    ORG = "ORG"
    APP = "APP"
    CAB = "CAB"
    CITIZEN = "CITIZEN"
    """Not a type of the directory: ``<INS>@patient.mssante.fr``."""


@dataclass(frozen=True, slots=True)
class Box:
    """A mailbox; ``address`` is lower case and unique in its workspace."""

    address: str
    type: BoxType
    label: str
    finess_eg: str | None = None
    rpps: str | None = None
    person_id: str | None = None
    state: str = "open"
    """``open``, ``closed``, ``full``."""
    password: str = "socles"  # noqa: S105 - the sandbox's documented password; there is nothing behind it to protect
