"""The JDK's XML signatures: ``tests/interop/java/XmlSignatures.java``, run from its source."""

import os
import shutil
import subprocess
from pathlib import Path

SOURCE = Path(__file__).parents[1] / "interop" / "java" / "XmlSignatures.java"


def java(*arguments: str) -> str:
    assert shutil.which("java"), "a JDK (17 or newer) is needed for this test"
    done = subprocess.run(
        ["java", str(SOURCE), *arguments],
        capture_output=True,
        timeout=55,
        check=False,
        env={**os.environ, "LC_ALL": "C.UTF-8"},
    )
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode()
