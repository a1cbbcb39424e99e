from metrics.store import MIGRATIONS
from metrics.tables import metadata
from support.migrations import assert_migrations_match


def test_the_migrations_make_the_declared_schema() -> None:
    assert_migrations_match(MIGRATIONS, metadata)
