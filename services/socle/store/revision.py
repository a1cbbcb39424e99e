"""Draft the next revision of a service's schema: what the declared tables have and the migrations do not.

``python -m socle.store.revision ins_sim.store:METADATA services/ins_sim/migrations "Add the call's mode"``
"""

import argparse
import importlib
import sys
import tempfile
from pathlib import Path

from sqlalchemy import MetaData

from socle.store.connect import Synchronous, open_raw, over
from socle.store.migrate import configuration, upgrade


def draft(metadata: MetaData, migrations: Path, message: str) -> Path:
    """Write ``versions/<next number>_<message>.py``, to be read and corrected by its author; gives its path."""
    from alembic import command

    number = f"{len(list((migrations / 'versions').glob('[0-9]*.py'))) + 1:04d}"
    with tempfile.TemporaryDirectory() as folder:
        upgrade(Path(folder) / "fresh.db", migrations, metadata)
        connection = over(open_raw(Path(folder) / "fresh.db", Synchronous.NORMAL))
        try:
            config = configuration(migrations, metadata)
            config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
            config.attributes["connection"] = connection
            command.revision(config, message, autogenerate=True, rev_id=number)
        finally:
            connection.close()
            connection.engine.dispose()
    (path,) = (migrations / "versions").glob(f"{number}_*.py")
    return path


def main(arguments: list[str]) -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("metadata", help="module:NAME of the service's MetaData")
    parser.add_argument("migrations", type=Path, help="the service's migrations folder")
    parser.add_argument("message", help="what changes, in a few words")
    options = parser.parse_args(arguments)
    module, _, name = options.metadata.partition(":")
    metadata = getattr(importlib.import_module(module), name)
    sys.stdout.write(f"{draft(metadata, options.migrations, options.message)}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
