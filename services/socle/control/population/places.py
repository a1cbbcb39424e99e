"""Generated establishments: legal entities (EJ) and sites (EG), sanitary and medico-social."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import NamedTuple

from socle.control.model import Establishment, EstablishmentKind
from socle.control.population.names import SAINTS, TERRITORIES, Territory
from socle.identifiers.finess import make_finess
from socle.identifiers.siret import make_siret


class _Model(NamedTuple):
    """A sort of establishment. ``attached`` sites belong to the last legal entity made from a model that is not."""

    name: str
    category: str
    sector: str
    fields: tuple[str, ...]
    public: bool
    attached: bool = False


_CHU = _Model("CHU {of_town}", "101", "SA01", ("MCO", "SMR", "PSY"), public=True)
_CHU_SITE = _Model("CHU {of_town}, site {saint}", "101", "SA01", ("MCO", "SMR"), public=True, attached=True)
_CH = _Model("Centre hospitalier {of_town}", "355", "SA01", ("MCO", "SMR"), public=True)
_CH_SITE = _Model("Centre hospitalier {of_town}, site {saint}", "355", "SA01", ("MCO",), public=True, attached=True)
_EHPAD_CH = _Model("EHPAD {saint} du CH {of_town}", "500", "SA17", (), public=True, attached=True)
_CLINIC = _Model("Clinique {saint} {of_town}", "365", "SA04", ("MCO",), public=False)
_ESPIC = _Model("Hôpital {saint} {of_town}", "365", "SA03", ("MCO", "SMR"), public=False)
_SMR = _Model("Centre de réadaptation {saint} {of_town}", "365", "SA04", ("SMR",), public=False)
_HAD = _Model("HAD du pays {of_town}", "127", "SA03", ("HAD",), public=False)
_EPSM = _Model("EPSM {of_town}", "292", "SA01", ("PSY",), public=True)
_EHPAD = _Model("EHPAD {saint} {of_town}", "500", "SA17", (), public=False)

_MIX = (
    _CHU,
    _CHU_SITE,
    _EHPAD,
    _CH,
    _CH_SITE,
    _EHPAD_CH,
    _CLINIC,
    _HAD,
    _CH,
    _EHPAD,
    _EPSM,
    _ESPIC,
    _CH,
    _EHPAD_CH,
    _CLINIC,
    _EHPAD,
    _SMR,
    _CH,
    _CH_SITE,
    _EHPAD,
)
"""Twenty sites; a smaller population is its beginning, a larger one repeats it elsewhere."""

_QUARTERS = ("", "-le-Neuf", "-le-Château", "-les-Vignes", "-sur-Roche", "-la-Forêt", "-le-Pont", "-les-Eaux")
"""What a town's name takes each time the list of towns is used again, so that no two establishments share a name."""

_MEDICO_SOCIAL = frozenset({"500"})


@dataclass
class _Entity:
    """A legal entity under way."""

    finess: str
    siren8: str
    territory: Territory
    town: str
    sites: int = 0


def establishments(random: Random, count: int) -> Iterator[Establishment]:
    """``count`` sites; the numbers lie where no real ones are (FINESS: third digit 9 in metropolitan France)."""
    entity: _Entity | None = None
    for number in range(count):
        model = _MIX[number % len(_MIX)]
        if entity is None or not model.attached:
            entity = _entity(random, number)
        entity.sites += 1
        public = model.public
        yield Establishment(
            finess_eg=make_finess(_first8(entity.territory, number, site=True)),
            finess_ej=entity.finess,
            name=model.name.format(of_town=_of(entity.town), saint=SAINTS[number % len(SAINTS)]),
            kind=EstablishmentKind.MEDICO_SOCIAL if model.category in _MEDICO_SOCIAL else EstablishmentKind.SANITARY,
            category=model.category,
            siret=make_siret(entity.siren8, f"{entity.sites:04d}"),
            fields=frozenset(model.fields),
            ght=entity.territory.ght if public else None,
            region=entity.territory.region,
            sector=model.sector,
            city=entity.town,
        )


def mail_domain(site: Establishment) -> str:
    """A domain under a reserved name, from the site's own name: ``clinique-du-parc-de-villeclaire.mssante.example``."""
    return f"{slug(site.name)}.mssante.example"


def slug(text: str) -> str:
    """Lower-case ASCII letters, digits and single hyphens."""
    plain = unicodedata.normalize("NFKD", text.lower()).encode("ascii", "ignore").decode()
    return "-".join("".join(char if char.isalnum() else " " for char in plain).split())


def _entity(random: Random, number: int) -> _Entity:
    territory = TERRITORIES[number % len(TERRITORIES)]
    towns = territory.towns
    return _Entity(
        finess=make_finess(_first8(territory, number, site=False)),
        siren8=f"99{random.randrange(100):02d}{number:04d}",
        territory=territory,
        town=_town(towns, number // len(TERRITORIES)),
    )


def _of(town: str) -> str:
    return f"d'{town}" if unicodedata.normalize("NFKD", town)[0] in "AEIOUY" else f"de {town}"


def _town(towns: tuple[str, ...], number: int) -> str:
    turn, place = divmod(number, len(towns))
    return towns[place] + (_QUARTERS[turn] if turn < len(_QUARTERS) else f"-{turn + 1}")


def _first8(territory: Territory, number: int, *, site: bool) -> str:
    # overseas numbers begin with 97 and tell their département in the fourth place (domain/indicators.md §5.1)
    department = territory.department
    start = f"979{department[2]}" if len(department) == 3 else f"{department}90"
    return f"{start}{number + 5_000 * site:04d}"
