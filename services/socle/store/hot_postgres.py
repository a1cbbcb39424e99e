"""Hot statements on PostgreSQL: parameters by position, prepared by the driver once they have been seen a few times.

Nothing here waits for what it need not know: in pipeline mode a statement without rows is sent and not waited for, so
that an act costs as many round trips as it asks questions. Its error then shows at the act's next question, or its end.
"""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

import psycopg
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.sql.dml import Insert, UpdateBase
from sqlalchemy.sql.elements import TextClause

from socle.store.port import Row
from socle.store.prepared import Prepared

Raw = psycopg.Connection[tuple[Any, ...]]


class PostgresHot(Prepared):
    """A hot statement for psycopg. Constraint errors are psycopg's own; the unit of work translates them."""

    dialect = PGDialect_psycopg(dbapi=psycopg, paramstyle="format")  # type: ignore[no-untyped-call]

    @cached_property
    def has_rows(self) -> bool:
        """Whether it gives rows. Text may: it is asked each time."""
        statement = self._statement
        return not isinstance(statement, UpdateBase) or bool(statement._returning)

    def run(self, raw: object, parameters: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """Run once; rows as tuples, converted as the columns' types say."""
        assert isinstance(raw, psycopg.Connection)
        cursor = raw.execute(self.sql, self.bound(parameters))
        if not self.has_rows:
            return []
        try:
            rows = cursor.fetchall()
        except psycopg.ProgrammingError:
            if cursor.description is None and isinstance(self._statement, TextClause):
                return []
            raise
        convert = self.converters
        if not convert:
            return rows
        return [
            tuple(value if (f := convert.get(index)) is None else f(value) for index, value in enumerate(row))
            for row in rows
        ]

    def run_many(self, raw: Raw, rows: Sequence[Row]) -> None:
        """Run for each of ``rows``, sent together; nothing is returned."""
        if rows:
            with raw.cursor() as cursor:
                cursor.executemany(self.sql, [row if isinstance(row, tuple) else self.bound(row) for row in rows])

    @cached_property
    def _source(self) -> Any:
        """Without the RETURNING that SQLAlchemy adds to learn the new key: hot statements give what they say."""
        statement = self._statement
        return statement.inline() if isinstance(statement, Insert) and not statement._returning else statement
