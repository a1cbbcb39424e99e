"""A SQLite file that several threads, or processes, open at once."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

from socle.store.connect import Synchronous, open_raw

AT_ONCE = 8
FILES = 100
"""About one file in twenty made SQLite refuse somebody."""


def test_a_new_file_may_be_opened_by_many_at_once(tmp_path: Path) -> None:
    start = Barrier(AT_ONCE)

    def opened(path: Path) -> str:
        start.wait()
        raw = open_raw(path, Synchronous.NORMAL)
        try:
            raw.execute("CREATE TABLE IF NOT EXISTS thing (id INTEGER)")
            mode: str = raw.execute("PRAGMA journal_mode").fetchone()[0]
            return mode
        finally:
            raw.close()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        for number in range(FILES):
            assert set(pool.map(opened, [tmp_path / f"{number}.db"] * AT_ONCE)) == {"wal"}
