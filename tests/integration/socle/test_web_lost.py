"""An address that leads nowhere: a page for a browser, JSON for programs."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from support import toy_served

BROWSER = {"accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}


@pytest.fixture
async def http(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    async with toy_served.ground(tmp_path) as ground, toy_served.client(ground) as client:
        yield client


async def test_a_browser_gets_a_page(http: httpx.AsyncClient) -> None:
    answer = await http.get("/nowhere/<script>", headers=BROWSER)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["x-socles-simulated"] == "true"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert '<h1>Adresse inconnue<span lang="en">Unknown address</span></h1>' in answer.text
    assert "GET /nowhere/&lt;script&gt;" in answer.text
    assert "<script" not in answer.text
    assert f'href="{http.base_url}/openapi.json"' in answer.text


async def test_links_lead_somewhere_and_stay_in_the_workspace(http: httpx.AsyncClient) -> None:
    """This process has neither console nor indicators."""
    assert (await http.post("/_sandbox/workspaces", json={"name": "ws1"})).status_code == 201
    text = (await http.get("/w/ws1/nowhere", headers=BROWSER)).text
    links = [part.partition('"')[0] for part in text.split('href="')[1:] if part.startswith("http")]
    assert links == [f"{http.base_url}/w/ws1/openapi.json", f"{http.base_url}/w/ws1/_sandbox/ready"]
    assert "GET /w/ws1/nowhere" in text
    for link in links:
        assert (await http.get(link, headers=BROWSER)).status_code == 200


async def test_an_unknown_workspace_is_named_and_left(http: httpx.AsyncClient) -> None:
    answer = await http.get("/w/nobody/console/", headers=BROWSER)
    assert (answer.status_code, answer.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert "Espace de travail inconnu : nobody" in answer.text
    assert f'href="{http.base_url}/console/"' in answer.text


@pytest.mark.parametrize("accept", ["*/*", "application/json", "image/avif,*/*;q=0.8", ""])
async def test_programs_get_json(http: httpx.AsyncClient, accept: str) -> None:
    for path, code in (("/nowhere", "not-found"), ("/w/nobody/nowhere", "workspace.unknown")):
        answer = await http.get(path, headers={"accept": accept})
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, code)


async def test_what_would_change_something_gets_json(http: httpx.AsyncClient) -> None:
    answer = await http.post("/nowhere", headers=BROWSER)
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not-found")
    assert (await http.head("/nowhere", headers=BROWSER)).headers["content-type"].startswith("text/html")
