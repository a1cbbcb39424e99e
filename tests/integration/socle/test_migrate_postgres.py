"""Migrations on PostgreSQL: by many at once, never backwards, and the schema that the code declares."""

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from sandbox.migrate import Did, migrate_all, schemas
from socle.settings import GroundSettings, Migrate
from socle.store import StoreFailed
from socle.store.migrate import SchemaNotReady, SchemaTooNew
from socle.store.migrate_postgres import upgrade_postgres
from socle.store.postgres_connect import Address
from socle.store.wiring import prepare
from support import shelf

pytestmark = pytest.mark.postgres

SECOND = """
from alembic import op
import sqlalchemy as sa

revision: str = "0002"
down_revision: str | None = "0001"


def upgrade() -> None:
    op.add_column("thing", sa.Column("colour", sa.Text))
    FAIL
"""
SCHEMAS = {schema.name: schema for schema in schemas()}


@pytest.fixture
def address(postgres_url: str) -> Address:
    return Address(postgres_url, "shelf")


@pytest.fixture
def later(tmp_path: Path) -> Callable[[str], Path]:
    """The shelf's migrations with a second revision, whose last line is given."""

    def make(last: str) -> Path:
        folder = tmp_path / "later"
        shutil.copytree(shelf.MIGRATIONS, folder, ignore=shutil.ignore_patterns("__pycache__"), dirs_exist_ok=True)
        (folder / "versions" / "0002_colour.py").write_text(SECOND.replace("FAIL", last))
        return folder

    return make


def _revision(address: Address) -> object:
    with address.connect("test") as raw:
        return raw.execute("SELECT version_num FROM alembic_version").fetchone()


@pytest.mark.filterwarnings("ignore:Did not recognize type 'xid8'")
@pytest.mark.parametrize("name", SCHEMAS)
def test_the_migrations_make_the_declared_schema(postgres_url: str, name: str) -> None:
    _, metadata, migrations = SCHEMAS[name]
    address = Address(postgres_url, name)
    assert upgrade_postgres(address, migrations, metadata)
    assert not upgrade_postgres(address, migrations, metadata)
    engine = create_engine("postgresql+psycopg://", creator=lambda: address.connect("test"), poolclass=NullPool)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "include_name": _ours})
        assert compare_metadata(context, metadata) == []


def _ours(name: str | None, kind: str, parents: object) -> bool:
    """What exists on PostgreSQL only is declared nowhere."""
    return (kind, name) not in {("column", "xid"), ("index", "outbox_waiting"), ("table", "blob_chunk")}


def test_processes_that_start_at_once_migrate_once(address: Address) -> None:
    code = (
        "import sys; from socle.store.migrate_postgres import upgrade_postgres;"
        "from socle.store.postgres_connect import Address; from support import shelf;"
        "print(upgrade_postgres(Address(sys.argv[1], 'shelf'), shelf.MIGRATIONS, shelf.METADATA))"
    )
    environment = {"PYTHONPATH": ":".join(sys.path)}
    started = [
        subprocess.Popen([sys.executable, "-c", code, address.url], stdout=subprocess.PIPE, text=True, env=environment)
        for _ in range(4)
    ]
    said = [process.communicate(timeout=50)[0].strip() for process in started]
    assert sorted(said) == ["False", "False", "False", "True"]


def test_a_revision_that_fails_changes_nothing(address: Address, later: Callable[[str], Path]) -> None:
    upgrade_postgres(address, shelf.MIGRATIONS, shelf.METADATA)
    with pytest.raises(OSError, match="disk full"):
        upgrade_postgres(address, later('raise OSError("disk full")'), shelf.METADATA)
    assert _revision(address) == ("0001",)
    with address.connect("test") as raw, pytest.raises(psycopg.errors.UndefinedColumn):
        raw.execute("SELECT colour FROM thing")
    assert upgrade_postgres(address, later(""), shelf.METADATA)
    assert _revision(address) == ("0002",)


def test_a_schema_newer_than_the_code_is_refused_and_left_alone(address: Address, later: Callable[[str], Path]) -> None:
    upgrade_postgres(address, later(""), shelf.METADATA)
    for check_only in (False, True):
        with pytest.raises(SchemaTooNew, match=r"schema shelf is at revision 0002.*newest is 0001.*newer version"):
            upgrade_postgres(address, shelf.MIGRATIONS, shelf.METADATA, check_only=check_only)
    assert _revision(address) == ("0002",)


def test_checking_changes_nothing_and_says_what_to_run(postgres_url: str, later: Callable[[str], Path]) -> None:
    settings = GroundSettings(database_url=postgres_url, migrate=Migrate.CHECK)  # type: ignore[arg-type]
    with pytest.raises(SchemaNotReady, match="socles migrate"):
        prepare(settings, "shelf", shelf.METADATA, shelf.MIGRATIONS)
    with psycopg.connect(postgres_url) as admin:
        assert admin.execute("SELECT 1 FROM pg_namespace WHERE nspname = 'shelf'").fetchone() is None
    assert prepare(settings.model_copy(update={"migrate": Migrate.AUTO}), "shelf", shelf.METADATA, shelf.MIGRATIONS)
    assert not prepare(settings, "shelf", shelf.METADATA, shelf.MIGRATIONS)
    with pytest.raises(SchemaNotReady, match="not at revision 0002"):
        prepare(settings, "shelf", shelf.METADATA, later(""))


def test_a_role_that_may_not_create_the_schema_is_told(address: Address) -> None:
    with psycopg.connect(address.url, autocommit=True) as admin:
        admin.execute("DROP ROLE IF EXISTS reader")
        admin.execute("CREATE ROLE reader LOGIN PASSWORD 'reader'")
    url = psycopg.conninfo.make_conninfo(address.url, user="reader", password="reader")
    with pytest.raises(StoreFailed, match="may not do that: permission denied"):
        upgrade_postgres(Address(url, "shelf"), shelf.MIGRATIONS, shelf.METADATA)
    with psycopg.connect(address.url, autocommit=True) as admin:
        admin.execute("DROP ROLE reader")


def test_one_command_brings_all_schemas_up_to_date(postgres_url: str, tmp_path: Path) -> None:
    settings = GroundSettings(data_dir=tmp_path, database_url=postgres_url)  # type: ignore[arg-type]
    for check, did in ((True, Did.NOT_READY), (False, Did.MIGRATED), (False, Did.NOTHING), (True, Did.NOTHING)):
        assert dict(migrate_all(settings, check=check)) == dict.fromkeys(SCHEMAS, did)
    with psycopg.connect(postgres_url, autocommit=True) as admin:
        admin.execute("UPDATE dmp_sim.alembic_version SET version_num = '9999'")
    with pytest.raises(SchemaTooNew, match="schema dmp_sim"):
        list(migrate_all(settings, check=False))
