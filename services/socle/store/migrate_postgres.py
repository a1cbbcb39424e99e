"""Migrations on PostgreSQL: one transaction under an advisory lock, so that many processes may start at once."""

from contextlib import suppress
from pathlib import Path

import psycopg
from sqlalchemy import MetaData

from socle.store.migrate import SchemaNotReady, SchemaTooNew, revisions, run
from socle.store.port import StoreFailed
from socle.store.postgres_connect import Address, Connector, Raw, close
from socle.store.unit_postgres import lock_key

_WAIT_SECONDS = 600
"""How long a start waits for the migration another process is running, and how long a migration may take."""
_VERSIONED = "SELECT 1 FROM pg_tables WHERE schemaname = %s AND tablename = 'alembic_version'"
"""Asked of the catalogue's rows: a session that has just waited for a lock may still remember that there is no such
name (``to_regclass``)."""


def upgrade_postgres(address: Address, migrations: Path, metadata: MetaData, *, check_only: bool = False) -> bool:
    """As :func:`socle.store.migrate.upgrade`, for the schema of ``address``, made if need be. Blocking.

    ``check_only`` does nothing but raise :class:`SchemaNotReady` when there is something to do. Raises ``StoreFailed``
    when the database is away or refuses, saying why.
    """
    head, known = revisions(migrations / "versions")
    patient = Address(address.url, address.schema, _WAIT_SECONDS, _WAIT_SECONDS)
    raw, core = Connector(lambda: patient.connect("migrate")).open()
    try:
        address.check_version(raw)
        if _is_at(raw, head, known, address):
            return False
        if check_only:
            raise SchemaNotReady(
                f"{address} is not at revision {head}: run `socles migrate` with the same SOCLES_DATABASE_URL, "
                "or start with SOCLES_MIGRATE=auto."
            )
        raw.execute("BEGIN")
        try:
            raw.execute("SELECT pg_advisory_xact_lock(%s)", (lock_key(address.schema, "migrate"),))
            done = not _is_at(raw, head, known, address)
            if done:
                raw.execute(f'CREATE SCHEMA IF NOT EXISTS "{address.schema}"')
                run(core, migrations, metadata)
            raw.execute("COMMIT")
        except BaseException:
            with suppress(psycopg.Error):  # closing undoes it too
                raw.execute("ROLLBACK")
            raise
        return done
    except psycopg.errors.InsufficientPrivilege as error:
        raise StoreFailed(f"{address}: the user may not do that: {error}") from error
    except (psycopg.OperationalError, psycopg.InterfaceError) as error:
        raise StoreFailed(f"{address}: {error}") from error
    finally:
        close(raw, core)


def _is_at(raw: Raw, head: str, known: frozenset[str], address: Address) -> bool:
    if raw.execute(_VERSIONED, (address.schema,)).fetchone() is None:
        return False
    row = raw.execute(f'SELECT version_num FROM "{address.schema}".alembic_version').fetchone()  # noqa: S608
    if row is not None and row[0] not in known:
        raise SchemaTooNew(
            f"{address} is at revision {row[0]}, which this version of Socles does not know (its newest is {head}): "
            "it was written by a newer version. Start that one, or give SOCLES_DATABASE_URL another database."
        )
    return row is not None and row[0] == head
