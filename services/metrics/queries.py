"""Reads of the API: sums of the stored grain. One function, one snapshot."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, String, and_, func, literal, or_, select

from metrics.domain.definitions import Definition
from metrics.domain.dimension import Dimension, Group, GroupBy
from metrics.domain.facts import Establishment
from metrics.lookups import Scope
from metrics.tables import Projection, high_water, late, position
from metrics.tables import poison as poison_table
from socle.bus.port import TopicPartition


class Only(NamedTuple):
    """Restricts a read to some sites or legal entities; None: everybody."""

    finess_eg: frozenset[str]
    finess_ej: frozenset[str]

    def takes(self, finess_eg: str, finess_ej: str) -> bool:
        """Whether a row of the grain is meant."""
        return finess_eg in self.finess_eg if finess_eg else finess_ej in self.finess_ej


Measures = dict[str, int]
Sums = dict[tuple[Group, str], Measures]
"""(row, indicator) → measure → sum."""


Curves = dict[tuple[Group, str], dict[str, tuple[int, int]]]
"""(row, indicator) → day → (numerator, denominator)."""


@dataclass(frozen=True, slots=True)
class Grain:
    """Reads the stored grain of some indicators, summed into rows."""

    connection: Connection
    tables: Projection
    scope: Scope
    definitions: Sequence[Definition]
    dimension: Dimension
    by: GroupBy
    only: Only | None = None

    def sums(self, days: tuple[str, str]) -> Sums:
        """Over the days, both included. Numerators and denominators are summed, rates never averaged."""
        grain = self.tables.grain.c
        by_day = self.dimension.changes
        keys = (grain.indicator, grain.version, grain.finess_eg, grain.finess_ej, grain.field, grain.measure)
        day = grain.day if by_day else literal(days[1], String)
        statement = (
            select(*keys, day, func.sum(grain.value))
            .where(*self._where(days))
            .group_by(*keys, *((grain.day,) if by_day else ()))
        )
        found: Sums = defaultdict(lambda: defaultdict(int))
        for indicator, version, eg, ej, field, measure, on, value in self.connection.execute(statement):
            if self._takes(indicator, version, eg, ej):
                found[self.dimension.group(self.by, eg, ej, field, on), indicator][measure] += int(value)
        return found

    def curves(self, days: tuple[str, str]) -> Curves:
        """Numerator and denominator of each day."""
        grain = self.tables.grain.c
        keys = (grain.indicator, grain.version, grain.day, grain.finess_eg, grain.finess_ej, grain.field, grain.measure)
        statement = select(*keys, grain.value).where(*self._where(days), grain.measure.in_(["num", "den"]))
        found: Curves = defaultdict(dict)
        for indicator, version, day, eg, ej, field, measure, value in self.connection.execute(statement):
            if self._takes(indicator, version, eg, ej):
                curve = found[self.dimension.group(self.by, eg, ej, field, day), indicator]
                num, den = curve.get(day, (0, 0))
                curve[day] = (num + value, den) if measure == "num" else (num, den + value)
        return found

    def _where(self, days: tuple[str, str]) -> tuple[ColumnElement[bool], ...]:
        grain = self.tables.grain.c
        return (
            grain.workspace == self.scope[0],
            grain.epoch == self.scope[1],
            grain.indicator.in_([definition.id for definition in self.definitions]),
            grain.day.between(*days),
        )

    def _takes(self, indicator: str, version: int, finess_eg: str, finess_ej: str) -> bool:
        wanted = any(definition.key == (indicator, version) for definition in self.definitions)
        return wanted and (self.only is None or self.only.takes(finess_eg, finess_ej))


def revisions(connection: Connection, scope: Scope, days: tuple[str, str]) -> Mapping[str, int]:
    """Indicator → changes that came to these days after they were final."""
    statement = (
        select(late.c.indicator, func.sum(late.c.changes))
        .where(late.c.workspace == scope[0], late.c.epoch == scope[1], late.c.day.between(*days))
        .group_by(late.c.indicator)
    )
    return {indicator: int(changes) for indicator, changes in connection.execute(statement)}


def establishments(connection: Connection, tables: Projection, scope: Scope) -> list[Establishment]:
    """What events told of sites."""
    table = tables.establishment
    statement = select(*(table.c[name] for name in Establishment._fields)).where(
        table.c.workspace == scope[0], table.c.epoch == scope[1]
    )
    return [Establishment._make(row) for row in connection.execute(statement)]


def poison(connection: Connection, workspace: str, limit: int) -> list[dict[str, Any]]:
    """Events set aside, the newest first: of the workspace, and those whose workspace cannot be read."""
    statement = (
        select(poison_table)
        .where(_of_workspace(workspace))
        .order_by(poison_table.c.at.desc(), poison_table.c.log_offset.desc())
        .limit(limit)
    )
    return [dict(row._mapping) for row in connection.execute(statement)]


def poison_count(connection: Connection, workspace: str) -> int:
    """How many they are."""
    counted = select(func.count()).select_from(poison_table).where(_of_workspace(workspace))
    return int(connection.execute(counted).scalar_one())


def _of_workspace(workspace: str) -> ColumnElement[bool]:
    return or_(poison_table.c.workspace == workspace, poison_table.c.workspace.is_(None))


def positions(connection: Connection, consumer: str) -> dict[TopicPartition, int]:
    """Where the consumers stand, all processes together."""
    statement = select(position.c.topic, position.c.partition, position.c.next).where(position.c.consumer == consumer)
    return {TopicPartition(topic, part): at for topic, part, at in connection.execute(statement)}


class Account(NamedTuple):
    """What was taken in of one source's events in one topic."""

    source: str
    topic: str
    taken: int
    """Those that came, poison included: up to the newest, less those that are missing."""
    poison: int
    duplicates: int
    missing: int
    """Numbers that were passed over: the events are on no topic that was read."""


def accounts(connection: Connection, consumer: str, workspace: str) -> list[Account]:
    """Of all sources of a workspace, since it was first made: resets do not begin another count."""
    marks = high_water.c
    mine = and_(marks.consumer == consumer, marks.source.endswith(f"/{workspace}", autoescape=True))
    keys = (marks.source, marks.topic)
    came = func.sum(marks.sequence + 1 - marks.missing)
    taken = select(*keys, came, func.sum(marks.repeated), func.sum(marks.missing)).where(mine).group_by(*keys)
    aside = poison_table.c
    spoilt = (
        select(aside.source, aside.topic, func.count())
        .where(aside.workspace == workspace)
        .group_by(aside.source, aside.topic)
    )
    bad = {(source, topic): count for source, topic, count in connection.execute(spoilt)}
    return [
        Account(source, topic, int(count), bad.get((source, topic), 0), int(repeated), int(missing))
        for source, topic, count, repeated, missing in sorted(connection.execute(taken))
    ]
