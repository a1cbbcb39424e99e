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
    tls: str | None = None
    """As ``url``, over TLS; None: not served, or not known."""
    mutual: str | None = None
    """The same, over TLS that asks for the client's certificate."""

    @contextmanager
    def client(self) -> Iterator[httpx.Client]:
        """An HTTP client for its API; threads may share it."""
        # What runs beside the tests needs no proxy; what is far away may
        with httpx.Client(base_url=self.url, trust_env=self.outlives) as client:
            yield client


def address(url: str, smtp: str | None = None, tls: str | None = None, mutual: str | None = None) -> Server:
    """A sandbox that runs somewhere; ``smtp`` is ``host:port``, by default the URL's host and port 2587.

    Raises ``ValueError`` for what is no address.
    """
    base, host = _base(url, "http", "https")
    mail = (host, SMTP_PORT) if smtp is None else read_address(smtp)
    secure = [_base(one, "https")[0] if one is not None else None for one in (tls, mutual)]
    return Server(base, mail, True, *secure)


def _base(url: str, *schemes: str) -> tuple[str, str]:
    """Without a slash at the end, and the host."""
    parts = urlsplit(url)
    if parts.scheme not in schemes or not parts.hostname or parts.query or parts.fragment:
        raise ValueError(f"{schemes[0]}://host:port attendu / expected, reçu / found: {url!r}")
    return url.rstrip("/"), parts.hostname


def read_address(text: str) -> tuple[str, int]:
    """``host:port``, IPv6 in brackets. Raises ``ValueError``."""
    host, _, port = text.rpartition(":")
    if not host or not (port.isascii() and port.isdigit()):
        raise ValueError(f"hôte:port attendu / host:port expected, reçu / found: {text!r}")
    return host.strip("[]"), int(port)


@contextmanager
def in_process() -> Iterator[Server]:
    """The whole product in a thread of this process, on free ports, its data in a temporary folder.

    Takes about three seconds; raises what starting it raised.
    """
    with tempfile.TemporaryDirectory(prefix="socles-testing-") as folder:
        running = _Running(Path(folder))
        running.start()
        try:
            yield running.server
        finally:
            running.stop()


class _Running:
    """The product's own loop, in its own thread."""

    server: Server

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

            sandbox = Sandbox(LaunchOptions(self._folder, http_port=0, smtp_port=0, tls_port=0, mutual_port=0))
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
            secure = [sandbox.secure_url(mutual=mutual) for mutual in (False, True)]
            self.server = Server(sandbox.url, sandbox.smtp, False, *secure)
            self._up.set()
            await ending.wait()


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    if sys.platform == "win32":
        return None
    import uvloop

    return uvloop.new_event_loop
