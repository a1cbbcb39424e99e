"""Pages of other sites change nothing (decision 0023): what browsers send, over real HTTP; programs are let be."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import httpx
import pytest

from socle.control.plane import ControlPlane
from socle.control.settings import ControlSettings
from socle.ground import Ground
from socle.http_server import HttpServer, listen
from socle.journal.store import JournalStore
from socle.settings import GroundSettings
from socle.web.factory import create_app
from support.toy_served import Toy

EVIL = "http://evil.example"


@pytest.fixture
async def http(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[httpx.AsyncClient]:
    settings = GroundSettings(data_dir=tmp_path, **getattr(request, "param", {}))
    small = ControlSettings(establishments=1, patients_per_establishment=1)
    async with Ground(settings, ControlPlane(settings, small), JournalStore(settings)) as ground:
        server = HttpServer(await asyncio.to_thread(create_app, ground, [Toy()]), [listen("127.0.0.1", 0)])
        await server.start()
        host, port = server.addresses[0]
        try:
            async with httpx.AsyncClient(base_url=f"http://{host}:{port}", trust_env=False, timeout=30) as client:
                yield client
        finally:
            await server.stop()


async def change(http: httpx.AsyncClient, headers: Mapping[str, str]) -> str:
    """The code of the refusal, or ``made``."""
    answer = await http.post("/_sandbox/workspaces", json={}, headers=dict(headers))
    if answer.status_code == 201:
        return "made"
    error = answer.json()["error"]
    assert (answer.status_code, answer.headers["x-socles-simulated"]) == (403, "true")
    assert "SOCLES_HOSTS" in error["message"]
    assert "SOCLES_HOSTS" in error["messageFr"]
    return str(error["code"])


REFUSED: list[tuple[dict[str, str], str]] = [
    ({"origin": EVIL, "sec-fetch-site": "cross-site"}, "origin.foreign"),
    ({"origin": "null", "sec-fetch-site": "cross-site"}, "origin.foreign"),
    ({"sec-fetch-site": "cross-site"}, "origin.foreign"),
    ({"origin": EVIL}, "origin.foreign"),
    ({"origin": "null"}, "origin.foreign"),
    ({"origin": "http://[", "host": "localhost"}, "origin.foreign"),
    ({"origin": "http://socles.localhost.evil.example", "host": "socles.localhost"}, "origin.foreign"),
    ({"origin": "http://evilsocles.localhost", "host": "ws1.socles.localhost"}, "origin.foreign"),
    ({"origin": "http://evil.example:8080", "host": "evil.example:8080"}, "host.unknown"),
    ({"sec-fetch-site": "same-origin", "host": "evil.example:8080"}, "host.unknown"),
    ({"sec-fetch-site": "same-origin", "host": "EVIL.example.:8080"}, "host.unknown"),
    ({"sec-fetch-site": "none", "host": "127.0.0.1.evil.example"}, "host.unknown"),
    ({"sec-fetch-site": "same-origin", "host": "localhost.evil.example"}, "host.unknown"),
]


@pytest.mark.parametrize(("headers", "code"), REFUSED)
async def test_a_page_of_another_site_changes_nothing(
    http: httpx.AsyncClient, headers: dict[str, str], code: str
) -> None:
    assert await change(http, headers) == code
    for method, path in (("DELETE", "/_sandbox/faults"), ("PUT", "/w/default/_sandbox/faults"), ("PATCH", "/nowhere")):
        answer = await http.request(method, path, headers=headers)
        assert (answer.status_code, answer.json()["error"]["code"]) == (403, code)
    names = [one["name"] for one in (await http.get("/_sandbox/workspaces")).json()]
    assert names == ["default"]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"host": "sandbox.example:8080"},
        {"host": "insi"},
        {"sec-fetch-site": "same-origin"},
        {"sec-fetch-site": "same-site", "origin": "http://localhost:3000", "host": "localhost:8080"},
        {"sec-fetch-site": "none"},
        {"origin": "http://localhost:3000", "host": "localhost:8080"},
        {"origin": "http://ws1.socles.localhost:8080", "host": "socles.localhost:8080"},
        {"origin": "http://sandbox.lan:8080", "host": "sandbox.lan:8080"},
        {"origin": "http://edge:8080", "host": "edge:8080"},
        {"origin": "http://[::1]:8080", "host": "[::1]:8080"},
        {"origin": "https://lps2.dmp.gouv.fr", "host": "lps2.dmp.gouv.fr"},
    ],
)
async def test_programs_and_our_own_pages_do(http: httpx.AsyncClient, headers: dict[str, str]) -> None:
    assert await change(http, headers) == "made"


GIVEN = {"hosts": frozenset({"tools.editor.example", ".team.example"}), "public_url": "https://sandbox.example:8443"}


@pytest.mark.parametrize("http", [GIVEN], indirect=True)
@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({"origin": "https://tools.editor.example", "sec-fetch-site": "cross-site"}, "made"),
        ({"origin": "https://a.team.example", "host": "b.team.example"}, "made"),
        ({"sec-fetch-site": "same-origin", "host": "sandbox.example:8443"}, "made"),
        ({"origin": "https://team.example", "sec-fetch-site": "cross-site"}, "origin.foreign"),
        ({"origin": "https://other.editor.example", "sec-fetch-site": "cross-site"}, "origin.foreign"),
        ({"sec-fetch-site": "same-origin", "host": "tools.editor.example.evil.example"}, "host.unknown"),
    ],
)
async def test_names_that_the_settings_give_are_ours(
    http: httpx.AsyncClient, headers: dict[str, str], code: str
) -> None:
    assert await change(http, headers) == code


async def test_the_wire_and_what_is_only_read_are_let_be(http: httpx.AsyncClient) -> None:
    headers = {"origin": EVIL, "sec-fetch-site": "cross-site", "host": "evil.example"}
    assert (await http.post("/toy", headers=headers)).status_code == 200
    assert (await http.get("/_sandbox/workspaces", headers=headers)).status_code == 200
