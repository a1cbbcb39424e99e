"""All services in one application: one OpenAPI document, and it is true."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

import dmp_sim.app
import ins_sim.app
import metrics.app
import mss_sim.app
import psc_sim.app
from mss_sim.settings import MssSettings
from socle.ground import Ground
from socle.settings import GroundSettings
from socle.web.factory import create_app
from support import openapi


@pytest.fixture
async def http(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    def build() -> httpx.ASGITransport:
        return httpx.ASGITransport(create_app(ground, services))

    ground = Ground.open(GroundSettings(data_dir=tmp_path))
    services = [
        ins_sim.app.build(ground),
        dmp_sim.app.build(ground),
        mss_sim.app.build(ground, MssSettings(smtp_port=0)),
        psc_sim.app.build(ground),
        metrics.app.build(ground),
    ]
    transport = await asyncio.to_thread(build)
    async with ground, httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8080") as client:
        for service in services:
            await service.start()
        yield client
        for service in services:
            await service.stop()


async def test_examples_of_all_services_are_accepted_and_answers_are_as_promised(http: httpx.AsyncClient) -> None:
    document = (await http.get("/openapi.json")).json()
    assert openapi.without_example(document) == []
    assert await openapi.post_examples(http, document) >= 12
    assert await openapi.get_all(http, document, endless=("/tail", "/stream", "/wait")) >= 20
