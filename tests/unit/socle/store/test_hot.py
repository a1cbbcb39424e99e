"""Hot statements mean the same as the statements they are made of."""

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import JSON, Boolean, Column, Integer, MetaData, Table, Text, bindparam, insert, select, text, update
from sqlalchemy.exc import IntegrityError

from socle.store import Instant, hot, rfc3339

TABLE = Table(
    "thing",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("at", Instant),
    Column("open", Boolean),
    Column("more", JSON),
)
AT = datetime(2026, 3, 2, 8, 30, 0, 5, tzinfo=timezone(timedelta(hours=1)))
PUT = hot(insert(TABLE).values({c.name: bindparam(c.name) for c in TABLE.c if c.name != "id"}).returning(TABLE.c.id))
WHOLE = hot(select(TABLE).where(TABLE.c.name == bindparam("name")))


@pytest.fixture
def raw() -> Iterator[sqlite3.Connection]:
    raw = sqlite3.connect(":memory:", isolation_level=None)
    raw.execute("CREATE TABLE thing (id INTEGER PRIMARY KEY, name TEXT UNIQUE, at TEXT, open BOOLEAN, more JSON)")
    yield raw
    raw.close()


def test_values_are_converted_as_their_columns_say(raw: sqlite3.Connection) -> None:
    assert PUT.run(raw, {"name": "a", "at": AT, "open": True, "more": {"k": [1, "é"]}}) == [(1,)]
    assert WHOLE.run(raw, {"name": "a"}) == [(1, "a", AT, True, {"k": [1, "é"]})]
    assert raw.execute("SELECT at FROM thing").fetchone() == ("2026-03-02T07:30:00.000005Z",)


def test_absent_values_stay_absent(raw: sqlite3.Connection) -> None:
    PUT.run(raw, {"name": "a", "at": None, "open": None, "more": None})
    assert WHOLE.run(raw, {"name": "a"}) == [(1, "a", None, None, None)]


def test_values_in_the_statement_are_converted_too(raw: sqlite3.Connection) -> None:
    PUT.run(raw, {"name": "a", "at": AT, "open": False, "more": None})
    close = hot(update(TABLE).where(TABLE.c.at == AT, TABLE.c.name == bindparam("which")).values(open=True))
    assert close.run(raw, {"which": "b"}) == []
    assert WHOLE.run(raw, {"name": "a"})[0][3] is False
    close.run(raw, {"which": "a"})
    assert WHOLE.run(raw, {"name": "a"})[0][3] is True
    either = hot(
        select(TABLE.c.id).where(TABLE.c.name.in_(["a", "b"]), TABLE.c.at.in_([AT]), TABLE.c.id == bindparam("id"))
    )
    assert either.run(raw, {"id": 1}) == [(1,)]
    assert either.run(raw, {"id": 2}) == []


def test_a_list_as_parameter_is_refused(raw: sqlite3.Connection) -> None:
    with pytest.raises(TypeError, match="no list"):
        hot(select(TABLE).where(TABLE.c.name.in_(bindparam("names", expanding=True)))).run(raw, {"names": ["a"]})


def test_many_rows_at_once(raw: sqlite3.Connection) -> None:
    put = hot(insert(TABLE).values(name=bindparam("name"), at=bindparam("at")))
    put.run_many(raw, [{"name": str(n), "at": AT + timedelta(days=n)} for n in range(3)])
    assert hot(select(TABLE.c.at).order_by(TABLE.c.id)).run(raw, {})[2] == (AT + timedelta(days=2),)


def test_text_works_as_it_is(raw: sqlite3.Connection) -> None:
    assert hot(text("SELECT :a + 1")).run(raw, {"a": 2}) == [(3,)]


def test_a_broken_constraint_is_named_as_sqlalchemy_does(raw: sqlite3.Connection) -> None:
    put = hot(insert(TABLE).values(name=bindparam("name")))
    put.run(raw, {"name": "a"})
    with pytest.raises(IntegrityError):
        put.run(raw, {"name": "a"})
    with pytest.raises(IntegrityError):
        put.run_many(raw, [{"name": "b"}, {"name": "a"}])


@given(st.datetimes(timezones=st.timezones()), st.datetimes(timezones=st.timezones()))
def test_instants_as_text_sort_as_they_should_and_come_back(one: datetime, other: datetime) -> None:
    # Python compares across zones by UTC, except where a wall-clock time is ambiguous: convert first
    try:
        first, second = one.astimezone(UTC), other.astimezone(UTC)
    except OverflowError:
        return
    assert (rfc3339(one) < rfc3339(other)) == (first < second)
    assert datetime.fromisoformat(rfc3339(one)) == first


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        rfc3339(datetime(2026, 3, 2))
