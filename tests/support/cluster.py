"""The product as many processes on PostgreSQL and Kafka, each of which a test may kill, freeze and start again."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import httpx

from sandbox.clients.http import Http
from support.drill_load import Places

READY_SECONDS = 60.0


class Member:
    """One process of one service: ``python -m dmp_sim`` on ports of its own, the same in every life."""

    def __init__(self, name: str, module: str, folder: Path, environment: Mapping[str, str]) -> None:
        self.name = name
        self.module = module
        self.url = f"http://127.0.0.1:{_free_port()}"
        self.smtp = ("127.0.0.1", _free_port())
        self._folder = folder / name
        self._folder.mkdir(parents=True, exist_ok=True)
        self._environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join(sys.path),
            "PYTHONUNBUFFERED": "1",
            "SOCLES_DATA_DIR": str(self._folder),
            "SOCLES_HTTP_PORT": self.url.rpartition(":")[2],
            "SOCLES_MSS_SMTP_PORT": str(self.smtp[1]),
            **environment,
        }
        self._process: subprocess.Popen[bytes] | None = None
        self._log: IO[bytes] | None = None

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def wait(self, seconds: float) -> int:
        """The exit status of a process that ends, or has ended."""
        assert self._process is not None
        return self._process.wait(seconds)

    @property
    def log(self) -> Path:
        """What all its lives said."""
        return self._folder.parent / f"{self.name}.log"

    def start(self) -> None:
        """Begin; :meth:`ready` waits for the end of the start."""
        self._log = self.log.open("ab")
        self._process = subprocess.Popen(
            [sys.executable, "-m", self.module],
            stdout=self._log,
            stderr=subprocess.STDOUT,
            env=self._environment,
            start_new_session=True,
        )

    async def ready(self) -> None:
        """Wait until it says that it takes acts."""
        deadline = time.monotonic() + READY_SECONDS
        async with httpx.AsyncClient(trust_env=False, timeout=5) as client:
            while True:
                assert self._process is not None
                if self._process.poll() is not None:
                    raise RuntimeError(f"{self.name} ended with {self._process.returncode}:\n{self.said()}")
                try:
                    if (await client.get(f"{self.url}/_sandbox/ready")).status_code == 200:
                        return
                except httpx.HTTPError:
                    pass
                if time.monotonic() > deadline:
                    raise RuntimeError(f"{self.name} is not ready:\n{self.said()}")
                await asyncio.sleep(0.05)

    def said(self) -> str:
        """The end of its log."""
        return "\n".join(self.log.read_text("utf-8", errors="replace").splitlines()[-40:])

    def send(self, number: signal.Signals) -> None:
        """A signal; SIGKILL and SIGTERM: also wait for the end."""
        assert self._process is not None
        self._process.send_signal(number)
        if number in (signal.SIGKILL, signal.SIGTERM):
            self._process.wait(30)
            assert self._log is not None
            self._log.close()

    def close(self) -> None:
        """End it, whatever its state."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGCONT)
            self._process.kill()
            self._process.wait(30)
        if self._log is not None:
            self._log.close()


class Cluster:
    """All members, by name: ``ins_sim-0``, ``dmp_sim-0``, ``dmp_sim-1`` …"""

    def __init__(self, folder: Path, replicas: Mapping[str, int], environment: Mapping[str, str]) -> None:
        self.members = {
            f"{module}-{number}": Member(f"{module}-{number}", module, folder, environment)
            for module, count in replicas.items()
            for number in range(count)
        }

    def of(self, module: str) -> list[Member]:
        """The replicas of one service."""
        return [member for member in self.members.values() if member.module == module]

    async def start(self) -> None:
        """All at once, as an orchestrator would."""
        for member in self.members.values():
            member.start()
        await asyncio.gather(*(member.ready() for member in self.members.values()))

    @property
    def places(self) -> Places:
        """Where clients send acts."""
        return Places(
            [member.url for member in self.of("ins_sim")],
            [member.url for member in self.of("dmp_sim")],
            [member.url for member in self.of("metrics")],
            [member.smtp for member in self.of("mss_sim")],
        )

    def http(self, module: str, number: int = 0) -> Http:
        """A client of one member."""
        return Http(self.members[f"{module}-{number}"].url)


@contextmanager
def cluster(folder: Path, replicas: Mapping[str, int], environment: Mapping[str, str]) -> Iterator[Cluster]:
    """Made, not yet started; every process is gone at the end."""
    made = Cluster(folder, replicas, environment)
    try:
        yield made
    finally:
        for member in made.members.values():
            member.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
