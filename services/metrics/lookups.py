"""Looking up many keys at once, with statements prepared once for each database.

SQLite: a fixed number of places per size. PostgreSQL: one array, made of a JSON text (cheaper to send than a list).
"""

import json
from collections.abc import Collection, Mapping, Sequence
from itertools import islice
from typing import Any, Protocol

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Integer,
    Select,
    Text,
    any_,
    bindparam,
    cast,
    func,
    literal_column,
    select,
)
from sqlalchemy.dialects.postgresql import JSONB

from socle.store.hot import Hot, hot, hot_rows
from socle.store.port import HotStatement

_SIZES = (4, 32, 256)
"""A batch takes the smallest that holds its keys, or the largest several times; empty places are NULL."""

_WORKSPACE = bindparam("workspace", type_=Text)
_EPOCH = bindparam("epoch", type_=Integer)
_NOTHING: ColumnElement[str] = literal_column("''", Text)
_ZERO: ColumnElement[int] = literal_column("0", Integer)
_KEYS = func.array(select(func.jsonb_array_elements_text(cast(bindparam("keys", type_=Text), JSONB))).scalar_subquery())

Scope = tuple[str, int]
"""Workspace and epoch."""


class Reads(Protocol):
    """What runs a prepared statement: a unit of work, or a :class:`Reading` connection."""

    @property
    def dialect(self) -> str: ...

    def hot(self, statement: HotStatement, parameters: Mapping[str, Any]) -> list[tuple[Any, ...]]: ...


def on_postgres(reads: Reads) -> bool:
    """Which of two ways to say it this database wants."""
    return reads.dialect == "postgresql"


class Reading:
    """Lookups on a reading connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.dialect: str = connection.dialect.name

    def hot(self, statement: HotStatement, parameters: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        assert isinstance(statement, Hot)
        return hot_rows(self._connection, statement, parameters)


class Lookup:
    """Rows of a statement whose ``key`` column is one of the given values, within one scope."""

    def __init__(self, statement: Select[Any], key: Column[Any]) -> None:
        table = key.table
        workspace, epoch = table.c.workspace, table.c.epoch
        plain = statement.where(workspace == _WORKSPACE, epoch == _EPOCH)
        base = plain
        if not key.primary_key:
            # NOT NULL is said, though both ways imply it, for the partial index to be seen
            plain = plain.where(key.is_not(None))
            # || and + keep SQLite's planner from reading the whole scope by its primary key, which it takes for
            # cheaper than many values
            base = statement.where(key.is_not(None), workspace.concat(_NOTHING) == _WORKSPACE, epoch + _ZERO == _EPOCH)
        self._of_array = hot(plain.where(key == any_(_KEYS)))
        self._sized: list[tuple[int, Sequence[str], Hot]] = []
        for size in _SIZES:
            names = [f"k{place}" for place in range(size)]
            places = [bindparam(name, type_=Text) for name in names]
            self._sized.append((size, names, hot(base.where(key.in_(places)))))

    @classmethod
    def columns(cls, fields: Sequence[str], key: Column[Any]) -> "Lookup":
        """Select ``fields`` of the key's own table."""
        return cls(select(*(key.table.c[name] for name in fields)), key)

    def rows(self, reads: Reads, scope: Scope, keys: Collection[str]) -> list[tuple[Any, ...]]:
        """All rows; a key that is not there gives none."""
        if not keys:
            return []
        if on_postgres(reads):
            wanted = json.dumps(list(keys))
            return reads.hot(self._of_array, {"workspace": scope[0], "epoch": scope[1], "keys": wanted})
        return self._in_places(reads, scope, keys)

    def _in_places(self, reads: Reads, scope: Scope, keys: Collection[str]) -> list[tuple[Any, ...]]:
        found: list[tuple[Any, ...]] = []
        left = iter(keys)
        remaining = len(keys)
        while remaining > 0:
            size, names, statement = next((each for each in self._sized if each[0] >= remaining), self._sized[-1])
            chunk = list(islice(left, size))
            remaining -= len(chunk)
            parameters: dict[str, Any] = dict.fromkeys(names)
            parameters.update(zip(names, chunk, strict=False))
            parameters["workspace"], parameters["epoch"] = scope
            found += reads.hot(statement, parameters)
        return found
