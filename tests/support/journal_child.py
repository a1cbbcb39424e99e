"""Another process that writes to the same journal: ``python journal_child.py SETTINGS COUNT MOST``, SETTINGS as JSON.

Records COUNT exchanges of workspace ``default``, kept in bounds of MOST; prints how many were written and dropped.
"""

import json
import sys
from pathlib import Path

from pydantic import SecretStr

from socle.journal.settings import JournalSettings
from socle.journal.store import JournalStore
from socle.settings import GroundSettings
from support.journal_suite import act


def command(settings: GroundSettings, count: int, most: int) -> list[str]:
    """What to run; with ``tests`` on the path."""
    url = settings.database_url
    told = {"folder": str(settings.data_dir), "url": url.get_secret_value() if url is not None else None}
    return [sys.executable, __file__, json.dumps(told), str(count), str(most)]


def main(told: str, count: str, most: str) -> None:
    given = json.loads(told)
    ground = GroundSettings(data_dir=Path(given["folder"]), database_url=SecretStr(given["url"]))
    journal = JournalStore(ground, JournalSettings(max_exchanges=int(most)))
    journal.open()
    for number in range(int(count)):
        journal.record(act(number))
        if number % 20 == 0:
            journal.flush()
    journal.close()
    print(journal.written, journal.dropped)


if __name__ == "__main__":
    main(*sys.argv[1:])
