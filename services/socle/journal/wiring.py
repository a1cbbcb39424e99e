"""Which database the journal lives in: a SQLite file by default, PostgreSQL when there is a URL (D5)."""

from socle.journal.database import JournalDatabase
from socle.journal.settings import JournalSettings
from socle.journal.sqlite import SqliteJournal
from socle.settings import GroundSettings


def make_database(ground: GroundSettings, settings: JournalSettings) -> JournalDatabase:
    """Nothing touches it before it is opened."""
    if ground.database_url is None:
        return SqliteJournal(ground, settings)
    from socle.journal.postgres import PostgresJournal  # the driver's import would cost every other start

    return PostgresJournal(ground, settings)
