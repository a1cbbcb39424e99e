"""The journal on its SQLite file."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from socle.journal.store import JournalStore
from socle.settings import GroundSettings
from support.journal_asking_suite import JournalAskingSuite
from support.journal_suite import JournalSuite
from support.journal_writing_suite import JournalWritingSuite


@pytest.fixture
def settings(tmp_path: Path) -> GroundSettings:
    return GroundSettings(data_dir=tmp_path)


def test_a_page_of_the_file_holds_several_exchanges(settings: GroundSettings) -> None:
    journal = JournalStore(settings)
    journal.open()
    journal.close()
    with closing(sqlite3.connect(settings.data_dir / "journal.db")) as raw:
        assert raw.execute("PRAGMA page_size").fetchone() == (16_384,)


class TestJournal(JournalSuite):
    """On SQLite."""


class TestAsking(JournalAskingSuite):
    """On SQLite."""


class TestWriting(JournalWritingSuite):
    """On SQLite."""
