"""``socles up`` as a process of its own: on free ports, its data in a temporary folder that goes with it."""

import contextlib
import json
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Timer

from socles.testing.server import Server, read_address

_START_SECONDS, _STOP_SECONDS = 120.0, 30.0
_SAID = 4000
"""Characters of what it wrote that a failure shows: the last ones matter."""
_FREE = ("--port", "--smtp-port", "--tls-port", "--mutual-port")


@contextmanager
def command(words: str | Sequence[str]) -> Iterator[Server]:
    """Start it by the ``socles`` command, or by words that lead to it, until the block ends.

    Raises ``RuntimeError``, with the end of what it wrote, when it does not start.
    """
    known = shlex.split(words, posix=sys.platform != "win32") if isinstance(words, str) else list(words)
    with tempfile.TemporaryDirectory(prefix="socles-testing-", ignore_cleanup_errors=True) as folder:
        ports = [part for name in _FREE for part in (name, "0")]
        line = [*known, "up", "--json", *ports, "--data-dir", str(Path(folder) / "data")]
        with (Path(folder) / "said.log").open("w+", encoding="utf-8", errors="replace") as said:
            try:
                process = subprocess.Popen(  # noqa: S603 - what the tester wants started
                    line, stdout=subprocess.PIPE, stderr=said, text=True, encoding="utf-8"
                )
            except OSError as error:
                raise RuntimeError(f"{known} : ne peut être lancé / cannot be started: {error}") from error
            try:
                told = _first_line(process)
                if not told:
                    said.seek(0)
                    raise RuntimeError(f"{known} : ne démarre pas / does not start\n{said.read()[-_SAID:]}")
                yield _server(told)
            finally:
                _end(process)


def _first_line(process: "subprocess.Popen[str]") -> str:
    """What it prints when it is ready; empty: it ended, or is too slow."""
    assert process.stdout is not None
    timer = Timer(_START_SECONDS, process.kill)
    timer.start()
    try:
        return process.stdout.readline()
    finally:
        timer.cancel()


def _server(line: str) -> Server:
    told = json.loads(line)
    return Server(told["url"], read_address(told["smtp"]), outlives=False, tls=told["tls"], mutual=told["mutual"])


def _end(process: "subprocess.Popen[str]") -> None:
    with process:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(_STOP_SECONDS)
            return
        process.kill()
