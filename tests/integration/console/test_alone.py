"""The console as a process of its own: its pages, and everything else handed on to the sandbox."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import httpx
import pytest

from console.app import serve_alone
from console.settings import ConsoleSettings
from socle.settings import GroundSettings
from support.console_traffic import deposit
from support.sandbox_thread import RunningSandbox, sandbox_in_thread


@asynccontextmanager
async def alone(sandbox: str, **process: str) -> AsyncIterator[httpx.AsyncClient]:
    up: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    stopping = asyncio.Event()
    settings = GroundSettings(http_port=0, public_url=process.get("public_url"))
    serving = asyncio.create_task(serve_alone(ConsoleSettings(sandbox=sandbox), settings, stopping, up.set_result))
    try:
        async with httpx.AsyncClient(base_url=await up, trust_env=False, timeout=20) as client:
            yield client
    finally:
        stopping.set()
        await serving


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSandbox]:
    with sandbox_in_thread(tmp_path_factory.mktemp("behind")) as running:
        yield running


async def test_pages_apis_and_the_wire_through_one_door(sandbox: RunningSandbox) -> None:
    async with alone(sandbox.url) as client:
        assert "Échanges" in (await client.get("/console/")).text
        door = RunningSandbox(str(client.base_url).rstrip("/"), sandbox.smtp)
        exchange = await asyncio.to_thread(deposit, door)
        page = await client.get(f"/console/exchanges/{exchange}")
        assert "Accepté, sans remarque." in page.text
        assert (await client.get("/_sandbox/exchanges")).json()["total"] == 1
        created = await client.post("/_sandbox/workspaces", json={"name": "porte"})
        assert created.status_code == 201
        inside = await client.get("/w/porte/console/")
        assert 'data-root="/w/porte"' in inside.text
        async with client.stream("GET", "/_sandbox/exchanges/tail") as stream:
            lines = stream.aiter_lines()
            assert await anext(lines) == ": listening"
            await asyncio.to_thread(deposit, door)
            told = [line async for line in _until(lines, "data:")]
            assert '"outcome":"refused"' in told[-1]


async def _until(lines: AsyncIterator[str], start: str) -> AsyncIterator[str]:
    async with asyncio.timeout(10):
        async for line in lines:
            yield line
            if line.startswith(start):
                return


async def test_a_sandbox_that_is_away_is_told_in_words() -> None:
    async with alone("http://127.0.0.1:9") as client:
        assert (await client.get("/console/")).status_code == 200
        answer = await client.get("/console/exchanges/0190")
        assert answer.status_code == 502
        assert "Le bac à sable ne répond pas" in answer.text
        handed = await client.get("/_sandbox/exchanges")
        assert (handed.status_code, handed.json()["error"]["code"]) == (502, "sandbox.away")


async def test_without_an_address_it_does_not_start() -> None:
    with pytest.raises(ValueError, match="SOCLES_CONSOLE_SANDBOX"):
        await serve_alone(ConsoleSettings(), GroundSettings(http_port=0), asyncio.Event())


async def test_commands_begin_with_what_clients_call_the_sandbox(sandbox: RunningSandbox) -> None:
    async with alone(sandbox.url, public_url="https://bac.example") as client:
        await client.post("/_sandbox/workspaces", json={"name": "dehors"})
        by_path = await client.get("/w/dehors/console/")
        by_host = await client.get("/console/", headers={"Host": "dehors.socles.localhost"})
        assert "https://bac.example/w/dehors/lps" in by_path.text
        assert "https://bac.example/w/dehors/lps" in by_host.text
        assert 'data-root=""' in by_host.text


async def test_an_empty_variable_is_no_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOCLES_CONSOLE_SANDBOX", "")
    assert ConsoleSettings().sandbox is None
