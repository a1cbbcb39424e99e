"""A process that stands still in the middle of an act, at a given step; continued, it ends the act and prints it."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from socle.store.port import UnitOfWork
from socle.store.postgres_connect import Address
from support import shelf
from support.postgres_store import opened

TESTS = Path(__file__).parents[1]


def _asked(uow: UnitOfWork) -> None:
    uow.hot(shelf.NAMES, {})


def _connected(uow: UnitOfWork) -> None:
    assert uow.connection


STEPS: dict[str, Callable[[UnitOfWork], None]] = {
    "sent, not awaited": lambda uow: None,
    "a question answered": _asked,
    "out of the pipeline": _connected,
}


async def _act(url: str, folder: Path, step: str) -> None:
    calls = 0

    def work(uow: UnitOfWork) -> None:
        nonlocal calls
        calls += 1
        uow.lock("frozen")
        shelf.put_and_tell(uow, "frozen")
        STEPS[step](uow)
        if calls == 1:
            os.kill(os.getpid(), signal.SIGSTOP)
            time.sleep(0.2)  # another thread may take the signal: this one must not go on meanwhile

    async with opened(Address(url, "shelf"), folder) as store:
        await store.write(work)
    print(calls)


def start(url: str, folder: Path, step: str) -> "subprocess.Popen[str]":
    """Returns when it stands still."""
    path = f"{TESTS}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"
    command = [sys.executable, "-m", "support.frozen_act", url, str(folder), step]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": path})
    _, status = os.waitpid(child.pid, os.WUNTRACED)
    assert os.WIFSTOPPED(status)
    return child


if __name__ == "__main__":
    asyncio.run(_act(sys.argv[1], Path(sys.argv[2]), sys.argv[3]))
