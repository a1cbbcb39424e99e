"""The shadow tables, into which a rebuild replays the log: emptied, compared with the live ones, put in their place."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, Table, delete, except_, func, insert, select, text

from metrics.tables import high_water, live, position, shadow
from socle.store.port import UnitOfWork

_PAIRS = tuple(zip(live.tables, shadow.tables, strict=True))
_LONG = text("SET LOCAL statement_timeout = 0")
_ROOM = text("SET LOCAL work_mem = '128MB'")


@dataclass(frozen=True, slots=True)
class Compared:
    """Rows of the live tables against the replay, by live table."""

    rows: int
    """Of the replay."""
    missing: Mapping[str, int]
    superfluous: Mapping[str, int]

    @property
    def different(self) -> frozenset[str]:
        """Live tables that are not as the replay made them."""
        return frozenset(name for name in self.missing if self.missing[name] or self.superfluous[name])


def compare(connection: Connection) -> Compared:
    """Row by row, all columns. May take a minute for a nation's facts."""
    if connection.dialect.name == "postgresql":
        connection.execute(_LONG)
        connection.execute(_ROOM)
    missing, superfluous, rows = {}, {}, 0
    for kept, replayed in _PAIRS:
        expected, there = _count(connection, replayed), _count(connection, kept)
        missing[kept.name] = _only_in(connection, replayed, kept)
        # keys are unique: as many rows on both sides, none missing, leaves no room for another
        exact = expected == there and not missing[kept.name]
        superfluous[kept.name] = 0 if exact else _only_in(connection, kept, replayed)
        rows += expected
    return Compared(rows, missing, superfluous)


def replace(uow: UnitOfWork, names: Collection[str]) -> None:
    """Give these live tables the rows of their shadows; who reads meanwhile sees the former ones."""
    if uow.dialect == "postgresql":
        uow.execute(_LONG)
    for kept, replayed in _PAIRS:
        if kept.name in names:
            uow.execute(delete(kept))
            uow.execute(insert(kept).from_select([column.name for column in kept.c], select(replayed)))


def clear(uow: UnitOfWork, consumer: str) -> None:
    """Empty the shadow tables, and forget where their consumer stood."""
    if uow.dialect == "postgresql":
        uow.execute(text(f"TRUNCATE {', '.join(table.name for table in shadow.tables)}"))
    else:
        for table in shadow.tables:
            uow.execute(delete(table))
    for table in (position, high_water):
        uow.execute(delete(table).where(table.c.consumer == consumer))


def _only_in(connection: Connection, one: Table, other: Table) -> int:
    rows = except_(select(*one.c), select(*other.c)).subquery()
    return int(connection.execute(select(func.count()).select_from(rows)).scalar_one())


def _count(connection: Connection, table: Table) -> int:
    return int(connection.execute(select(func.count()).select_from(table)).scalar_one())
