"""The journal on its SQLite file."""

from pathlib import Path

import pytest

from socle.settings import GroundSettings
from support.journal_suite import JournalSuite
from support.journal_writing_suite import JournalWritingSuite


@pytest.fixture
def settings(tmp_path: Path) -> GroundSettings:
    return GroundSettings(data_dir=tmp_path)


class TestJournal(JournalSuite):
    """On SQLite."""


class TestWriting(JournalWritingSuite):
    """On SQLite."""
