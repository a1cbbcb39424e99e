"""Migrations of the control plane and the journal make what their code declares."""

from socle.control import database
from socle.control.tables import METADATA as CONTROL
from socle.journal import database as journal
from socle.journal.tables import METADATA as JOURNAL
from support.migrations import assert_migrations_match


def test_control() -> None:
    assert_migrations_match(database.MIGRATIONS, CONTROL)


def test_journal() -> None:
    assert_migrations_match(journal.MIGRATIONS, JOURNAL)
