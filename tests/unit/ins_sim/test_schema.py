from ins_sim.store import METADATA, MIGRATIONS
from support.migrations import assert_migrations_match


def test_the_migrations_make_the_declared_schema() -> None:
    assert_migrations_match(MIGRATIONS, METADATA)
