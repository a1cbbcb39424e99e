"""A scope's rows, table by table: out as lines, in under another workspace and epoch.

Keys that the database counts up are given anew, in the order of the lines; what refers to them follows, as the foreign
keys say. Texts that name the scope (stays keep their event as JSON) name the new one.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Column, Connection, MetaData, Table, insert, nulls_last, select

from socle.archive.errors import wrong
from socle.archive.values import ANEW, decode, encode, kept_columns
from socle.store.port import UnitOfWork
from socle.sweep.contents import REFERENCE
from socle.sweep.scopes import Scope, scoped_tables, ways

DERIVED = "archive: derived from events"
"""In a table's ``info``: its rows come again with the events, and are not archived."""


def tables(metadata: MetaData) -> list[Table]:
    """Those whose rows are archived, referred ones first."""
    return [table for table in reversed(scoped_tables(metadata)) if DERIVED not in table.info]


def entry(table: Table) -> str:
    """The name of a table's entry."""
    return f"tables/{table.name}.jsonl"


def dump(connection: Connection, table: Table, scope: Scope, contents: dict[str, None]) -> Iterator[bytes]:
    """A table's lines, in the order of its keys; adds the contents they refer to."""
    columns = kept_columns(table)
    for condition in ways(table, connection.dialect.name):
        wanted = select(table).where(table.c.workspace == scope.workspace, table.c.epoch == scope.epoch)
        if condition is not None:
            wanted = wanted.where(condition)
        for row in connection.execute(wanted.order_by(*_order(table)).execution_options(yield_per=500)).mappings():
            if REFERENCE in table.c:
                contents[row[REFERENCE]] = None
            yield encode(row, columns)


def _order(table: Table) -> Sequence[Any]:
    anew = [nulls_last(column) for column in table.c if ANEW in column.info]
    return [*anew, *table.primary_key]


class Loader:
    """Reads lines of one part, first to check them, then to write them: a loader for each."""

    def __init__(self, contents: frozenset[str], old: Scope, new: Scope) -> None:
        """``contents``: those that the part brings along."""
        self._contents = contents
        self._new = new
        self._keys: dict[Column[Any], dict[int, int]] = {}
        """Counted keys as they were → as they are now."""
        self._name = (f'"workspace":"{old.workspace}"', f'"workspace":"{new.workspace}"')
        self._epoch = re.compile(rf'"epoch":{old.epoch}(?=[,}}])'), f'"epoch":{new.epoch}'

    def rows(self, table: Table, lines: Iterable[bytes]) -> Iterator[dict[str, Any]]:
        """Each line's values. Raises :class:`BadArchive`."""
        columns = kept_columns(table)
        for line in lines:
            row = decode(line, table, columns)
            if REFERENCE in row and row[REFERENCE] not in self._contents:
                raise wrong(f"{table.name}: a content is missing")
            yield row

    def check(self, table: Table, lines: Iterable[bytes]) -> int:
        """All lines, without writing any; gives how many there are."""
        count, counted = 0, table.autoincrement_column
        for row in self.rows(table, lines):
            count += 1
            self._refer(table, row)
            if counted is not None:
                self._remember(counted, row[counted.name], row[counted.name])
        return count

    def write(self, uow: UnitOfWork, table: Table, rows: Sequence[Mapping[str, Any]]) -> Sequence[tuple[int, int]]:
        """Insert rows under the new scope; gives the counted keys, as they were and as they are, for :meth:`keep`."""
        counted = table.autoincrement_column
        values = [self._renamed(self._refer(table, dict(row))) | self._new._asdict() for row in rows]
        if counted is None:
            uow.execute(insert(table), values)
            return ()
        olds = [value.pop(counted.name) for value in values]
        new = uow.execute(insert(table).returning(counted, sort_by_parameter_order=True), values).scalars().all()
        return list(zip(olds, new, strict=True))

    def keep(self, table: Table, keys: Sequence[tuple[int, int]]) -> None:
        """What :meth:`write` gave, once its transaction is committed."""
        for was, now in keys:
            self._remember(table.autoincrement_column, was, now)

    def _remember(self, column: Column[Any] | None, was: int, now: int) -> None:
        assert column is not None
        known = self._keys.setdefault(column, {})
        if was in known:
            raise wrong(f"{column}: a key comes twice")
        known[was] = now

    def _refer(self, table: Table, row: dict[str, Any]) -> dict[str, Any]:
        for reference in table.foreign_keys:
            name = reference.parent.name
            if name not in row:
                continue
            known = self._keys.get(reference.column, {})
            if row[name] not in known:
                raise wrong(f"{table.name}: a row refers to none")
            row[name] = known[row[name]]
        return row

    def _renamed(self, row: dict[str, Any]) -> dict[str, Any]:
        for name, value in row.items():
            if isinstance(value, str) and self._name[0] in value:
                row[name] = self._epoch[0].sub(self._epoch[1], value.replace(*self._name))
        return row
