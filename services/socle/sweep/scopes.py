"""The scopes (workspace and epoch, D7) that a schema holds rows of, and the removal of one scope's rows.

Nothing is written down for it: an index that begins with the scope tells which there are, in one step for each.
"""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Column, ColumnElement, Connection, Index, MetaData, Table, delete, select, tuple_

from socle.store.port import UnitOfWork


class Scope(NamedTuple):
    """One workspace between two resets."""

    workspace: str
    epoch: int


def scoped_tables(metadata: MetaData) -> list[Table]:
    """Those whose rows belong to a scope, referring ones first: the order in which rows can be removed."""
    return [table for table in reversed(metadata.sorted_tables) if {"workspace", "epoch"} <= set(table.c.keys())]


def ways(table: Table, dialect: str) -> Sequence[ColumnElement[bool] | None]:
    """Conditions that together hold for every row, each with an index that begins with the scope; None: no condition.

    Raises ``LookupError`` for a table without such an index: looking for its scopes would read all of it.
    """
    if [column.name for column in table.primary_key][:2] == ["workspace", "epoch"]:
        return [None]
    found = [_condition(index, dialect) for index in table.indexes if _begins_with_scope(index)]
    if not found:
        raise LookupError(f"{table.name}: no index begins with workspace and epoch")
    return [None] if any(condition is None for condition in found) else found


def scopes(connection: Connection, metadata: MetaData) -> set[Scope]:
    """All that have rows."""
    found = set()
    for table in scoped_tables(metadata):
        for condition in ways(table, connection.dialect.name):
            for workspace in steps(connection, table.c.workspace, _all(condition)):
                within = (table.c.workspace == workspace, *_all(condition))
                found |= {Scope(workspace, epoch) for epoch in steps(connection, table.c.epoch, within)}
    return found


def steps(connection: Connection, column: Column[Any], within: Sequence[ColumnElement[bool]]) -> Iterator[Any]:
    """The different values of an index's column, in order, each found in one step."""
    least = select(column).where(*within).order_by(column).limit(1)
    value = connection.execute(least).scalar_one_or_none()
    while value is not None:
        yield value
        value = connection.execute(least.where(column > value)).scalar_one_or_none()


def drop(uow: UnitOfWork, metadata: MetaData, scope: Scope, count: int) -> int:
    """Delete up to ``count`` rows of a scope; gives how many: less than that, and there are no more."""
    gone = 0
    for table in scoped_tables(metadata):
        keys = tuple(table.primary_key)
        for condition in ways(table, uow.dialect):
            some = (
                select(*keys)
                .where(table.c.workspace == scope.workspace, table.c.epoch == scope.epoch, *_all(condition))
                .limit(count - gone)
            )
            gone += uow.execute(delete(table).where(tuple_(*keys).in_(some))).rowcount
            if gone >= count:
                return gone
    return gone


def _all(condition: ColumnElement[bool] | None) -> tuple[ColumnElement[bool], ...]:
    return () if condition is None else (condition,)


def _begins_with_scope(index: Index) -> bool:
    return [column.name for column in index.columns][:2] == ["workspace", "epoch"]


def _condition(index: Index, dialect: str) -> ColumnElement[bool] | None:
    where: ColumnElement[bool] | None = index.dialect_options[dialect]["where"]
    return where
