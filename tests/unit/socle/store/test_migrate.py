"""Migrations: programmatic, locked, quick when there is nothing to do, and never backwards."""

import os
import shutil
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import Column, Integer, MetaData, Table, Text

from socle.store.migrate import SchemaTooNew, upgrade
from socle.store.revision import draft
from support import shelf
from support.migrations import assert_migrations_match

SECOND = """
from alembic import op
import sqlalchemy as sa

revision: str = "0002"
down_revision: str | None = "0001"


def upgrade() -> None:
    with op.batch_alter_table("thing") as batch:
        batch.add_column(sa.Column("colour", sa.Text))
    FAIL
"""


@pytest.fixture
def migrations(tmp_path: Path) -> Path:
    folder = tmp_path / "100% déjà vu"
    shutil.copytree(shelf.MIGRATIONS, folder, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def _revision(path: Path) -> str:
    raw = sqlite3.connect(path)
    try:
        (revision,) = raw.execute("SELECT version_num FROM alembic_version").fetchone()
        return str(revision)
    finally:
        raw.close()


def test_the_migrations_make_the_declared_schema() -> None:
    assert_migrations_match(shelf.MIGRATIONS, shelf.METADATA)


def test_a_new_file_is_made_and_the_second_start_finds_nothing_to_do(tmp_path: Path, migrations: Path) -> None:
    path = tmp_path / "deep" / "er" / "x.db"
    assert upgrade(path, migrations, shelf.METADATA)
    assert not upgrade(path, migrations, shelf.METADATA)
    assert _revision(path) == "0001"


def test_a_later_revision_is_applied_and_keeps_the_data(tmp_path: Path, migrations: Path) -> None:
    path = tmp_path / "x.db"
    upgrade(path, migrations, shelf.METADATA)
    raw = sqlite3.connect(path)
    raw.execute("INSERT INTO thing (name, shelf) VALUES ('a', 1)")
    raw.commit()
    (migrations / "versions" / "0002_colour.py").write_text(SECOND.replace("FAIL", ""))
    assert upgrade(path, migrations, shelf.METADATA)
    assert raw.execute("SELECT name, colour FROM thing").fetchall() == [("a", None)]
    raw.close()


def test_a_revision_that_fails_changes_nothing(tmp_path: Path, migrations: Path) -> None:
    path = tmp_path / "x.db"
    upgrade(path, migrations, shelf.METADATA)
    (migrations / "versions" / "0002_colour.py").write_text(SECOND.replace("FAIL", 'raise OSError("disk full")'))
    with pytest.raises(OSError, match="disk full"):
        upgrade(path, migrations, shelf.METADATA)
    assert _revision(path) == "0001"
    raw = sqlite3.connect(path)
    assert "colour" not in [row[1] for row in raw.execute("PRAGMA table_info(thing)")]
    raw.close()


def test_a_database_newer_than_the_code_is_refused_and_left_alone(tmp_path: Path, migrations: Path) -> None:
    path = tmp_path / "x.db"
    (migrations / "versions" / "0002_colour.py").write_text(SECOND.replace("FAIL", ""))
    upgrade(path, migrations, shelf.METADATA)
    with pytest.raises(SchemaTooNew, match=r"revision 0002.*newest is 0001.*newer version"):
        upgrade(path, shelf.MIGRATIONS, shelf.METADATA)
    assert _revision(path) == "0002"


def test_two_newest_revisions_are_an_error(tmp_path: Path, migrations: Path) -> None:
    for name in ("0002", "0003"):
        text = SECOND.replace("FAIL", "").replace('"0002"', f'"{name}"')
        (migrations / "versions" / f"{name}.py").write_text(text)
    with pytest.raises(RuntimeError, match=r"one newest revision, found \['0002', '0003'\]"):
        upgrade(tmp_path / "x.db", migrations, shelf.METADATA)


def test_many_starts_at_once_migrate_once(tmp_path: Path, migrations: Path) -> None:
    path = tmp_path / "x.db"
    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(lambda _: upgrade(path, migrations, shelf.METADATA), range(4)))
    assert sorted(done) == [False, False, False, True]


def test_alembic_is_not_imported_when_there_is_nothing_to_do(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    upgrade(path, shelf.MIGRATIONS, shelf.METADATA)
    code = (
        "import sys; from pathlib import Path; from sqlalchemy import MetaData;"
        "from socle.store.migrate import upgrade;"
        f"assert not upgrade(Path({str(path)!r}), Path({str(shelf.MIGRATIONS)!r}), MetaData());"
        "sys.exit('alembic' in sys.modules)"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    assert subprocess.run([sys.executable, "-c", code], check=False, env=environment).returncode == 0


def test_a_drafted_revision_brings_the_schema_to_what_is_declared(tmp_path: Path, migrations: Path) -> None:
    wider = MetaData()
    for table in shelf.METADATA.tables.values():
        table.to_metadata(wider)
    wider.tables["thing"].append_column(Column("colour", Text))
    Table("room", wider, Column("id", Integer, primary_key=True))
    path = draft(wider, migrations, "Add rooms and colours")
    assert path.name == "0002_add_rooms_and_colours.py"
    assert_migrations_match(migrations, wider)
    assert upgrade(tmp_path / "x.db", migrations, wider)
