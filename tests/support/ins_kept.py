"""What INSi's database holds, all of it: to show that something is not there."""

from pathlib import Path

import psycopg


def everything_kept(folder: Path, database: str | None) -> bytes:
    """The files, or every value of every row."""
    if database is None:
        return b"".join(path.read_bytes() for path in folder.glob("ins_sim.db*"))
    with psycopg.connect(database, options="-c search_path=ins_sim") as connection:
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'ins_sim'").fetchall()
        rows = [row for (name,) in tables for row in connection.execute(f"SELECT * FROM {name}").fetchall()]
    return b" ".join(value if isinstance(value, bytes) else str(value).encode() for row in rows for value in row)
