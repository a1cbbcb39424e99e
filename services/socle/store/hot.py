"""Hot statements: SQLAlchemy statements compiled once for each database, and run on its raw driver.

Worth it for what runs on every act: a Core ``execute`` costs tens of microseconds, the driver alone a few.
"""

import sqlite3
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Executable
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import IntegrityError

from socle.store.port import Row
from socle.store.prepared import Prepared

if TYPE_CHECKING:
    from socle.store.hot_postgres import PostgresHot


class Hot(Prepared):
    """A statement for hot paths; compiled for each driver at its first use there. :meth:`run` is for SQLite.

    Every parameter that has no value in the statement must be given at each call: Python-side column defaults are not
    applied. ``insert(table)`` takes all columns of the table; choose with ``.values(a=bindparam("a"))``.
    """

    # by position: the driver looks each named parameter up, twice, which costs more than the rest of a wide insert
    dialect = sqlite.dialect(paramstyle="qmark")

    @cached_property
    def postgres(self) -> "PostgresHot":
        """The same statement for PostgreSQL, whose driver is imported only where it is used."""
        from socle.store.hot_postgres import PostgresHot

        return PostgresHot(self._statement)

    def run(self, raw: sqlite3.Connection, parameters: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """Run once; rows as tuples, converted as the columns' types say. Empty for a statement without rows.

        Raises :class:`sqlalchemy.exc.IntegrityError` when a constraint forbids it.
        """
        sql = self.sql
        try:
            rows: list[tuple[Any, ...]] = raw.execute(sql, self.bound(parameters)).fetchall()
        except sqlite3.IntegrityError as error:
            raise IntegrityError(sql, dict(parameters), error) from error
        convert = self.converters
        if not convert:
            return rows
        return [
            tuple(value if (f := convert.get(index)) is None else f(value) for index, value in enumerate(row))
            for row in rows
        ]

    def run_many(self, raw: sqlite3.Connection, rows: Sequence[Row]) -> None:
        """Run for each of ``rows``; nothing is returned. Raises as :meth:`run`."""
        sql = self.sql
        try:
            raw.executemany(sql, [row if isinstance(row, tuple) else self.bound(row) for row in rows])
        except sqlite3.IntegrityError as error:
            raise IntegrityError(sql, None, error) from error


def hot(statement: Executable) -> Hot:
    """Prepare a statement for :meth:`socle.store.port.UnitOfWork.hot`; do it once, at module level."""
    return Hot(statement)


def hot_rows(connection: Connection, statement: Hot, parameters: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """The same inside :meth:`socle.store.port.Store.read`: run a hot statement on a reading connection."""
    raw = connection.connection.driver_connection
    if isinstance(raw, sqlite3.Connection):
        return statement.run(raw, parameters)
    return statement.postgres.run(raw, parameters)
