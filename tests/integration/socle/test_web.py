"""The web application around a small service: workspaces, dispatch, errors, readiness, Prometheus."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from socle.exchange import Outcome
from socle.ground import Ground
from socle.web.factory import create_app
from support import toy_served
from support.toy_served import Toy, exchange


@pytest.fixture
async def ground(tmp_path: Path) -> AsyncIterator[Ground]:
    async with toy_served.ground(tmp_path) as made:
        yield made


@pytest.fixture
async def http(ground: Ground) -> AsyncIterator[httpx.AsyncClient]:
    async with toy_served.client(ground) as made:
        yield made


async def test_the_wire_gets_its_workspace_in_all_four_ways(http: httpx.AsyncClient) -> None:
    await http.post("/_sandbox/workspaces", json={"name": "ws1"})
    default = await http.post("/toy")
    assert default.json() == {"path": "/toy", "workspace": "default", "unknown": None}
    assert default.headers["x-socles-simulated"] == "true"
    assert default.headers["x-socles-exchange"] == "e1"
    for answer in (
        await http.post("/toy", headers={"host": "ws1.socles.localhost"}),
        await http.post("/toy", headers={"x-socles-workspace": "ws1"}),
        await http.post("/w/ws1/toy"),
    ):
        assert answer.json() == {"path": "/toy", "workspace": "ws1", "unknown": None}


async def test_the_rest_of_a_prefixed_path_stays_as_it_came(http: httpx.AsyncClient) -> None:
    answer = await http.get("/w/default/_sandbox/toy_sim/path/a%2Fb%20c")
    assert answer.json() == {"path": "/_sandbox/toy_sim/path/a/b c", "raw": "/_sandbox/toy_sim/path/a%2Fb%20c"}
    assert (await http.get("/w/default")).json()["error"]["code"] == "not-found"


async def test_an_unknown_workspace_is_told_to_the_wire_and_refused_in_json(http: httpx.AsyncClient) -> None:
    wire_answer = await http.post("/w/nobody/toy")
    assert wire_answer.json() == {"path": "/toy", "workspace": None, "unknown": "nobody"}
    answer = await http.get("/w/nobody/_sandbox/toy_sim/workspace")
    assert answer.status_code == 404
    assert answer.json()["error"]["code"] == "workspace.unknown"
    assert answer.headers["x-socles-simulated"] == "true"
    made = await http.post("/w/nobody/_sandbox/workspaces", json={"name": "nobody"})
    assert made.status_code == 201
    assert (await http.get("/w/nobody/_sandbox/toy_sim/workspace")).json() == {"workspace": "nobody"}


async def test_no_stack_trace_leaves_the_process(http: httpx.AsyncClient) -> None:
    answer = await http.get("/_sandbox/toy_sim/broken")
    assert answer.status_code == 500
    assert answer.json()["error"]["code"] == "internal"
    assert "secret" not in answer.text
    assert (await http.get("/nowhere")).json()["error"]["code"] == "not-found"
    assert (await http.put("/_sandbox/reset")).json()["error"]["code"] == "method-not-allowed"
    invalid = await http.post("/_sandbox/workspaces", json={"name": "Ünsafe"})
    assert invalid.status_code == 422
    assert invalid.json()["error"]["details"][0]["where"] == "body/name"


async def test_readiness_follows_the_process(http: httpx.AsyncClient, ground: Ground) -> None:
    assert (await http.get("/_sandbox/health")).json() == {"status": "up"}
    ready = await http.get("/_sandbox/ready")
    assert ready.json() == {"ready": True, "services": ["toy_sim"], "missing": []}
    ground.stopping.set()
    stopping = await http.get("/_sandbox/ready")
    assert (stopping.status_code, stopping.json()["ready"]) == (503, False)
    assert [one["part"] for one in stopping.json()["missing"]] == ["stopping"]


async def test_prometheus_counts_acts_and_queues(http: httpx.AsyncClient, ground: Ground) -> None:
    ground.journal.record(exchange(service="counted_sim", outcome=Outcome.OVERLOAD))
    text = (await http.get("/metrics")).text
    assert 'socle_acts_total{operation="play",outcome="overload",service="counted_sim"} 1.0' in text
    assert 'socle_act_seconds_count{service="counted_sim"} 1.0' in text
    assert "socle_journal_dropped_total 0.0" in text
    assert "socle_workspaces 1.0" in text


async def test_two_services_cannot_have_the_same_path(ground: Ground) -> None:
    with pytest.raises(ValueError, match="/toy"):
        await asyncio.to_thread(create_app, ground, [Toy(), Toy()])
