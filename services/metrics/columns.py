"""How columns of the metrics' tables are written."""

from collections.abc import Mapping

from sqlalchemy import BigInteger, Column, ColumnElement, Index, Integer, MetaData, SmallInteger, Table, Text


def scoped(
    name: str, metadata: MetaData, *columns: Column[object], postgresql_with: Mapping[str, str] | None = None
) -> Table:
    """A table whose keys begin with workspace and epoch; ``postgresql_with``: storage parameters there."""
    return Table(
        name,
        metadata,
        Column("workspace", Text, primary_key=True),
        Column("epoch", Integer, primary_key=True, autoincrement=False),
        *columns,
        sqlite_with_rowid=False,
        postgresql_with=dict(postgresql_with or {}),
    )


def text(name: str, *, key: bool = False, null: bool = False) -> Column[object]:
    return Column(name, Text, primary_key=key, nullable=null)


def number(name: str, *, key: bool = False, null: bool = False) -> Column[object]:
    return Column(name, BigInteger, primary_key=key, nullable=null, autoincrement=False)


def flag(name: str) -> Column[object]:
    return Column(name, SmallInteger, nullable=False)


def revised() -> tuple[Column[object], ...]:
    return (
        number("revision"),
        text("event_id"),
        text("finess_eg", null=True),
        text("finess_ej", null=True),
    )


def told_by() -> tuple[Column[object], ...]:
    return (text("event_type"), number("event_time"), text("exchange_id", null=True))


def index(table: Table, column: str, then: str | None = None, *, where: ColumnElement[bool] | None = None) -> None:
    """By the column, without the scope: what is looked up by it is the same in hardly any two workspaces.

    ``then``: a second column, for look-ups that take only some of its values.

    Without ``where`` SQLite's leaves NULL out. PostgreSQL's has it: there it takes no room to speak of, and an index of
    some rows only would be read as a whole by a plan that was made while it was empty.
    """
    partial = table.c[column].is_not(None) if where is None else where
    columns = [table.c[name] for name in (column, then) if name is not None]
    Index(f"{table.name}_{column}", *columns, sqlite_where=partial, postgresql_where=where)
