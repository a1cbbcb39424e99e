"""Hot statements: SQLAlchemy statements compiled once and run on the raw driver.

Worth it for what runs on every act: a Core ``execute`` costs tens of microseconds, the driver alone a few.
"""

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any

from sqlalchemy import Connection, Executable
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import IntegrityError
from sqlalchemy.sql.compiler import ExpandedState, SQLCompiler

_DIALECT = sqlite.dialect(paramstyle="qmark")
"""By position: the driver looks each named parameter up, twice, which costs more than the rest of a wide insert."""
_Processor = Callable[[Any], Any]


class Hot:
    """A statement for hot paths; compiled for the driver at its first use.

    Every parameter that has no value in the statement must be given at each call: Python-side column defaults are not
    applied. ``insert(table)`` takes all columns of the table; choose with ``.values(a=bindparam("a"))``.
    """

    def __init__(self, statement: Executable) -> None:
        self._statement = statement

    @property
    def statement(self) -> Executable:
        """The statement as written."""
        return self._statement

    def run(self, raw: sqlite3.Connection, parameters: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """Run once; rows as tuples, converted as the columns' types say. Empty for a statement without rows.

        Raises :class:`sqlalchemy.exc.IntegrityError` when a constraint forbids it.
        """
        sql = self.sql
        try:
            rows: list[tuple[Any, ...]] = raw.execute(sql, self._bound(parameters)).fetchall()
        except sqlite3.IntegrityError as error:
            raise IntegrityError(sql, dict(parameters), error) from error
        convert = self._converters
        if not convert:
            return rows
        return [
            tuple(value if (f := convert.get(index)) is None else f(value) for index, value in enumerate(row))
            for row in rows
        ]

    def run_many(self, raw: sqlite3.Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        """Run for each of ``rows``; nothing is returned. Raises as :meth:`run`."""
        sql = self.sql
        try:
            raw.executemany(sql, [self._bound(row) for row in rows])
        except sqlite3.IntegrityError as error:
            raise IntegrityError(sql, None, error) from error

    @cached_property
    def sql(self) -> str:
        """The text sent to the driver, with ``?`` for its parameters."""
        return self._expanded.statement

    @cached_property
    def _compiled(self) -> SQLCompiler:
        compiled = self._statement.compile(dialect=_DIALECT)  # type: ignore[attr-defined]
        assert isinstance(compiled, SQLCompiler)
        return compiled

    @cached_property
    def _expanded(self) -> ExpandedState:
        """The text with its constant lists (``IN``) written out; a list given at each call cannot be."""
        required = [bind for bind in self._compiled.bind_names if bind.required]
        if any(bind.expanding for bind in required):
            raise TypeError("a hot statement takes no list as a parameter: its text would change")
        return self._compiled.construct_expanded_state({self._compiled.bind_names[bind]: None for bind in required})

    @cached_property
    def names(self) -> Sequence[str]:
        """The parameters in the order of the text."""
        return self._expanded.positiontup or ()

    @cached_property
    def _constants(self) -> dict[str, Any]:
        """Values that stand in the statement itself (``where(column == 3)``), already converted."""
        found = {
            name: self._convert(name, bind.effective_value)
            for bind, name in self._compiled.bind_names.items()
            if not bind.required and not bind.expanding
        }
        lists = self._expanded
        for name in (name for names in lists.parameter_expansion.values() for name in names):
            processor = lists.processors.get(name)
            value = lists.parameters[name]
            found[name] = processor(value) if callable(processor) else value
        return found

    @cached_property
    def _binders(self) -> dict[str, _Processor]:
        found: dict[str, _Processor] = {}
        for bind, name in self._compiled.bind_names.items():
            processor = bind.type.dialect_impl(_DIALECT).bind_processor(_DIALECT)
            if processor is not None:
                found[name] = processor
        return found

    @cached_property
    def _converted(self) -> Sequence[tuple[int, str, _Processor]]:
        """Where a value given at the call must be converted."""
        binders = self._binders
        return [(at, name, binders[name]) for at, name in enumerate(self.names) if name in binders]

    @cached_property
    def _converters(self) -> dict[int, _Processor]:
        found: dict[int, _Processor] = {}
        for index, column in enumerate(getattr(self._statement, "exported_columns", ())):
            processor = column.type.dialect_impl(_DIALECT).result_processor(_DIALECT, None)
            if processor is not None:
                found[index] = processor
        return found

    def _convert(self, name: str, value: Any) -> Any:
        processor = self._binders.get(name)
        return value if processor is None else processor(value)

    def _bound(self, parameters: Mapping[str, Any]) -> Sequence[Any]:
        constants = self._constants
        values = [parameters[name] if name in parameters else constants[name] for name in self.names]
        for at, name, processor in self._converted:
            if name in parameters:
                values[at] = processor(values[at])
        return values


def hot(statement: Executable) -> Hot:
    """Prepare a statement for :meth:`socle.store.port.UnitOfWork.hot`; do it once, at module level."""
    return Hot(statement)


def hot_rows(connection: Connection, statement: Hot, parameters: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """The same inside :meth:`socle.store.port.Store.read`: run a hot statement on a reading connection."""
    raw = connection.connection.driver_connection
    assert isinstance(raw, sqlite3.Connection)
    return statement.run(raw, parameters)
