"""The sandbox that the tests talk to: in this process, or at an address. Containers are in ``containers``."""

import asyncio
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import httpx

if TYPE_CHECKING:
    from sandbox.launcher import Sandbox

SMTP_PORT = 2587
_START_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class Server:
    """Where a sandbox listens."""

    url: str
    """Of its HTTP services, without a slash at the end."""
    smtp: tuple[str, int]
    outlives: bool
    """It was there before the tests, and stays: what is left in it can be looked at afterwards."""

    @contextmanager
    def client(self) -> Iterator[httpx.Client]:
        """An HTTP client for its API; threads may share it."""
        # What runs beside the tests needs no proxy; what is far away may
        with httpx.Client(base_url=self.url, trust_env=self.outlives) as client:
            yield client


def address(url: str, smtp: str | None = None) -> Server:
    """A sandbox that runs somewhere; ``smtp`` is ``host:port``, by default the URL's host and port 2587.

    Raises ``ValueError`` for what is no address.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
        raise ValueError(f"http://host:port attendu / expected, reçu / found: {url!r}")
    if smtp is None:
        return Server(url.rstrip("/"), (parts.hostname, SMTP_PORT), outlives=True)
    host, _, port = smtp.rpartition(":")
    if not host or not (port.isascii() and port.isdigit()):
        raise ValueError(f"hôte:port attendu / host:port expected, reçu / found: {smtp!r}")
    return Server(url.rstrip("/"), (host.strip("[]"), int(port)), outlives=True)


@contextmanager
def in_process() -> Iterator[Server]:
    """The whole product in a thread of this process, on free ports, its data in a temporary folder.

    Takes about two seconds; raises what starting it raised.
    """
    with tempfile.TemporaryDirectory(prefix="socles-testing-") as folder:
        running = _Running(Path(folder))
        running.start()
        try:
            yield Server(running.url, running.smtp, outlives=False)
        finally:
            running.stop()


class _Running:
    """The product's own loop, in its own thread."""

    url: str
    smtp: tuple[str, int]

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._up = threading.Event()
        self._failed: BaseException | None = None
        self._end: Callable[[], object] = lambda: None
        self._thread = threading.Thread(target=self._run, name="socles", daemon=True)

    def start(self) -> None:
        self._thread.start()
        if not self._up.wait(_START_SECONDS):
            raise TimeoutError(f"Socles ne démarre pas en {_START_SECONDS:g} s / does not start within that time")
        if self._failed is not None:
            raise self._failed

    def stop(self) -> None:
        self._end()
        self._thread.join(_START_SECONDS)

    def _run(self) -> None:
        try:
            from sandbox.launcher import LaunchOptions, Sandbox  # all services: not for who only talks to an address

            sandbox = Sandbox(LaunchOptions(self._folder, http_port=0, smtp_port=0))
            with asyncio.Runner(loop_factory=_loop_factory()) as runner:
                runner.run(self._serve(sandbox))
        except BaseException as error:
            self._failed = error
        finally:
            self._up.set()

    async def _serve(self, sandbox: "Sandbox") -> None:
        ending, loop = asyncio.Event(), asyncio.get_running_loop()
        self._end = lambda: loop.call_soon_threadsafe(ending.set)
        async with sandbox:
            self.url, self.smtp = sandbox.url, sandbox.smtp
            self._up.set()
            await ending.wait()


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    if sys.platform == "win32":
        return None
    import uvloop

    return uvloop.new_event_loop
