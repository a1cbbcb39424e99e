"""Many rows put into one table: the writes of the consumer's transaction.

SQLite runs a prepared statement for each row, which costs little within the process. PostgreSQL gets all rows as one
JSON text, in one statement: facts are encoded as they stand, no row is built here. Measured on one core, 13 columns,
client and server together: 16 µs a row by ``executemany``, 13 by arrays, 6.5 so.
"""

from collections.abc import Callable, Sequence
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Table, Text, bindparam, cast, func, literal_column, select
from sqlalchemy.dialects.postgresql import JSONB, Insert, insert

from metrics.lookups import on_postgres
from socle.store.hot import Hot, hot
from socle.store.port import UnitOfWork

_encode = msgspec.json.Encoder().encode


class Bulk(Hot):
    """An insert: in itself the statement for one row; :meth:`put` takes many.

    ``fixed`` columns have one value for all rows; ``fields`` are a row's, in its order. On PostgreSQL no two rows of
    one call may have the same key, unless ``conflict`` does nothing then.
    """

    def __init__(
        self, table: Table, fixed: Sequence[str], fields: Sequence[str], conflict: Callable[[Insert], Insert]
    ) -> None:
        names = (*fixed, *fields)
        super().__init__(
            conflict(insert(table).values({name: bindparam(name, type_=table.c[name].type) for name in names}))
        )
        self._fixed, self._fields = tuple(fixed), tuple(fields)
        row = func.jsonb_array_elements(cast(bindparam("rows", type_=Text), JSONB)).column_valued("line")
        parts: list[ColumnElement[Any]] = [bindparam(name, type_=table.c[name].type) for name in fixed]
        for place, name in enumerate(fields):
            part: ColumnElement[Any] = row.op("->>")(literal_column(str(place)))
            parts.append(part if isinstance(table.c[name].type, Text) else cast(part, table.c[name].type))
        self._joined = hot(conflict(insert(table).from_select(names, select(*parts))))

    def put(self, uow: UnitOfWork, fixed: Sequence[Any], rows: Sequence[Sequence[Any]]) -> None:
        """Write the rows, in their order."""
        if not rows:
            return
        if on_postgres(uow):
            values = dict(zip(self._fixed, fixed, strict=True))
            uow.hot(self._joined, {**values, "rows": _encode(rows).decode()})
        else:
            # the statement's parameters are the columns in this very order, and nothing of them is converted
            uow.hot_many(self, [(*fixed, *row) for row in rows])


def overwrite(statement: Insert) -> Insert:
    """Take the place of what was there: the caller knows that the new row is the newer one."""
    table: Table = statement.table  # type: ignore[assignment]
    keys = {column.name for column in table.primary_key}
    newest = {column.name: statement.excluded[column.name] for column in table.c if column.name not in keys}
    return statement.on_conflict_do_update(index_elements=list(table.primary_key), set_=newest)


def add_to(column: str) -> Callable[[Insert], Insert]:
    """Add to the number that was there."""

    def conflict(statement: Insert) -> Insert:
        table: Table = statement.table  # type: ignore[assignment]
        return statement.on_conflict_do_update(
            index_elements=list(table.primary_key), set_={column: table.c[column] + statement.excluded[column]}
        )

    return conflict


def leave(statement: Insert) -> Insert:
    """Leave what was there."""
    return statement.on_conflict_do_nothing()
