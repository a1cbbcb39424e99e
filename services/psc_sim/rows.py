"""Rows of one workspace between two resets."""

from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, select

from socle.sweep.scopes import Scope


def of(table: Table, scope: Scope) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """The conditions that every statement has."""
    return table.c.workspace == scope.workspace, table.c.epoch == scope.epoch


def rows(link: Connection, table: Table, scope: Scope, *wanted: ColumnElement[bool]) -> list[dict[str, Any]]:
    """Those that match, whole."""
    return [dict(row) for row in link.execute(select(table).where(*of(table, scope), *wanted)).mappings()]
