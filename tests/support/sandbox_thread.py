"""The whole sandbox in a thread of its own, for clients that block: foreign ones above all."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from sandbox.launcher import LaunchOptions, Sandbox


@dataclass(frozen=True, slots=True)
class RunningSandbox:
    """Where it listens."""

    url: str
    smtp: tuple[str, int]
    tls: str | None = None
    mutual: str | None = None
    smtps: tuple[str, int] = ("", 0)
    """Submission with TLS first."""

    def get(self, path: str, **parameters: str | int) -> Any:
        """JSON of a path, or of a whole link that an answer gave."""
        link = path if path.startswith("http") else f"{self.url}{path}"
        answer = httpx.get(link, params=parameters, timeout=30, trust_env=False)
        answer.raise_for_status()
        return answer.json()


@contextmanager
def sandbox_in_thread(folder: Path, *, tls: bool = False) -> Iterator[RunningSandbox]:
    """Serve on free ports until the block ends, with ``tls`` those of TLS too; raises what starting raised."""
    up = threading.Event()
    started: list[RunningSandbox] = []
    failed: list[BaseException] = []
    stop: list[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = []

    async def serve() -> None:
        ending = asyncio.Event()
        port = 0 if tls else None
        options = LaunchOptions(folder, http_port=0, smtp_port=0, smtps_port=0, tls_port=port, mutual_port=port)
        async with Sandbox(options) as sandbox:
            stop.append((asyncio.get_running_loop(), ending))
            secure = [sandbox.secure_url(mutual=mutual) for mutual in (False, True)]
            assert sandbox.smtps is not None
            started.append(RunningSandbox(sandbox.url, sandbox.smtp, *secure, smtps=sandbox.smtps))
            up.set()
            await ending.wait()

    def run() -> None:
        try:
            asyncio.run(serve())
        except BaseException as error:
            failed.append(error)
        finally:
            up.set()

    thread = threading.Thread(target=run, name="sandbox")
    thread.start()
    try:
        up.wait(60)
        if not started:
            raise failed[0] if failed else TimeoutError("the sandbox did not start within 60 s")
        yield started[0]
    finally:
        for loop, ending in stop:
            loop.call_soon_threadsafe(ending.set)
        thread.join(60)
    if failed:
        raise failed[0]
