"""The way into a TLS port when the loop is busy and clients are in a hurry, on both event loops."""

import asyncio
import socket
import ssl
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from socle.http_server import HttpServer, listen
from socle.pki.files import pem
from socle.pki.folder import Pki
from socle.pki.kinds import Kind, Subject
from socle.service import Receive, Scope, Send
from socle.tls.contexts import server_context
from socle.tls.gate import Terms
from socle.tls.listener import protocol
from socle.tls.peer import Peer
from socle.tls.settings import TlsSettings

Client = Callable[[int], bytes]
LOOPS = [asyncio.new_event_loop]
if sys.platform != "win32":
    import uvloop

    LOOPS.append(uvloop.new_event_loop)
CLIENTS = 8


@pytest.fixture(scope="module")
def contexts(tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Of the mutual port, and of a client with a certificate."""
    folder = tmp_path_factory.mktemp("pki")
    pki = Pki(folder)
    server = server_context(TlsSettings(port=None, mutual_port=None), pki, mutual=True)
    client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client.check_hostname, client.verify_mode = False, ssl.CERT_NONE
    (folder / "client.pem").write_bytes(pem(pki.issue(Kind.INSI_AUTO, Subject())))
    client.load_cert_chain(folder / "client.pem")
    return server, client


async def ok(scope: Scope, receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body", "body": b""})


async def known(peer: Peer) -> Peer:
    return await asyncio.to_thread(lambda: peer)


async def played(context: ssl.SSLContext, client: Client) -> tuple[list[bytes], list[str], int]:
    """What clients that all came while the loop was busy got, what failed, and how many connections are left."""
    told: list[str] = []
    terms = Terms(context, 2, known, lambda peer, error: told.append(repr(error)))
    server = HttpServer(ok, [listen("127.0.0.1", 0)], stop_seconds=1, protocol=protocol(terms))
    await server.start()
    with ThreadPoolExecutor(CLIENTS) as threads:
        port, loop = server.addresses[0][1], asyncio.get_running_loop()
        asked = [loop.run_in_executor(threads, client, port) for _ in range(CLIENTS)]
        time.sleep(0.1)  # busy: every client has begun to speak before one is heard
        got = await asyncio.gather(*asked)
    for _ in range(40):
        if not (left := len(server._server.server_state.connections)):
            break
        await asyncio.sleep(0.05)
    await server.stop()
    return got, told, left


@pytest.mark.parametrize("loop", LOOPS)
def test_what_a_client_says_before_it_is_heard_is_not_lost(
    loop: Callable[[], asyncio.AbstractEventLoop], contexts: tuple[ssl.SSLContext, ssl.SSLContext]
) -> None:
    def ask(port: int) -> bytes:
        with contexts[1].wrap_socket(socket.create_connection(("127.0.0.1", port), timeout=5)) as client:
            client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            return client.recv(12)

    with asyncio.Runner(loop_factory=loop) as runner:
        assert runner.run(played(contexts[0], ask)) == ([b"HTTP/1.1 204"] * CLIENTS, [], 0)


@pytest.mark.parametrize("loop", LOOPS)
def test_a_client_that_leaves_right_after_the_handshake_is_forgotten(
    loop: Callable[[], asyncio.AbstractEventLoop], contexts: tuple[ssl.SSLContext, ssl.SSLContext]
) -> None:
    def leave(port: int) -> bytes:
        contexts[1].wrap_socket(socket.create_connection(("127.0.0.1", port), timeout=5)).close()
        return b""

    with asyncio.Runner(loop_factory=loop) as runner:
        assert runner.run(played(contexts[0], leave)) == ([b""] * CLIENTS, [], 0)
