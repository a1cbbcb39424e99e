"""The journal's routes: asked, read, exported, followed."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from socle.exchange import Outcome
from socle.ground import Ground
from socle.journal.store import JournalStore
from socle.web.routes.exchanges import _events
from support import toy_served
from support.journal_suite import BROKEN, WARNED
from support.toy_served import exchange


@pytest.fixture
async def ground(tmp_path: Path) -> AsyncIterator[Ground]:
    async with toy_served.ground(tmp_path) as made:
        yield made


@pytest.fixture
async def http(ground: Ground) -> AsyncIterator[httpx.AsyncClient]:
    async with toy_served.client(ground) as made:
        yield made


async def test_exchanges_can_be_asked_read_and_exported(http: httpx.AsyncClient, ground: Ground) -> None:
    acts = [exchange(subject=str(number)) for number in range(3)]
    acts[1].outcome = Outcome.REFUSED
    for one in acts:
        ground.journal.record(one)
    page = (await http.get("/_sandbox/exchanges", params={"service": "toy_sim", "limit": 2})).json()
    assert [item["subject"] for item in page["items"]] == ["2", "1"]
    rest = (await http.get("/_sandbox/exchanges", params={"before": page["next"]})).json()
    assert [item["subject"] for item in rest["items"]] == ["0"]
    refused = (await http.get("/_sandbox/exchanges", params={"outcome": "refused"})).json()["items"]
    assert [item["id"] for item in refused] == [acts[1].id]
    whole = (await http.get(f"/_sandbox/exchanges/{acts[0].id}")).json()
    assert whole["request"]["body"] == [{"text": "<in/>"}]
    raw = await http.get(f"/_sandbox/exchanges/{acts[0].id}/request")
    assert raw.content == b"<in/>"
    assert (await http.get("/_sandbox/exchanges/none")).status_code == 404
    assert (await http.get("/_sandbox/exchanges/none/request")).status_code == 404
    export = await http.get("/_sandbox/exchanges/export")
    assert [json.loads(line)["subject"] for line in export.text.splitlines()] == ["2", "1", "0"]
    assert (await http.get("/_sandbox/exchanges", params={"outcme": "refused"})).status_code == 422


async def test_a_page_says_how_many_match(http: httpx.AsyncClient, ground: Ground) -> None:
    for number in range(3):
        ground.journal.record(exchange(subject=f"Doc-{number}", fault="busy" if number == 1 else None))
    path = "/_sandbox/exchanges"
    page = (await http.get(path, params={"text": "dOC", "limit": 1})).json()
    assert (page["total"], page["totalIsExact"]) == (3, True)
    assert page["items"][0]["severities"] == {"error": 0, "warning": 0}
    assert (await http.get(path, params={"fault": "true"})).json()["items"][0]["subject"] == "Doc-1"
    assert (await http.get(path, params={"severity": "error"})).json()["total"] == 0
    for wrong in ({"severity": "info"}, {"since": "0001-01-01T00:00:00+14:00"}, {"until": "9999-12-31T23:59:59Z"}):
        assert (await http.get(path, params=wrong)).status_code == 422


async def test_the_neighbour_of_an_exchange(http: httpx.AsyncClient, ground: Ground) -> None:
    one, two = exchange(), exchange(outcome=Outcome.REFUSED)
    for each in (one, two):
        ground.journal.record(each)
    assert (await http.get(f"/_sandbox/exchanges/{two.id}/neighbour")).json()["id"] == one.id
    assert (await http.get(f"/_sandbox/exchanges/{one.id}/neighbour")).status_code == 404


async def test_a_browser_is_led_to_the_page_of_the_exchange(http: httpx.AsyncClient, ground: Ground) -> None:
    await http.post("/_sandbox/workspaces", json={"name": "ws1"})
    one, two = exchange(), exchange(workspace="ws1")
    for each in (one, two):
        ground.journal.record(each)
    browser = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}

    async def led(path: str, **headers: str) -> str:
        answer = await http.get(path, headers=browser | headers)
        assert (answer.status_code, answer.headers["vary"]) == (303, "Accept")
        return answer.headers["location"]

    assert await led(f"/_sandbox/exchanges/{one.id}") == f"/console/exchanges/{one.id}"
    assert await led(f"/_sandbox/exchanges/{two.id}") == f"/w/ws1/console/exchanges/{two.id}"
    assert await led(f"/w/ws1/_sandbox/exchanges/{two.id}") == f"/w/ws1/console/exchanges/{two.id}"
    by_host = await led(f"/_sandbox/exchanges/{two.id}", Host="ws1.socles.localhost:8080")
    assert by_host == f"/console/exchanges/{two.id}"
    assert (await http.get("/_sandbox/exchanges/none", headers=browser)).status_code == 404
    plain = await http.get(f"/_sandbox/exchanges/{one.id}", headers={"Accept": "*/*"})
    assert (plain.json()["id"], plain.headers["vary"]) == (one.id, "Accept")


async def test_who_names_a_workspace_sees_no_exchange_of_another(http: httpx.AsyncClient, ground: Ground) -> None:
    await http.post("/_sandbox/workspaces", json={"name": "ws1"})
    one = exchange(workspace="ws1")
    ground.journal.record(one)
    for path in (f"/_sandbox/exchanges/{one.id}", f"/_sandbox/exchanges/{one.id}/request"):
        assert (await http.get(path)).status_code == 200
        assert (await http.get(f"/w/ws1{path}")).status_code == 200
        assert (await http.get(f"/w/default{path}")).status_code == 404
        assert (await http.get(path, headers={"X-Socles-Workspace": "default"})).status_code == 404


async def test_a_reset_or_a_workspace_made_again_begins_with_an_empty_journal(
    http: httpx.AsyncClient, ground: Ground
) -> None:
    ground.journal.record(exchange(subject="before"))
    await http.post("/_sandbox/reset")
    assert (await http.get("/_sandbox/exchanges")).json()["items"] == []
    assert (await http.get("/_sandbox/exchanges/export")).text == ""
    await http.post("/_sandbox/workspaces", json={"name": "ws1"})
    ground.journal.record(exchange(workspace="ws1"))
    assert len((await http.get("/w/ws1/_sandbox/exchanges")).json()["items"]) == 1
    await http.delete("/_sandbox/workspaces/ws1")
    await http.post("/_sandbox/workspaces", json={"name": "ws1"})
    assert (await http.get("/w/ws1/_sandbox/exchanges")).json()["items"] == []


async def test_new_exchanges_are_heard_until_the_process_stops(ground: Ground) -> None:
    assert isinstance(ground.journal, JournalStore)
    events = _events(ground.journal, "default", ground.stopping)
    assert await anext(events) == b": listening\n\n"
    ground.journal.record(exchange(workspace="other"))
    ground.journal.record(exchange(subject="heard"))
    event = await asyncio.wait_for(anext(events), 30)
    assert json.loads(event.split(b"data: ")[1])["subject"] == "heard"
    ground.stopping.set()
    await asyncio.wait_for(_exhaust(events), 30)


async def test_a_listener_that_leaves_leaves_nothing_behind(ground: Ground) -> None:
    assert isinstance(ground.journal, JournalStore)
    before = asyncio.all_tasks()
    events = _events(ground.journal, "default", ground.stopping)
    await anext(events)
    assert len(asyncio.all_tasks()) == len(before) + 2
    await events.aclose()
    assert asyncio.all_tasks() == before
    assert ground.journal._tails.listeners == []


async def _exhaust(events: AsyncIterator[bytes]) -> None:
    async for _ in events:
        pass


async def test_reports_for_continuous_integration(http: httpx.AsyncClient, ground: Ground) -> None:
    acts = [exchange(subject=str(number)) for number in range(3)]
    acts[1].findings = [BROKEN.finding(where="/a")]
    acts[2].findings = [WARNED.finding(where="/b")]
    for one in acts:
        ground.journal.record(one)
    path = "/_sandbox/exchanges/report"
    report = await http.get(path, params={"format": "junit", "failOn": "warning", "service": "toy_sim"})
    assert report.headers["content-type"].startswith("application/xml")
    assert report.headers["content-disposition"] == 'attachment; filename="socles-default.xml"'
    assert b'tests="3" failures="2"' in report.content
    assert f"http://127.0.0.1:8080/_sandbox/exchanges/{acts[1].id}".encode() in report.content
    strict = await http.get(path, params={"format": "junit", "severity": "error"})
    assert b'tests="1" failures="1"' in strict.content
    log = await http.get(path, params={"format": "sarif"})
    assert log.headers["content-type"].startswith("application/sarif+json")
    assert [one["ruleId"] for one in log.json()["runs"][0]["results"]] == ["mss.test", "dmp.test"]
    for wrong in ({}, {"format": "html"}, {"format": "junit", "failOn": "info"}):
        assert (await http.get(path, params=wrong)).status_code == 422
