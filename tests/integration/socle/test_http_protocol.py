"""Our server protocol on a real socket: an h2c offer never costs the body (domain/dmp.md §0.6)."""

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from socle.http_protocol import HttpProtocol
from socle.service import Receive, Scope, Send
from support.wire import Echo, envelope, include, multipart, raw, serving

OFFER = (
    "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"
    "HTTP2-Settings: AAEAAEAAAAIAAAABAAMAAABkAAQBAAAAAAUAAEAA\r\n"
)


class Mirror:
    """Answers with method, path and body, and remembers the headers."""

    def __init__(self) -> None:
        self.headers: list[dict[bytes, bytes]] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.headers.append(dict(scope["headers"]))
        body, more = b"", True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            body += message["body"]
            more = message["more_body"]
        answer = f"[{scope['method']} {scope['path']} {scope['http_version']} ".encode() + body + b"]"
        await send(
            {"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % len(answer))]}
        )
        await send({"type": "http.response.body", "body": answer})


@pytest.fixture
def mirror() -> Mirror:
    return Mirror()


@pytest.fixture
async def address(mirror: Mirror) -> AsyncIterator[tuple[str, int]]:
    async with serving(mirror) as bound:
        yield bound


def sized(path: str, body: bytes, headers: str = OFFER) -> bytes:
    return f"POST {path} HTTP/1.1\r\nHost: h\r\n{headers}Content-Length: {len(body)}\r\n\r\n".encode() + body


def chunked(path: str, *chunks: bytes, headers: str = OFFER) -> bytes:
    head = f"POST {path} HTTP/1.1\r\nHost: h\r\n{headers}Transfer-Encoding: chunked\r\n\r\n".encode()
    return head + b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks) + b"0\r\n\r\n"


LAST = b"GET /end HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"


def answers(raw_answer: bytes) -> list[bytes]:
    return [piece.partition(b"]")[0] for piece in raw_answer.split(b"[")[1:]]


async def test_the_parser_in_use_is_ours_and_httptools() -> None:
    assert HttpProtocol.__mro__[1].__module__ == "uvicorn.protocols.http.httptools_impl"


async def test_sized_body(address: tuple[str, int], mirror: Mirror) -> None:
    got = await raw(address, sized("/a?b=c", b"hello") + LAST)
    assert answers(got) == [b"POST /a 1.1 hello", b"GET /end 1.1 "]
    assert mirror.headers[0][b"upgrade"] == b"h2c"  # the journal shows what was sent
    assert mirror.headers[0][b"connection"] == b"Upgrade, HTTP2-Settings"


async def test_chunked_body(address: tuple[str, int]) -> None:
    large = b"x" * 300_000
    got = await raw(address, chunked("/a", b"he", large, b"llo") + LAST)
    assert answers(got) == [b"POST /a 1.1 he" + large + b"llo", b"GET /end 1.1 "]


@pytest.mark.parametrize("request_bytes", [sized("/a", b"hello"), chunked("/a", b"hel", b"lo")])
async def test_any_split_into_packets(address: tuple[str, int], request_bytes: bytes) -> None:
    for at in range(1, len(request_bytes), 7):
        got = await raw(address, request_bytes[:at], request_bytes[at:] + LAST, pause=0.001)
        assert answers(got) == [b"POST /a 1.1 hello", b"GET /end 1.1 "]


async def test_byte_by_byte(address: tuple[str, int]) -> None:
    data = chunked("/a", b"hello")
    got = await raw(address, *(data[at : at + 1] for at in range(len(data))), LAST, pause=0.0005)
    assert answers(got) == [b"POST /a 1.1 hello", b"GET /end 1.1 "]


async def test_pipelining_offers_and_plain_requests(address: tuple[str, int]) -> None:
    data = sized("/1", b"one") + chunked("/2", b"two") + sized("/3", b"three", headers="") + sized("/4", b"", OFFER)
    got = await raw(address, data + LAST)
    assert [answer.split()[1] for answer in answers(got)] == [b"/1", b"/2", b"/3", b"/4", b"/end"]
    assert answers(got)[:3] == [b"POST /1 1.1 one", b"POST /2 1.1 two", b"POST /3 1.1 three"]


async def test_keep_alive_after_it(address: tuple[str, int]) -> None:
    reader, writer = await asyncio.open_connection(*address)
    for number in range(5):
        writer.write(sized(f"/{number}", b"x" * number))
        head = await reader.readuntil(b"\r\n\r\n")
        assert b"200 OK" in head
        assert await reader.readuntil(b"]") == f"[POST /{number} 1.1 ".encode() + b"x" * number + b"]"
    writer.close()


async def test_the_body_of_an_answer_does_not_wait_until_its_head_is_acknowledged(address: tuple[str, int]) -> None:
    reader, writer = await asyncio.open_connection(*address)
    started = time.perf_counter()
    for _ in range(200):  # 40 ms each if they waited: 8 s
        writer.write(sized("/a", b"hello", headers=""))
        await reader.readuntil(b"]")
    writer.close()
    assert time.perf_counter() - started < 6


async def test_close_is_still_heard(address: tuple[str, int]) -> None:
    offer = OFFER.replace("Connection: ", "Connection: close, ")
    got = await raw(address, sized("/a", b"hello", headers=offer))
    assert answers(got) == [b"POST /a 1.1 hello"]
    assert b"connection: close" in got.lower()


async def test_expect_100_continue_with_an_offer(address: tuple[str, int]) -> None:
    data = sized("/a", b"hello", headers=OFFER + "Expect: 100-continue\r\n")
    got = await raw(address, data[:-5], data[-5:] + LAST, pause=0.05)
    assert got.startswith(b"HTTP/1.1 100 Continue\r\n\r\n")
    assert answers(got)[0] == b"POST /a 1.1 hello"


@pytest.mark.parametrize("upgrade", ["websocket", "TLS/1.0", "h2c, other"])
async def test_any_other_offer_is_ignored_as_well(address: tuple[str, int], upgrade: str) -> None:
    got = await raw(address, sized("/a", b"hello", headers=f"Connection: upgrade\r\nUpgrade: {upgrade}\r\n") + LAST)
    assert answers(got)[0] == b"POST /a 1.1 hello"


async def test_an_offer_without_a_body(address: tuple[str, int]) -> None:
    got = await raw(address, f"GET /a HTTP/1.1\r\nHost: h\r\n{OFFER}\r\n".encode() + LAST)
    assert answers(got) == [b"GET /a 1.1 ", b"GET /end 1.1 "]


async def test_connect_and_garbage_do_not_hang_or_loop(address: tuple[str, int]) -> None:
    await raw(address, b"CONNECT h:1 HTTP/1.1\r\nHost: h:1\r\nConnection: close\r\n\r\n", half_close=True)
    assert (await raw(address, b"garbage\r\n\r\n")).startswith(b"HTTP/1.1 400 ")
    smuggling = sized("/a", b"hello").replace(b"Content-Length", b"Transfer-Encoding: chunked\r\nContent-Length")
    assert (await raw(address, smuggling)).startswith(b"HTTP/1.1 400 ")


async def test_a_chunked_mtom_deposit_with_an_offer_reaches_the_endpoint_whole(tmp_path: Path) -> None:
    echo = Echo(tmp_path)
    cda = bytes(range(256)) * 4_000
    body = multipart([("Content-Type: application/xop+xml", envelope(include("c")).encode()), ("Content-ID: <c>", cda)])
    headers = OFFER + "Content-Type: multipart/related; boundary=b\r\n"
    pieces = [body[at : at + 16_384] for at in range(0, len(body), 16_384)]
    async with serving(echo.app) as address:
        got = await raw(address, chunked("/echo", *pieces, headers=headers), LAST)
    assert got.startswith(b"HTTP/1.1 200 OK")
    assert f'size="{len(cda)}"'.encode() in got


async def test_the_head_of_a_streamed_answer_does_not_wait_for_its_body() -> None:
    go_on = asyncio.Event()

    async def slow(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
        await go_on.wait()
        await send({"type": "http.response.body", "body": b"a", "more_body": True})
        await send({"type": "http.response.body", "body": b"b"})

    async with serving(slow) as (host, port):
        reader, writer = await asyncio.open_connection(host, port)
        writer.write(b"GET / HTTP/1.1\r\nHost: h\r\n\r\n")
        async with asyncio.timeout(30):
            assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 200")
            go_on.set()
            assert await reader.readexactly(2) == b"ab"
        writer.close()
        await writer.wait_closed()


async def test_an_answer_that_is_never_completed_still_sends_its_head() -> None:
    async def broken(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})

    async with serving(broken) as address:
        assert (await raw(address, b"GET / HTTP/1.1\r\nHost: h\r\n\r\n")).startswith(b"HTTP/1.1 200")
