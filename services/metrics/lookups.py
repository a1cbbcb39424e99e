"""Looking up many keys at once, with statements prepared once for each database.

SQLite: a fixed number of places per size. PostgreSQL: one JSON text, joined key by key.
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
    bindparam,
    cast,
    func,
    literal_column,
    select,
    true,
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
_ASKED = select(
    func.jsonb_array_elements_text(cast(bindparam("keys", type_=Text), JSONB), type_=Text).label("key")
).subquery("asked")

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


_BY_INDEX = hot(
    select(
        *(
            func.set_config(name, "off", literal_column("true"))
            for name in ("enable_seqscan", "enable_hashjoin", "enable_mergejoin")
        )
    )
)


def look_up_by_index(reads: Reads) -> None:
    """Until this transaction ends, have PostgreSQL look each key up by its index: plans are kept, and one that was made
    while a table was empty would read the whole of it in every batch, until its statistics are next renewed.
    """
    if on_postgres(reads):
        reads.hot(_BY_INDEX, {})


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
        if key.primary_key:
            base = joined = statement.where(workspace == _WORKSPACE, epoch == _EPOCH)
        else:
            # || and + keep both planners from reading the whole scope by its primary key, which they take for cheaper
            # than many values; NOT NULL is said, though it follows, for SQLite to see the partial index
            joined = statement.where(workspace.concat(_NOTHING) == _WORKSPACE, epoch + _ZERO == _EPOCH)
            base = joined.where(key.is_not(None))
        # OFFSET keeps PostgreSQL from turning this round: key by key, and not the whole table against all keys
        found = joined.where(key == _ASKED.c.key).offset(_ZERO).lateral("found")
        self._joined = hot(select(*found.c).select_from(_ASKED.join(found, true())))
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
            wanted = json.dumps(list(dict.fromkeys(keys)))
            return reads.hot(self._joined, {"workspace": scope[0], "epoch": scope[1], "keys": wanted})
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
