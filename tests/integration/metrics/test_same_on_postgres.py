"""What PostgreSQL makes of random histories is what SQLite makes of them, row by row; its properties hold for both."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import SecretStr
from sqlalchemy import Connection

from metrics.catalogue import Catalogue, shipped
from metrics.projector import Projector
from metrics.store import MIGRATIONS
from metrics.tables import live, metadata
from socle.settings import GroundSettings
from socle.store.postgres_connect import Connector, Raw, close
from socle.store.unit_postgres import PostgresUnitOfWork
from socle.store.wiring import address, prepare
from support.metrics_cohorts import CATALOGUES
from support.metrics_events import Event
from support.metrics_lab import Lab
from support.metrics_strategies import histories

pytestmark = pytest.mark.postgres

SIZES = st.lists(st.integers(1, 5), max_size=10)


class PostgresLab(Lab):
    """A transaction that is never committed."""

    def __init__(self, raw: Raw, core: Connection, catalogue: Catalogue | None = None) -> None:
        self._unit = PostgresUnitOfWork(raw, core, "metrics", lambda service, topic: None)
        self._unit.begin()
        self.uow = self._unit  # type: ignore[assignment]
        self.projector = Projector(live, (catalogue or shipped()).definitions, "lab")
        self.tables = live

    def __exit__(self, *_: object) -> None:
        self._unit.rollback()

    def rows(self, name: str) -> list[tuple[Any, ...]]:
        found = self._unit.connection.exec_driver_sql(f"SELECT * FROM {name}")
        return sorted((tuple(row) for row in found), key=repr)


@pytest.fixture(scope="module")
def opened(postgres_module_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Raw, Connection]]:
    ground = GroundSettings(data_dir=Path(tmp_path_factory.mktemp("same")), database_url=SecretStr(postgres_module_url))
    prepare(ground, "metrics", metadata, MIGRATIONS)
    raw, core = Connector(lambda: address(ground, "metrics").connect("write")).open()
    yield raw, core
    close(raw, core)


# not async, hence outside the guarded loop; the database is the same for all examples, each undone
@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(histories(), st.data())
def test_any_order_in_any_batches_gives_what_sqlite_gives(
    opened: tuple[Raw, Connection], log: list[Event], data: st.DataObject
) -> None:
    again = data.draw(st.lists(st.sampled_from(log), max_size=5)) if log else []
    shuffled = data.draw(st.permutations(log + again))
    with PostgresLab(*opened) as lab:
        lab.take(*shuffled, chunks=data.draw(SIZES))
        found = lab.derived()
    with Lab() as lab:
        lab.take(*log)
        assert found == lab.derived()


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(histories(), st.sampled_from(CATALOGUES), SIZES)
def test_cohorts_of_every_sort_count_what_sqlite_counts(
    opened: tuple[Raw, Connection], log: list[Event], catalogue: Catalogue, sizes: list[int]
) -> None:
    with PostgresLab(*opened, catalogue) as lab:
        lab.take(*log, chunks=sizes)
        found = lab.derived()
    with Lab(catalogue) as lab:
        lab.take(*log)
        assert found == lab.derived()
