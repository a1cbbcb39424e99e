"""Hot statements on PostgreSQL mean the same as the statements they are made of; compare test_hot.py for SQLite."""

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone

import psycopg
import pytest
from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    bindparam,
    create_engine,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.pool import NullPool

from socle.store import Instant, hot, hot_rows
from socle.store.postgres_connect import Address, Raw

pytestmark = pytest.mark.postgres
TABLE = Table(
    "thing",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("at", Instant),
    Column("open", Boolean),
    Column("more", JSON),
    Column("size", BigInteger),
    Column("data", LargeBinary),
)
AT = datetime(2026, 3, 2, 8, 30, 0, 5, tzinfo=timezone(timedelta(hours=1)))
PUT = hot(insert(TABLE).values({c.name: bindparam(c.name) for c in TABLE.c if c.name != "id"}).returning(TABLE.c.id))
NAME = hot(insert(TABLE).values(name=bindparam("name")))
WHOLE = hot(select(TABLE).where(TABLE.c.name == bindparam("name")))
FULL = {"name": "a%", "at": AT, "open": True, "more": {"k": [1, "é"]}, "size": 2**40, "data": b"\0\xff%s"}
EMPTY = {"name": "b", "at": None, "open": None, "more": None, "size": None, "data": None}


@pytest.fixture
def raw(postgres_url: str) -> Iterator[Raw]:
    address = Address(postgres_url, "public")
    engine = create_engine("postgresql+psycopg://", creator=lambda: address.connect("test"), poolclass=NullPool)
    TABLE.metadata.create_all(engine)
    with address.connect("test") as raw:
        yield raw


def test_values_are_converted_as_their_columns_say(raw: Raw) -> None:
    for _ in range(3):  # prepared by the driver at the second
        assert PUT.postgres.run(raw, FULL)[0][0] > 0
        assert WHOLE.postgres.run(raw, {"name": "a%"})[0][1:] == tuple(FULL.values())
        raw.execute("DELETE FROM thing")
    PUT.postgres.run(raw, EMPTY)
    assert WHOLE.postgres.run(raw, {"name": "b"})[0][1:] == tuple(EMPTY.values())


def test_values_in_the_statement_are_converted_too(raw: Raw) -> None:
    PUT.postgres.run(raw, FULL)
    close = hot(update(TABLE).where(TABLE.c.at == AT, TABLE.c.name == bindparam("which")).values(open=False))
    assert close.postgres.run(raw, {"which": "b"}) == []
    assert WHOLE.postgres.run(raw, {"name": "a%"})[0][3] is True
    close.postgres.run(raw, {"which": "a%"})
    assert WHOLE.postgres.run(raw, {"name": "a%"})[0][3] is False
    either = hot(
        select(TABLE.c.name).where(
            TABLE.c.name.in_(["a%", "b"]), TABLE.c.at.in_([AT]), TABLE.c.size == bindparam("size")
        )
    )
    assert either.postgres.run(raw, {"size": 2**40}) == [("a%",)]
    assert either.postgres.run(raw, {"size": 2}) == []


def test_many_rows_and_text_work_as_they_are(raw: Raw) -> None:
    NAME.postgres.run_many(raw, [{"name": str(n)} for n in range(100)])
    NAME.postgres.run_many(raw, [])
    count = hot(text("SELECT count(*) FROM thing WHERE id > :least"))
    assert count.postgres.run(raw, {"least": 0}) == [(100,)]
    assert hot(text("DELETE FROM thing WHERE name = :name")).postgres.run(raw, {"name": "1"}) == []
    assert count.postgres.run(raw, {"least": 0}) == [(99,)]


def test_in_pipeline_mode_an_error_shows_at_the_next_question(raw: Raw) -> None:
    def twice() -> None:
        with raw.pipeline():
            for _ in range(2):
                NAME.postgres.run(raw, {"name": "a"})
            WHOLE.postgres.run(raw, {"name": "a"})

    with pytest.raises(psycopg.errors.UniqueViolation):
        twice()


def test_reading_uses_the_drivers_connection(raw: Raw, postgres_url: str) -> None:
    NAME.postgres.run(raw, {"name": "a"})
    address = Address(postgres_url, "public")
    engine = create_engine("postgresql+psycopg://", creator=lambda: address.connect("test"), poolclass=NullPool)
    with engine.connect() as connection:
        assert hot_rows(connection, WHOLE, {"name": "a"})[0][1] == "a"
