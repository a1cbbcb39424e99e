"""A burst of new connections is taken within a few turns of the loop, where admission sees it (D16)."""

import asyncio
import socket
from contextlib import ExitStack

import pytest

from socle.http_protocol import HttpProtocol
from socle.http_server import HttpServer, listen
from socle.service import Receive, Scope, Send

uvloop = pytest.importorskip("uvloop", reason="no uvloop on Windows, where asyncio accepts in bulk")
BURST, TURNS = 48, 8


class Counting(HttpProtocol):
    made = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        Counting.made += 1
        super().connection_made(transport)


async def nothing(scope: Scope, receive: Receive, send: Send) -> None:
    raise AssertionError("nobody asks")


async def accepted() -> int:
    server = HttpServer(nothing, [listen("127.0.0.1", 0)], protocol=Counting)
    await server.start()
    with ExitStack() as clients:
        for _ in range(BURST):  # the loop stands still meanwhile: the kernel connects them all
            clients.enter_context(socket.create_connection(server.addresses[0]))
        for _ in range(TURNS):
            await asyncio.sleep(0)
        made = Counting.made
    await server.stop()
    return made


def test_a_burst_is_accepted_in_a_few_turns() -> None:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        assert runner.run(accepted()) == BURST
