"""Identities in JSON: what is asked of their routes, and what these tell."""

from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from functools import partial
from typing import Annotated, Any

from pydantic import Field

from socle.control.population.awkward import Sort
from socle.identifiers.ins import OID_DEMO, OID_NIR, OID_TEST
from socle.identities.checking import Draft
from socle.identities.problem import MOST_TOLD, NotTaken, Problem
from socle.rules import Certainty, Severity
from socle.web.errors import Refusal
from socle.web.invalid import worded
from socle.web.model import Json
from socle.web.people import AllowedIns, PersonView

MOST_GENERATED = 10_000
_MEMBERS = {
    "birth_name": "birthName",
    "given_names": "givenNames",
    "birth_date": "birthDate",
    "birth_place": "birthPlace",
}


class Which(StrEnum):
    """Persons to export."""

    ALL = "all"
    ADDED = "added"
    """By the workspace."""


class Keys(StrEnum):
    """What becomes of a number whose key is wrong."""

    STRICT = "strict"
    ANY = "any"


class Names(StrEnum):
    """What becomes of accents, ligatures and small letters."""

    STRICT = "strict"
    TRANSLITERATE = "transliterate"


class Separator(StrEnum):
    """Of a CSV's fields."""

    SEMICOLON = ";"
    COMMA = ","
    TAB = "tab"

    @property
    def character(self) -> str:
        return "\t" if self is Separator.TAB else self.value


class Headers(StrEnum):
    """Names of a CSV's columns."""

    FRENCH = "fr"
    ENGLISH = "en"


class OidWanted(StrEnum):
    """Of generated numbers."""

    TEST = "test"
    DEMO = "demo"
    PRODUCTION = "production"
    """As the qualification server gives them: .8, and .9 for a NIA."""

    @property
    def oid(self) -> str:
        return {OidWanted.TEST: OID_TEST, OidWanted.DEMO: OID_DEMO, OidWanted.PRODUCTION: OID_NIR}[self]


class Added(Json):
    """Persons to add."""

    persons: Annotated[tuple[PersonView, ...], Field(min_length=1, max_length=1000)]
    allowed_ins: AllowedIns = ()


_PREFIX = worded(
    r"^[A-Za-z0-9.-]{1,40}$",
    "1 à 40 lettres sans accent, chiffres, « . » et « - »",
    "1 to 40 ASCII letters, digits, '.' and '-'",
)


class Wanted(Json):
    """Persons to generate."""

    count: Annotated[int, Field(ge=1, le=MOST_GENERATED)] = 20
    seed: Annotated[int, Field(ge=0, le=2**31)] = 1
    sorts: Annotated[tuple[Sort, ...], Field(description="One of each in turn; none: all sorts")] = ()
    oid: OidWanted = OidWanted.TEST
    prefix: Annotated[
        str | None,
        Field(pattern=_PREFIX, description="Their ids begin so; by default g, the seed and -"),
    ] = None
    keep: Annotated[bool, Field(description="false: only tell them, add nobody")] = True


class GeneratedPerson(PersonView):
    """With the sort it was made for."""

    sort: Sort


class Generated(Json):
    """Who was made."""

    kept: bool
    persons: tuple[GeneratedPerson, ...]


class ProblemView(Json):
    """What is wrong, or worth a remark, and where."""

    where: Annotated[str, Field(examples=["ligne 4, colonne cle"])]
    code: Annotated[str, Field(examples=["ins.key"])]
    message_fr: str
    message: str


class Taken(Json):
    """What an import did, or would do."""

    read: Annotated[int, Field(description="Persons in what was sent", examples=[12])]
    added: int
    replaced: Annotated[int, Field(description="Of the same id as somebody there before")]
    allowed: Annotated[int, Field(description="Production numbers declared fictitious; only their hashes are kept")]
    dry_run: bool
    format: str
    encoding: str | None = None
    separator: str | None = None
    ids: tuple[str, ...]
    remarks: tuple[ProblemView, ...] = ()


class DatamatrixText(Json):
    """What a scanner read."""

    payload: Annotated[
        str,
        Field(
            min_length=1,
            max_length=1000,
            description="GS as \\u001d, or written <GS>",
            examples=["IS010000000000000000000000S1279035121518989…"],
        ),
    ]


class DatamatrixFinding(Json):
    """A breach of the format."""

    rule: str
    severity: Severity
    certainty: Certainty
    title_fr: str
    title_en: str
    where: str
    expected: str
    found: str
    remedy: str


class DatamatrixRead(Json):
    """Fields by name, as they stand there, and what is wrong with them."""

    valid: Annotated[bool, Field(description="No finding of severity error")]
    payload: str
    fields: dict[str, str]
    person_id: Annotated[str | None, Field(description="Who has this number in the workspace")] = None
    findings: tuple[DatamatrixFinding, ...]


def drafts_of(persons: Iterable[PersonView]) -> Iterator[Draft]:
    """For the checks; places are JSON members."""
    for position, one in enumerate(persons):
        yield Draft(one.person(), partial(_place, position))


def views(problems: Sequence[Problem]) -> tuple[ProblemView, ...]:
    """The first of them."""
    return tuple(ProblemView.model_validate(one) for one in problems[:MOST_TOLD])


def refusal_of(error: NotTaken) -> Refusal:
    """As a JSON error."""
    first, count = error.problems[0], len(error.problems)
    if count == 1 and not first.where:
        return Refusal(error.status, first.code, first.message_fr, first.message)
    details: list[dict[str, Any]] = [one.model_dump(by_alias=True) for one in views(error.problems)]
    fr = f"Rien n'est pris : {count} {'problèmes' if count > 1 else 'problème'}."
    return Refusal(error.status, "identities.refused", fr, f"Nothing is taken: {count} problem(s).", details=details)


def _place(position: int, member: str) -> str:
    return f"persons/{position}/{_MEMBERS.get(member, member)}"
