"""A running ``socles up`` that a test may kill."""

import os
import re
import subprocess
import sys
import threading
import time
from asyncio import to_thread
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import IO

from support.drill_load import Places

_URL = re.compile(r"(http://\S+:\d+)")
_SMTP = re.compile(r"STARTTLS\)\D*?([\d.]+):(\d+)")


def half_start(data_dir: Path, seconds: float) -> None:
    """Kill a process while it is starting."""
    with subprocess.Popen(
        _command(data_dir), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=_environment()
    ) as process:
        time.sleep(seconds)
        process.kill()


def _command(data_dir: Path) -> list[str]:
    options = ["--port", "0", "--smtp-port", "0", "--data-dir", str(data_dir)]
    return [sys.executable, "-m", "sandbox.cli", "up", *options]


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "PYTHONUNBUFFERED": "1"}


class Up:
    """One life of ``socles up`` on a data folder; ready when made."""

    def __init__(self, data_dir: Path) -> None:
        self._log = (data_dir.parent / "up.log").open("a")
        self.process = subprocess.Popen(
            _command(data_dir), stdout=subprocess.PIPE, stderr=self._log, env=_environment(), text=True
        )
        assert self.process.stdout is not None
        said = self._until(self.process.stdout, _SMTP)
        self.url = _found(_URL, said)[0]
        host, port = _found(_SMTP, said)
        self.smtp = (host, int(port))
        self._drain = threading.Thread(target=self.process.stdout.read, daemon=True)
        self._drain.start()
        self.places = Places([self.url], [self.url], [self.url], [self.smtp])

    @property
    def alive(self) -> bool:
        return self.process.poll() is None

    @staticmethod
    def _until(output: IO[str], pattern: re.Pattern[str]) -> str:
        said = ""
        for line in output:
            said += line
            if pattern.search(said):
                return said
        raise RuntimeError(f"socles up ended before it was ready: {said}")

    def kill(self) -> None:
        """SIGKILL: no handler, no clean-up, no last write."""
        self.process.kill()
        self._ended()

    def terminate(self) -> int:
        """SIGTERM; gives the exit status."""
        self.process.terminate()
        self._ended()
        return self.process.returncode

    def _ended(self) -> None:
        self.process.wait(30)
        self._drain.join(10)
        assert self.process.stdout is not None
        self.process.stdout.close()
        self._log.close()


@asynccontextmanager
async def running(data_dir: Path) -> AsyncIterator[Up]:
    """A ``socles up`` that ends well where the test does, and does not outlive a test that fails."""
    up = await to_thread(Up, data_dir)
    try:
        yield up
        assert await to_thread(up.terminate) == 0
    finally:
        if up.alive:
            up.kill()


def _found(pattern: re.Pattern[str], said: str) -> Sequence[str]:
    match = pattern.search(said)
    assert match is not None, said
    return match.groups()
