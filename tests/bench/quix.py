"""An environment for Quix Streams, whose requirements conflict with ours: made once, beside our own packages."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

REQUIREMENTS = Path(__file__).parent.parent.parent / "requirements" / "quix.txt"


class NoQuix(RuntimeError):
    """It could not be installed; the message says why."""


def interpreter() -> Path:
    """The environment's Python. Raises :class:`NoQuix`; with ``SOCLES_BENCH_OFFLINE``, unless it is there."""
    pinned = hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()[:12]
    folder = Path(sys.prefix) / f"quix-{pinned}"
    python = folder / "bin" / "python"
    ready = folder / ".ready"
    if not ready.exists():
        if os.environ.get("SOCLES_BENCH_OFFLINE"):
            raise NoQuix("it is not there, and nothing may be fetched")
        install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        for command in ([sys.executable, "-m", "venv", str(folder)], [*install, "-r", str(REQUIREMENTS)]):
            try:
                done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
            except (OSError, subprocess.TimeoutExpired) as error:
                raise NoQuix(str(error)) from error
            if done.returncode:
                raise NoQuix(f"{' '.join(command[1:4])}: {(done.stderr or done.stdout).strip()[-600:]}")
        ready.touch()
    return python
