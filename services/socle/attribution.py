"""Which establishment did this? One resolver per protocol, one order each (domain/indicators.md §6.3).

Pure functions. A number that the population does not know is not attributed: whether it is a site (EG) or a legal
entity (EJ) could only be guessed. An EJ number is kept as such, and is never turned into one of its sites.
"""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from enum import StrEnum
from typing import Concatenate, Generic, ParamSpec, Protocol
from weakref import WeakKeyDictionary

from socle.control.model import Box, Establishment, Professional
from socle.identifiers.errors import InvalidIdentifier
from socle.identifiers.finess import Finess
from socle.identifiers.siret import Siret


class AttributedBy(StrEnum):
    """What told us; the value of ``attributedBy`` in every event."""

    AUTHOR_INSTITUTION = "author-institution"
    VIHF = "vihf"
    CERTIFICATE = "certificate"
    EMETTEUR = "emetteur"
    IDENTIFIANT_FACTURATION = "identifiant-facturation"
    BOX = "box"
    X_MSS = "x-mss"
    NONE = "none"


class Prefixes(StrEnum):
    """How the first digit of a structure's national identifier is read. Two sources disagree, so both can be chosen."""

    STRUCTURE = "structure"
    """Struct_IdNat: 1 FINESS, 3 SIRET (domain/indicators.md §6.3; ``10B0127189``, ``339172288100052``). The default."""
    PERSON = "person"
    """As in PS_IdNat: 3 FINESS, 4 SIREN, 5 SIRET, each with ``/`` and an internal number (domain/dmp.md §3.3)."""


@dataclass(frozen=True, slots=True)
class Attribution:
    """The answer, and what it rests on. With an EJ number only ``finess_ej`` is set."""

    finess_eg: str | None
    finess_ej: str | None
    attributed_by: AttributedBy

    @property
    def found(self) -> bool:
        return self.attributed_by is not AttributedBy.NONE


NOBODY = Attribution(None, None, AttributedBy.NONE)


class Structures(Protocol):
    """The part of ``socle.control.port.Population`` that attribution reads."""

    def establishment(self, finess: str) -> Establishment | None: ...

    def establishments_of(self, finess_ej: str) -> tuple[Establishment, ...]: ...

    def establishment_by_siret(self, siret: str) -> Establishment | None: ...

    def professional(self, rpps: str) -> Professional | None: ...

    def box(self, address: str) -> Box | None: ...


P = ParamSpec("P")
_REMEMBERED, _LONGEST = 4096, 200
"""Entries, and letters of one: callers choose them."""


class Attributed(Generic[P]):
    """Stands for a resolver whose values can be keys of a dictionary: what it found is remembered, until the population
    is another one. Callers are few, and each of their acts names them."""

    def __init__(self, resolver: Callable[Concatenate[Structures, P], Attribution]) -> None:
        self._resolver = resolver
        self._known: WeakKeyDictionary[Structures, dict[Hashable, Attribution]] = WeakKeyDictionary()

    def __call__(self, population: Structures, *args: P.args, **kwargs: P.kwargs) -> Attribution:
        known = self._known.get(population)
        if known is None or len(known) >= _REMEMBERED:
            known = self._known[population] = {}
        key = (args, *kwargs.items())
        found = known.get(key)
        if found is None:
            found = self._resolver(population, *args, **kwargs)
            if sum(len(said) for said in args if isinstance(said, str)) <= _LONGEST:
                known[key] = found
        return found


def resolve_dmp(
    population: Structures,
    *,
    author_institution: str | None = None,
    struct_id_nat: str | None = None,
    certificate_ou: str | None = None,
    prefixes: Prefixes = Prefixes.STRUCTURE,
) -> Attribution:
    """DMP: the submission set's author institution (XON.10), the VIHF's Identifiant_Structure, the certificate's OU."""
    return _first(
        population,
        (author_institution, AttributedBy.AUTHOR_INSTITUTION, prefixes),
        (struct_id_nat, AttributedBy.VIHF, prefixes),
        (certificate_ou, AttributedBy.CERTIFICATE, prefixes),
    )


def resolve_insi(
    population: Structures,
    certificate_ou: str | None = None,
    emetteur: str | None = None,
    identifiant_facturation: str | None = None,
    prefixes: Prefixes = Prefixes.STRUCTURE,
) -> Attribution:
    """INSi: the certificate's OU, ``Emetteur``, then ``identifiantFacturation`` (a bare FINESS, else a bare SIRET)."""
    return _first(
        population,
        (certificate_ou, AttributedBy.CERTIFICATE, prefixes),
        (emetteur, AttributedBy.EMETTEUR, prefixes),
        (identifiant_facturation, AttributedBy.IDENTIFIANT_FACTURATION, None),
    )


def resolve_mss(
    population: Structures,
    *,
    sending_box: str | None = None,
    x_mss_structure: str | None = None,
    prefixes: Prefixes = Prefixes.STRUCTURE,
) -> Attribution:
    """MSSanté: the structure of the sending box (its own, else its owner's), then that of an X-MSS header."""
    box = population.box(sending_box.strip().lower()) if sending_box else None
    if box is not None:
        site = box.finess_eg
        if site is None and box.rpps is not None:
            owner = population.professional(box.rpps)
            site = owner.finess_eg if owner is not None else None
        found = _by_finess(population, site, AttributedBy.BOX) if site is not None else None
        if found is not None:
            return found
    return _first(population, (x_mss_structure, AttributedBy.X_MSS, prefixes))


def _first(population: Structures, *sources: tuple[str | None, AttributedBy, Prefixes | None]) -> Attribution:
    for text, by, prefixes in sources:
        value = (text or "").strip()
        if value:
            found = _bare(population, value, by) if prefixes is None else _prefixed(population, value, by, prefixes)
            if found is not None:
                return found
    return NOBODY


def _prefixed(population: Structures, text: str, by: AttributedBy, prefixes: Prefixes) -> Attribution | None:
    prefix, number = text[0], text[1:]
    if prefixes is Prefixes.STRUCTURE:
        finess, siret = "1", "3"
    else:
        finess, siret = "3", "5"
        number = number.partition("/")[0]
    if prefix == finess:
        return _by_finess(population, number, by)
    if prefix == siret:
        return _by_siret(population, number, by)
    return None


def _bare(population: Structures, text: str, by: AttributedBy) -> Attribution | None:
    return _by_finess(population, text, by) or _by_siret(population, text, by)


def _by_finess(population: Structures, text: str, by: AttributedBy) -> Attribution | None:
    try:
        number = Finess.parse(text).value
    except InvalidIdentifier:
        return None
    site = population.establishment(number)
    if site is not None:
        return Attribution(site.finess_eg, site.finess_ej, by)
    return Attribution(None, number, by) if population.establishments_of(number) else None


def _by_siret(population: Structures, text: str, by: AttributedBy) -> Attribution | None:
    try:
        siret = Siret.parse(text).value
    except InvalidIdentifier:
        return None
    site = population.establishment_by_siret(siret)
    return Attribution(site.finess_eg, site.finess_ej, by) if site is not None else None
