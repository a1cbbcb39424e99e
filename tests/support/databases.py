"""The same tests on both databases: ``database`` is None (SQLite files) or the URL of a fresh PostgreSQL database."""

import pytest


@pytest.fixture(params=[None, pytest.param("postgres", marks=pytest.mark.postgres)], ids=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest) -> str | None:
    """For ``GroundSettings.database_url``; the runs on PostgreSQL have the marker ``postgres``."""
    if request.param is None:
        return None
    url: str = request.getfixturevalue("postgres_url")
    return url
