"""Which database the control plane lives in: a SQLite file by default, PostgreSQL when there is a URL (D5)."""

from socle.control.database import ControlDatabase
from socle.control.sqlite import SqliteControl
from socle.settings import GroundSettings


def make_database(settings: GroundSettings) -> ControlDatabase:
    """Nothing touches it before it is opened."""
    if settings.database_url is None:
        return SqliteControl(settings)
    from socle.control.postgres import PostgresControl  # the driver's import would cost every other start

    return PostgresControl(settings)
