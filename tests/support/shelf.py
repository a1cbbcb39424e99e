"""A small service schema for the suites of store, relay and bus: a shelf of named things, with events."""

from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Column, Integer, MetaData, Table, Text, bindparam, insert, select

from socle.events import InsiCallCompleted
from socle.store import common, hot
from socle.store.port import UnitOfWork

MIGRATIONS = Path(__file__).parent / "shelf_migrations"
METADATA = MetaData()
COMMON = common(METADATA)
THING = Table(
    "thing",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("shelf", Integer, nullable=False),
)
PUT = hot(insert(THING).values(name=bindparam("name"), shelf=bindparam("shelf")))
NAMES = hot(select(THING.c.name).order_by(THING.c.id))
AT = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)


def event(key: str, *, workspace: str = "default", revision: int = 1) -> InsiCallCompleted:
    """An event whose partition key is ``key``."""
    return InsiCallCompleted(
        workspace=workspace,
        epoch=1,
        finess_eg=key,
        operation="rechercherInsAvecTraitsIdentite",
        outcome="00",
        duration_ms=1.0,
        revision=revision,
    )


def put(uow: UnitOfWork, name: str, *, shelf: int = 0) -> None:
    """Keep a thing, without an event."""
    uow.hot(PUT, {"name": name, "shelf": shelf})


def put_and_tell(
    uow: UnitOfWork, name: str, key: str = "010000016", *, workspace: str = "default", delay: float = 0.0
) -> str:
    """Keep a thing, and emit an event whose subject is its name; gives the event's id."""
    put(uow, name)
    return uow.emit(event(key, workspace=workspace), subject=name, time=AT, delay=delay)
