"""Bad input on a real server: each a clear protocol fault, nothing kept, the rule in the journal, still serving."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from lxml import etree

from socle.admission import Admission
from socle.control.model import Workspace
from socle.control.port import Fault, FaultEffect, FaultPoint
from socle.exchange import Outcome
from socle.http_protocol import HttpProtocol
from socle.service import Message, Receive, Scope, Send
from socle.soap.limits import MIB, Limits
from socle.soap.model import SOAP12
from support.soap_breaks import BROKEN, LIMITS, PLAIN, RELATED, ROOT
from support.wire import Echo, envelope, multipart, raw, serving


class Impatient(HttpProtocol):
    silence = 0.8


@pytest.fixture
async def echo(tmp_path: Path) -> Echo:
    return Echo(tmp_path / "spool", options={"limits": LIMITS})


@pytest.fixture
async def address(echo: Echo) -> AsyncIterator[tuple[str, int]]:
    async def outer(scope: Scope, receive: Receive, send: Send) -> None:
        """Stands for the outer application: it could not find the workspace ``nowhere``."""
        if scope["path"].startswith("/w/nowhere/"):
            scope["state"]["unknown_workspace"] = "nowhere"
        await echo.app(scope, receive, send)

    async with serving(outer, Impatient) as bound:
        yield bound


@pytest.fixture
async def client(address: tuple[str, int]) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=f"http://{address[0]}:{address[1]}", timeout=20) as client:
        yield client


async def still_serving(client: httpx.AsyncClient, echo: Echo) -> None:
    body = multipart([ROOT, ("Content-ID: <cda>", b"ok")])
    response = await client.post("/echo", content=body, headers={"Content-Type": RELATED})
    assert response.status_code == 200
    assert echo.journal.last.outcome is Outcome.ACCEPTED


@pytest.mark.parametrize(("kind", "body", "rule"), BROKEN, ids=[rule for *_, rule in BROKEN])
async def test_a_clear_fault_and_life_goes_on(
    client: httpx.AsyncClient, echo: Echo, kind: str, body: bytes, rule: str
) -> None:
    response = await client.post("/echo", content=body, headers={"Content-Type": kind})
    assert response.status_code == 500
    reason = etree.fromstring(response.content).findtext(f".//{{{SOAP12}}}Reason/{{{SOAP12}}}Text")
    await asyncio.wait_for(_journalled(echo), 30)
    exchange = echo.journal.last
    assert reason is not None
    assert reason.startswith(exchange.findings[0].rule.title_fr)
    assert (echo.rules, exchange.outcome, exchange.status) == ([rule], Outcome.REFUSED, 500)
    assert response.headers["x-socles-exchange"].endswith(f"/_sandbox/exchanges/{exchange.id}")
    assert b"Traceback" not in response.content
    await still_serving(client, echo)
    await asyncio.wait_for(_removed(echo), 30)


async def test_unknown_workspace(client: httpx.AsyncClient, echo: Echo) -> None:
    response = await client.post("/w/nowhere/echo", content=envelope().encode(), headers={"Content-Type": PLAIN})
    assert response.status_code == 500
    assert "nowhere" in response.text
    assert "RelatesTo" in response.text
    await asyncio.wait_for(_journalled(echo), 30)
    assert (echo.rules, echo.calls, echo.journal.last.workspace) == (["workspace.unknown"], [], "default")
    await still_serving(client, echo)


async def test_a_chunked_body_beyond_the_limit_is_refused_while_it_is_still_being_sent(
    client: httpx.AsyncClient, echo: Echo
) -> None:
    async def endless() -> AsyncIterator[bytes]:
        yield multipart([ROOT, ("Content-ID: <cda>", b"")])[:-5]
        for _ in range(40):
            yield b"x" * MIB

    response = await client.post("/echo", content=endless(), headers={"Content-Type": RELATED})
    await asyncio.wait_for(_journalled(echo), 30)
    assert (response.status_code, echo.rules) == (500, ["mime.part-size"])
    await still_serving(client, echo)
    await asyncio.wait_for(_removed(echo), 30)


async def test_a_declared_length_beyond_the_limit_is_refused_before_the_body(
    address: tuple[str, int], echo: Echo
) -> None:
    head = f"POST /echo HTTP/1.1\r\nHost: h\r\nContent-Type: {RELATED}\r\nContent-Length: 99999999\r\n"
    answer = await raw(address, (head + "Expect: 100-continue\r\nConnection: close\r\n\r\n").encode())
    assert answer.startswith(b"HTTP/1.1 500 ")
    assert b"100 Continue" not in answer
    await asyncio.wait_for(_journalled(echo), 30)
    assert echo.rules == ["mime.total-size"]


@pytest.mark.parametrize("half_close", [True, False])
async def test_a_client_that_leaves_or_falls_silent_mid_body(
    address: tuple[str, int], echo: Echo, client: httpx.AsyncClient, half_close: bool
) -> None:
    head = f"POST /echo HTTP/1.1\r\nHost: h\r\nContent-Type: {RELATED}\r\nContent-Length: 5000000\r\n\r\n"
    body = multipart([ROOT, ("Content-ID: <cda>", b"x" * 1_500_000)])[:-8]
    answer = await raw(address, head.encode(), body, half_close=half_close)
    await asyncio.wait_for(_journalled(echo), 30)
    assert answer == b""
    assert echo.rules == ["soap.disconnected"]
    await still_serving(client, echo)
    await asyncio.wait_for(_removed(echo), 30)


async def test_a_client_that_never_finishes_its_head_is_let_go(address: tuple[str, int]) -> None:
    assert await raw(address, b"POST /echo HTTP/1.1\r\nHost: h\r\nX-Slow: ") == b""


async def test_an_idle_connection_between_requests_is_kept(address: tuple[str, int]) -> None:
    text = envelope().encode()
    head = f"POST /echo HTTP/1.1\r\nHost: h\r\nContent-Type: {PLAIN}\r\nContent-Length: {len(text)}\r\n\r\n"
    reader, writer = await asyncio.open_connection(*address)
    for _ in range(2):
        writer.write(head.encode() + text)
        assert b"200 OK" in await reader.readuntil(b"\r\n\r\n")
        await reader.readuntil(b"Envelope>")
        await asyncio.sleep(1.2)
    writer.close()


async def test_a_slow_sender_that_is_never_silent_is_heard_to_the_end(address: tuple[str, int], echo: Echo) -> None:
    text = envelope().encode()
    head = f"POST /echo HTTP/1.1\r\nHost: h\r\nContent-Type: {PLAIN}\r\nConnection: close\r\n"
    portions = [text[at : at + 60] for at in range(0, len(text), 60)]
    answer = await raw(address, f"{head}Content-Length: {len(text)}\r\n\r\n".encode(), *portions, pause=0.3)
    assert answer.startswith(b"HTTP/1.1 200 OK")


async def _removed(echo: Echo) -> None:
    """Spool files go just after the answer has been sent."""
    while await asyncio.to_thread(lambda: echo.spooled):
        await asyncio.sleep(0.01)


async def _journalled(echo: Echo) -> None:
    while not echo.journal.kept:
        await asyncio.sleep(0.01)


async def test_a_cut_by_rule_closes_the_connection_without_a_byte(
    address: tuple[str, int], echo: Echo, client: httpx.AsyncClient
) -> None:
    echo.control.faults[FaultPoint.BEFORE_ANSWER] = Fault("cut", FaultEffect.CUT)
    text = envelope().encode()
    head = f"POST /echo HTTP/1.1\r\nHost: h\r\nContent-Type: {PLAIN}\r\nContent-Length: {len(text)}\r\n\r\n"
    assert await raw(address, head.encode() + text) == b""
    assert echo.journal.last.fault == "cut"
    echo.control.faults.clear()
    await still_serving(client, echo)


async def test_a_workspace_option_makes_even_faults_multipart(tmp_path: Path) -> None:
    echo = Echo(tmp_path)
    workspace = Workspace("default", options={"soap.multipart": "on"})

    async def outer(scope: Scope, receive: Receive, send: Send) -> None:
        scope["state"]["workspace"] = workspace
        await echo.app(scope, receive, send)

    async with serving(outer) as (host, port), httpx.AsyncClient() as client:
        response = await client.post(f"http://{host}:{port}/echo", content=b"no", headers={"Content-Type": PLAIN})
    assert response.status_code == 500
    assert response.headers["content-type"].startswith("multipart/related;")


async def test_the_default_limit_of_a_part_is_100_megabytes() -> None:
    assert Limits().max_part == 100 * 1024 * 1024


async def test_overload_answers_before_reading(tmp_path: Path) -> None:
    release = asyncio.Event()
    slow = Echo(tmp_path, admission=Admission("tight", active=1, queue=1))

    async def wait(scope: Scope, receive: Receive, send: Send) -> None:
        async def held() -> Message:
            await release.wait()
            return await receive()

        await slow.app(scope, held, send)

    async with serving(wait) as (host, port), httpx.AsyncClient(base_url=f"http://{host}:{port}") as client:
        posts = [
            asyncio.create_task(client.post("/echo", content=envelope().encode(), headers={"Content-Type": PLAIN}))
            for _ in range(6)
        ]
        done, _ = await asyncio.wait(posts, timeout=5, return_when=asyncio.FIRST_COMPLETED)
        while len(done) < 4:
            await asyncio.sleep(0.01)
            done = {post for post in posts if post.done()}
        assert {post.result().status_code for post in done} == {503}
        release.set()
        answers = await asyncio.gather(*posts)
    assert sorted(answer.status_code for answer in answers) == [200, 200, 503, 503, 503, 503]
