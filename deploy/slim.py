"""Takes out of an installed environment what no running service reads: debugging symbols, sources in C, type stubs.

Usage: ``slim.py PREFIX``, before our own packages are installed there.
"""

import shutil
import subprocess
import sys
from pathlib import Path

UNREAD = {".c", ".cpp", ".h", ".pxd", ".pyi", ".pyx", ".pyc"}
TESTS = {"tests", "test"}
FORMATS = ("_avif.", "libavif-")
"""Beginnings of an image format's libraries that nothing here reads or writes; Pillow does without."""


def main(prefix: Path) -> None:
    """Slim every package below ``prefix``."""
    for folder in [found for found in prefix.rglob("*") if found.is_dir() and found.name in TESTS]:
        shutil.rmtree(folder, ignore_errors=True)
    libraries = []
    for path in prefix.rglob("*"):
        if path.is_symlink() or not path.is_file():
            continue
        if path.suffix in UNREAD or path.name.startswith(FORMATS):
            path.unlink()
        elif path.suffix == ".so" or ".so." in path.name:
            libraries.append(path)
    subprocess.run(["/usr/bin/strip", "--strip-unneeded", *map(str, libraries)], check=True)  # noqa: S603 - files of ours


if __name__ == "__main__":
    main(Path(sys.argv[1]))
