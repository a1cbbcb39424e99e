"""Byte-compiles what the services import, and only that: the root file system is read-only when they run.

Run by the interpreter of the environment to compile, with our packages installed in it.
"""

import importlib
import pkgutil
import py_compile
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

PACKAGES = ("socle", "ins_sim", "dmp_sim", "mss_sim", "psc_sim", "metrics", "console", "sandbox")
LATE = ("sqlalchemy.dialects.postgresql.psycopg", "sqlalchemy.dialects.sqlite.pysqlite", "psycopg_binary", "rich.live")
"""Imported by name, when a setting asks for them."""


def main() -> None:
    """Import everything of ours, then compile all that came along."""
    for name in (*PACKAGES, *LATE):
        module = importlib.import_module(name)
        for found in _inner(name, module.__path__) if name in PACKAGES else ():
            importlib.import_module(found)
    sources = {module.__file__ for module in sys.modules.values() if getattr(module, "__file__", None)}
    ours = [path for path in sources if path and path.endswith(".py") and Path(path).is_relative_to(sys.prefix)]
    for path in ours:
        py_compile.compile(path, doraise=True, invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH)
    sys.stdout.write(f"{len(ours)} modules compiled\n")


def _inner(name: str, path: Iterable[str]) -> Iterator[str]:
    for found in pkgutil.walk_packages(path, f"{name}."):
        if not found.name.endswith(".__main__"):
            yield found.name


if __name__ == "__main__":
    main()
