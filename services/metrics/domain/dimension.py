"""Establishments as they were on a day: site → legal entity → GHT → region (domain/indicators.md §7.2 rule 9)."""

from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple

from metrics.domain.days import local_day
from metrics.domain.facts import Establishment

UNKNOWN = ""


class GroupBy(StrEnum):
    """What rows stand for."""

    EG = "eg"
    EJ = "ej"
    FIELD = "field"
    REGION = "region"
    GHT = "ght"
    ALL = "all"


class Site(NamedTuple):
    """One validity period of one site; days as text, ``""`` and ``None`` for open ends."""

    finess_eg: str
    finess_ej: str
    name: str
    kind: str
    category: str
    fields: tuple[str, ...]
    ght: str | None
    region: str | None
    city: str | None
    first_day: str = ""
    last_day: str | None = None

    def valid_on(self, day: str) -> bool:
        """Whether the row describes the site on this local day."""
        return self.first_day <= day and (self.last_day is None or day < self.last_day)


class Group(NamedTuple):
    """A row's key. ``level`` tells what ``key`` is: eg, ej, field, region, ght, all, or ``unattributed``."""

    level: str
    key: str


UNATTRIBUTED_GROUP = Group("unattributed", "")


class Dimension:
    """All sites of one workspace. Events about a site take the place of the population's description of it."""

    def __init__(self, population: Iterable[Site], changed: Iterable[Establishment]) -> None:
        told: dict[str, list[Site]] = {}
        for row in changed:
            told.setdefault(row.finess_eg, []).append(_site(row))
        self._sites = {site.finess_eg: [site] for site in population}
        self._sites.update({finess: sorted(rows, key=lambda site: site.first_day) for finess, rows in told.items()})
        self._of_ej: dict[str, list[Site]] = {}
        for rows in self._sites.values():
            self._of_ej.setdefault(rows[-1].finess_ej, []).append(rows[-1])

    @property
    def sites(self) -> list[Site]:
        """The newest row of each site, by number."""
        return [self._sites[finess][-1] for finess in sorted(self._sites)]

    def of_ej(self, finess_ej: str) -> list[Site]:
        """The sites of a legal entity."""
        return self._of_ej.get(finess_ej, [])

    def site(self, finess_eg: str, day: str) -> Site | None:
        """The row valid on that day; before the first one, the first."""
        rows = self._sites.get(finess_eg)
        if not rows:
            return None
        return next((row for row in reversed(rows) if row.valid_on(day)), rows[0])

    @property
    def changes(self) -> bool:
        """Whether any site has more than one row: then sums need the day."""
        return any(len(rows) > 1 for rows in self._sites.values())

    def group(self, by: GroupBy, finess_eg: str, finess_ej: str, field: str, day: str) -> Group:
        """The row a stored count goes to."""
        if by is GroupBy.ALL:
            return Group("all", "")
        if by is GroupBy.FIELD:
            return Group("field", field)
        if not finess_eg and not finess_ej:
            return UNATTRIBUTED_GROUP
        if by is GroupBy.EG:
            return Group("eg", finess_eg) if finess_eg else Group("ej", finess_ej)
        site = self.site(finess_eg, day) if finess_eg else None
        if by is GroupBy.EJ:
            return Group("ej", site.finess_ej if site else finess_ej) if site or finess_ej else Group("eg", finess_eg)
        around = [site] if site else self.of_ej(finess_ej)
        values = {(each.region if by is GroupBy.REGION else each.ght) or UNKNOWN for each in around}
        return Group(by.value, values.pop() if len(values) == 1 else UNKNOWN)


def _site(row: Establishment) -> Site:
    return Site(
        row.finess_eg,
        row.finess_ej,
        row.name,
        row.kind,
        row.category,
        tuple(row.fields.split()),
        row.ght,
        row.region,
        row.city,
        local_day(row.valid_from),
        None if row.valid_to is None else local_day(row.valid_to),
    )
