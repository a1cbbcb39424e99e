"""Archives where each service is a process of its own: one of them puts the parts together."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from dmp_sim.store import METADATA, MIGRATIONS
from socle.control.plane import ControlPlane
from socle.control.settings import ControlSettings
from socle.ground import Ground
from socle.journal.store import JournalStore
from socle.serve import HttpServer, listen
from socle.web.factory import create_app
from support.archived import LARGE, Archived, served
from support.shelf_stores import settings_for

pytestmark = pytest.mark.postgres


@asynccontextmanager
async def dmp_process(folder: Path, url: str) -> AsyncIterator[str]:
    """The process that is asked; gives its address."""
    settings = settings_for(folder, url)
    plane = ControlPlane(settings, ControlSettings(poll_seconds=0.02))
    ground = Ground(settings, plane, JournalStore(settings))
    ground.open_store("dmp_sim", METADATA, MIGRATIONS)
    async with ground, _serving(ground) as address:
        yield address


@asynccontextmanager
async def _serving(ground: Ground) -> AsyncIterator[str]:
    server = HttpServer(await asyncio.to_thread(create_app, ground, []), [listen("127.0.0.1", 0)])
    await server.start()
    try:
        yield "http://{}:{}".format(*server.addresses[0])
    finally:
        await server.stop()


def _client() -> httpx.AsyncClient:
    return httpx.AsyncClient(timeout=60, trust_env=False)


@pytest.fixture
async def mss(tmp_path: Path, postgres_url: str) -> AsyncIterator[Archived]:
    async with served(tmp_path / "mss", postgres_url) as archived:
        await archived.http.post("/_sandbox/workspaces", json={"name": "ws1"})
        await archived.send("ws1", "a", LARGE)
        await archived.send("ws1", "b")
        yield archived


async def test_its_parts_come_from_where_they_are_and_go_there(
    mss: Archived, tmp_path: Path, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with _serving(mss.ground) as there:
        monkeypatch.setenv("SOCLES_ARCHIVE_PARTS", json.dumps({"mss_sim": there}))
        async with dmp_process(tmp_path / "dmp", postgres_url) as asked:
            path = f"{asked}/_sandbox/workspaces"
            async with _client() as http:
                archive = await http.get(f"{path}/ws1/archive")
                assert archive.status_code == 200, archive.text
                for workspace in ("copy", "ws1"):
                    answer = await http.post(f"{path}/{workspace}/archive", content=archive.content)
                    assert answer.status_code == 200, answer.text
                    assert await mss.subjects(workspace) == ["a", "b"]
                spoilt = archive.content[:300] + bytes(20) + archive.content[320:]
                assert (await http.post(f"{path}/ws1/archive", content=spoilt)).status_code == 422
            assert mss.left_behind == []


async def test_what_is_missing_is_said(
    mss: Archived, tmp_path: Path, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with dmp_process(tmp_path / "dmp", postgres_url) as asked, _client() as http:
        answer = await http.get(f"{asked}/_sandbox/workspaces/ws1/archive")
        assert (answer.status_code, answer.json()["error"]["code"]) == (409, "archive.incomplete")
        assert "mss_sim" in answer.json()["error"]["message"]
    monkeypatch.setenv("SOCLES_ARCHIVE_PARTS", '{"mss_sim": "http://127.0.0.1:9"}')
    async with dmp_process(tmp_path / "dmp", postgres_url) as asked, _client() as http:
        answer = await http.get(f"{asked}/_sandbox/workspaces/ws1/archive")
        assert (answer.status_code, answer.json()["error"]["code"]) == (503, "archive.part-away")
