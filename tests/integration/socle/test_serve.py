"""Serving: several sockets, a graceful stop, signals; and the ground under it."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from socle.ground import Ground
from socle.http_server import HttpServer, listen
from socle.serve import Process
from socle.service import Receive, Scope, Send
from socle.settings import GroundSettings
from support import serve_shelf
from support.bus_wire import Reader, Wire
from support.serve_shelf import ShelfService


async def _slow(scope: Scope, receive: Receive, send: Send) -> None:
    await asyncio.sleep(0.3)
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"4")]})
    await send({"type": "http.response.body", "body": b"done"})


async def test_one_application_on_several_sockets() -> None:
    server = HttpServer(_slow, [listen("127.0.0.1", 0), listen("127.0.0.1", 0)])
    await server.start()
    (_, first), (_, second) = server.addresses
    assert first != second
    async with httpx.AsyncClient() as client:
        for port in (first, second):
            assert (await client.get(f"http://127.0.0.1:{port}/")).text == "done"
    await server.stop()


async def test_stopping_lets_a_request_finish_and_takes_no_new_one() -> None:
    server = HttpServer(_slow, [listen("127.0.0.1", 0)])
    await server.start()
    url = f"http://127.0.0.1:{server.addresses[0][1]}/"
    async with httpx.AsyncClient() as client:
        under_way = asyncio.create_task(client.get(url))
        await asyncio.sleep(0.1)
        stopping = asyncio.create_task(server.stop())
        assert (await under_way).text == "done"
        await stopping
        with pytest.raises(httpx.ConnectError):
            await client.get(url)


async def test_a_request_that_does_not_end_is_ended_after_its_time() -> None:
    begun, ended = asyncio.Event(), asyncio.Event()

    async def endless(scope: Scope, receive: Receive, send: Send) -> None:
        begun.set()
        try:
            await asyncio.sleep(60)
        finally:
            ended.set()

    server = HttpServer(endless, [listen("127.0.0.1", 0)], stop_seconds=1)
    await server.start()
    async with httpx.AsyncClient() as client:
        asking = asyncio.create_task(client.get(f"http://127.0.0.1:{server.addresses[0][1]}/", timeout=10))
        await asyncio.wait_for(begun.wait(), 10)
        await server.stop()
        await asyncio.wait_for(ended.wait(), 30)
        assert (await asking).status_code == 500


def test_a_taken_port_is_named() -> None:
    with listen("127.0.0.1", 0) as taken:
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(OSError, match=f"127.0.0.1:{port}"):
            listen("127.0.0.1", port)


async def test_a_process_carries_acts_from_the_wire_to_the_bus(tmp_path: Path) -> None:
    ground = Ground.open(GroundSettings(data_dir=tmp_path / "data"))
    shelf = ShelfService(ground)
    async with Process(ground, [shelf], shelf.app, [listen("127.0.0.1", 0)]) as process:
        reader = await Reader(Wire(shelf.store, ground.bus)).start()
        async with httpx.AsyncClient(base_url=process.url) as client:
            for name in ("a", "b", "c"):
                assert (await client.post("/", content=name)).status_code == 200
        await reader.take(3)
        assert sorted(reader.subjects) == ["a", "b", "c"]
        await reader.stop()
    assert ground.stopping.is_set()
    assert shelf.stopped


async def test_a_start_that_fails_stops_what_was_started(tmp_path: Path) -> None:
    ground = Ground.open(GroundSettings(data_dir=tmp_path / "data"))
    good, bad = ShelfService(ground), ShelfService(ground, fails=True)
    process = Process(ground, [good, bad], good.app, [listen("127.0.0.1", 0)])
    with pytest.raises(OSError, match="no such port"):
        await process.start()
    assert good.stopped
    with pytest.raises(RuntimeError, match="was stopped"):
        await good.store.write(lambda uow: None)


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_ends_the_process_well_and_loses_nothing(tmp_path: Path, number: signal.Signals) -> None:
    """Acts under way when the signal comes are answered, and everything answered is stored and sequenced."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    process = await asyncio.create_subprocess_exec(
        sys.executable, serve_shelf.__file__, str(tmp_path), stdout=subprocess.PIPE, env=environment
    )
    assert process.stdout is not None
    url = json.loads(await process.stdout.readline())
    async with httpx.AsyncClient(base_url=url, limits=httpx.Limits(max_connections=20)) as client:
        acts = [asyncio.create_task(client.post("/", content=f"{n}")) for n in range(200)]
        await asyncio.wait(acts, return_when=asyncio.FIRST_COMPLETED)
        process.send_signal(number)
        answers = await asyncio.gather(*acts, return_exceptions=True)
    assert await asyncio.wait_for(process.wait(), 20) == 0
    answered = {str(n) for n, a in enumerate(answers) if not isinstance(a, BaseException) and a.status_code == 200}
    stored, sequenced = await asyncio.to_thread(serve_shelf.what_is_stored, tmp_path)
    assert answered
    assert answered <= stored
    assert sequenced == stored
