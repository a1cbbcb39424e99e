"""The population in JSON: the shapes of ``socle.control.model``, in camelCase."""

from datetime import date
from itertools import chain
from typing import Annotated, Literal

from pydantic import Field

from socle.control.model import (
    OUTCOMES,
    Box,
    BoxType,
    Establishment,
    EstablishmentKind,
    InsNumber,
    Person,
    Professional,
)
from socle.control.population.codec import Items
from socle.identifiers.ins import OID_TEST, key_of
from socle.web.cards import CardOrder
from socle.web.invalid import worded
from socle.web.model import Json

_FINESS = worded(r"^[0-9A-Z]{9}$", "un FINESS, 9 chiffres ou capitales", "a FINESS number, 9 digits or capital letters")
_MATRICULE = worded(
    r"^[0-9]{5}([0-9]{2}|2[AB])[0-9]{6}$",
    "un matricule INS de 13 caractères, sans sa clé",
    "an INS number of 13 characters, without its key",
)
_KEY = worded(r"^[0-9]{2}$", "2 chiffres", "2 digits")
_ID = worded(
    r"^[A-Za-z0-9.-]{1,60}$",
    "1 à 60 lettres sans accent, chiffres, « . » et « - »",
    "1 to 60 ASCII letters, digits, '.' and '-'",
)
_COG = worded(r"^[0-9AB]{5}$", "un code du COG, 5 caractères", "a code of the COG, 5 characters")
_SIRET = worded(r"^[0-9]{14}$", "un SIRET, 14 chiffres", "a SIRET number, 14 digits")
_RPPS = worded(r"^[0-9]{11}$", "un RPPS, 11 chiffres", "an RPPS number, 11 digits")
_ADDRESS = worded(r"^[^@\s]+@[^@\s]+$", "une adresse, nom@domaine", "an address, name@domain")
Finess = Annotated[str, Field(pattern=_FINESS, examples=["690000013"])]


AllowedIns = Annotated[
    tuple[str, ...],
    Field(description="Production numbers (13 or 15 characters) that are surely fictitious. Only a hash is kept"),
]


class InsView(Json):
    """One number, its OID, and when it was valid."""

    matricule: Annotated[str, Field(pattern=_MATRICULE, examples=["2790351215189"])]
    key: Annotated[
        str | None, Field(pattern=_KEY, examples=["89"], description="Right or wrong, as wished; untold: the right one")
    ] = None
    oid: Annotated[str, Field(examples=[OID_TEST])] = OID_TEST
    valid_from: date | None = None
    valid_to: date | None = None

    def number(self) -> InsNumber:
        """As value object."""
        values = self.model_dump()
        return InsNumber(**values | {"key": self.key or key_of(self.matricule)})


class PersonView(Json):
    """A fictitious person."""

    id: Annotated[str, Field(pattern=_ID, examples=["mine-1"], description="Its FHIR id too")]
    birth_name: Annotated[str, Field(min_length=1, examples=["PAT-TROIS"])]
    given_names: Annotated[tuple[str, ...], Field(min_length=1, examples=[["DOMINIQUE", "MARIE-LOUISE"]])]
    sex: Annotated[Literal["M", "F"], Field(examples=["F"])]
    birth_date: Annotated[date, Field(examples=["1979-03-28"])]
    birth_place: Annotated[str | None, Field(pattern=_COG, examples=["51215"], description="COG")] = None
    ins: InsView | None = None
    history: tuple[InsView, ...] = ()
    known_to_insi: bool = True
    outcome: Annotated[str | None, Field(description=f"What INSi always answers: {', '.join(OUTCOMES)}")] = None
    dmp: Literal["open", "closed", "none"] = "open"
    citizen_mailbox: Literal["open", "closed", "full", "none"] = "open"
    note: str = ""

    def person(self) -> Person:
        """As value object."""
        values = {name: getattr(self, name) for name in PersonView.model_fields if name not in ("ins", "history")}
        ins = self.ins.number() if self.ins is not None else None
        return Person(**values, ins=ins, history=tuple(number.number() for number in self.history))


class EstablishmentView(Json):
    """A site (EG) and its legal entity (EJ)."""

    finess_eg: Finess
    finess_ej: Finess
    name: Annotated[str, Field(min_length=1, examples=["Centre hospitalier de Villeclaire"])]
    kind: EstablishmentKind = EstablishmentKind.SANITARY
    category: Annotated[str, Field(examples=["355"])] = "355"
    siret: Annotated[str, Field(pattern=_SIRET, examples=["99003000900010"])]
    fields: frozenset[Literal["MCO", "HAD", "SMR", "PSY"]] = frozenset({"MCO"})
    ght: str | None = None
    region: str | None = None
    sector: Annotated[str, Field(examples=["SA01"])] = "SA01"
    city: str = ""


class ProfessionalView(Json):
    """A health professional."""

    rpps: Annotated[str, Field(pattern=_RPPS, examples=["99900063480"])]
    family: str
    given: str
    profession: Annotated[str, Field(examples=["10"])]
    speciality: Annotated[str | None, Field(examples=["SM26"])] = None
    finess_eg: Finess
    mailbox: str | None = None


class BoxView(Json):
    """A mailbox. Citizens' boxes follow from the persons and are not imported."""

    address: Annotated[str, Field(pattern=_ADDRESS, examples=["secretariat@ch.mssante.example"])]
    type: BoxType = BoxType.ORG
    label: str = ""
    finess_eg: Finess | None = None
    rpps: str | None = None
    person_id: str | None = None
    state: Literal["open", "closed", "full"] = "open"
    password: str = "socles"  # noqa: S105 - documented; there is nothing behind it to protect


class Import(Json):
    """What to add to a workspace's population, or replace in it."""

    persons: tuple[PersonView, ...] = ()
    establishments: tuple[EstablishmentView, ...] = ()
    professionals: tuple[ProfessionalView, ...] = ()
    boxes: tuple[BoxView, ...] = ()
    cards: tuple[CardOrder, ...] = ()
    allowed_ins: AllowedIns = ()

    def numbers(self) -> frozenset[str]:
        """The 13 characters of the numbers that the persons bring, and of those that are allowed."""
        borne = (one.matricule for person in self.persons for one in (person.ins, *person.history) if one is not None)
        return frozenset(number.strip().upper()[:13] for number in chain(borne, self.allowed_ins))

    def items(self) -> Items:
        """As value objects, without the allow-list and the cards, which need the persons that they name."""
        return Items(
            persons=tuple(one.person() for one in self.persons),
            establishments=tuple(Establishment(**one.model_dump()) for one in self.establishments),
            professionals=tuple(Professional(**one.model_dump()) for one in self.professionals),
            boxes=tuple(Box(**one.model_dump()) for one in self.boxes),
        )
