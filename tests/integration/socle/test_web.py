"""The web application around two small services: workspaces, dispatch, control routes, true examples."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import APIRouter, Request

from socle.control.plane import ControlPlane
from socle.control.settings import ControlSettings
from socle.exchange import Exchange, Outcome, Recorded
from socle.ground import Ground
from socle.journal.store import JournalStore
from socle.service import ASGIApp, Receive, Scope, Send
from socle.settings import GroundSettings
from socle.web.factory import create_app


async def wire(scope: Scope, receive: Receive, send: Send) -> None:
    """Says which workspace it was told."""
    state = scope["state"]
    workspace = state.get("workspace")
    told = {"path": scope["path"], "workspace": workspace and workspace.name, "unknown": state.get("unknown_workspace")}
    await send({"type": "http.response.start", "status": 200, "headers": [(b"x-socles-exchange", b"e1")]})
    await send({"type": "http.response.body", "body": json.dumps(told).encode()})


def json_routes() -> APIRouter:
    api = APIRouter(prefix="/_sandbox/toy_sim")

    @api.get("/workspace")
    def show(request: Request) -> dict[str, Any]:
        return {"workspace": request.state.workspace.name}

    @api.get("/path/{rest:path}")
    def path(request: Request) -> dict[str, Any]:
        return {"path": request.scope["path"], "raw": request.scope["raw_path"].decode()}

    @api.get("/broken")
    def broken() -> None:
        raise RuntimeError("the secret reason")

    return api


class Toy:
    """A service with one path of each sort."""

    name = "toy_sim"

    def __init__(self) -> None:
        self.mounts: Mapping[str, ASGIApp] = {"/toy": wire}
        self.routers: Sequence[APIRouter] = (json_routes(),)

    async def start(self) -> None: ...

    async def stop(self) -> None: ...


@pytest.fixture
async def ground(tmp_path: Path) -> AsyncIterator[Ground]:
    settings = ControlSettings(establishments=3, patients_per_establishment=5)
    made = Ground(GroundSettings(data_dir=tmp_path), ControlPlane(tmp_path, settings), JournalStore(tmp_path))
    async with made:
        yield made


@pytest.fixture
async def http(ground: Ground) -> AsyncIterator[httpx.AsyncClient]:
    app = await asyncio.to_thread(create_app, ground, [Toy()])
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8080") as client:
        yield client


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


async def test_workspaces(http: httpx.AsyncClient) -> None:
    new = {"name": "ws1", "strictness": "lenient", "options": {"a": "b"}}
    made = await http.post("/_sandbox/workspaces", json=new)
    assert made.status_code == 201
    assert made.json().items() >= {**new, "epoch": 1}.items()
    assert (await http.post("/_sandbox/workspaces", json=new)).json()["error"]["code"] == "workspace.exists"
    changed = await http.patch("/_sandbox/workspaces/ws1", json={"strictness": "official"})
    assert (changed.json()["strictness"], changed.json()["options"]) == ("official", {"a": "b"})
    assert [one["name"] for one in (await http.get("/_sandbox/workspaces")).json()] == ["default", "ws1"]
    assert (await http.delete("/_sandbox/workspaces/ws1")).status_code == 204
    assert (await http.get("/_sandbox/workspaces/ws1")).status_code == 404
    assert (await http.delete("/_sandbox/workspaces/ws1")).status_code == 404
    assert (await http.delete("/_sandbox/workspaces/default")).json()["error"]["code"] == "workspace.default"
    assert (await http.post("/_sandbox/workspaces", json=new)).json()["epoch"] == 2


async def test_reset_raises_the_epoch_of_its_workspace_only(http: httpx.AsyncClient) -> None:
    await http.post("/_sandbox/workspaces", json={"name": "ws1"})
    await http.post("/w/ws1/_sandbox/faults", json={"effect": "cut"})
    assert (await http.post("/w/ws1/_sandbox/reset")).json()["epoch"] == 2
    assert (await http.get("/w/ws1/_sandbox/faults")).json() == []
    assert (await http.get("/_sandbox/workspaces/default")).json()["epoch"] == 1


async def test_the_clock_moves(http: httpx.AsyncClient) -> None:
    frozen = (await http.post("/_sandbox/clock/freeze", json={"at": "2026-03-29T01:59:00+01:00"})).json()
    assert (frozen["now"], frozen["frozen"]) == ("2026-03-29T00:59:00Z", True)
    assert (await http.post("/_sandbox/clock/advance", json={"by": "PT2M"})).json()["now"] == "2026-03-29T01:01:00Z"
    running = (await http.post("/_sandbox/clock/resume")).json()
    assert not running["frozen"]
    assert running["now"].startswith("2026-03-29T01:01:0")
    moved = (await http.post("/_sandbox/clock/set", json={"at": "2030-01-01T00:00:00Z"})).json()
    assert moved["now"].startswith("2030-01-01T00:00:0")
    assert (await http.post("/_sandbox/clock/set", json={"at": "2030-01-01T00:00:00"})).status_code == 422
    here = (await http.post("/_sandbox/clock/freeze")).json()
    assert (here["frozen"], here["now"][:10]) == (True, "2030-01-01")
    real = (await http.post("/_sandbox/clock/real")).json()
    assert abs((datetime.fromisoformat(real["now"]) - datetime.now(UTC)).total_seconds()) < 5
    assert (await http.get("/_sandbox/clock")).json()["offsetSeconds"] == 0


async def test_faults_are_listed_with_their_counters(http: httpx.AsyncClient, ground: Ground) -> None:
    from socle.control.port import FaultPoint

    for number in (1, 2):
        new = {"id": f"f{number}", "service": "toy_sim", "effect": "latency", "latencyMs": number, "times": 1}
        assert (await http.post("/_sandbox/faults", json=new)).status_code == 201
    for _ in range(2):
        await ground.control.fault(
            FaultPoint.RECEIVED, workspace="default", service="toy_sim", operation="x", attributes={}
        )
    rules = (await http.get("/_sandbox/faults")).json()
    assert [(rule["id"], rule["seen"], rule["fired"]) for rule in rules] == [("f1", 2, 1), ("f2", 1, 1)]
    assert (await http.delete("/_sandbox/faults/f1")).status_code == 204
    assert (await http.delete("/_sandbox/faults/f1")).status_code == 404
    assert (await http.delete("/_sandbox/faults")).status_code == 204
    assert (await http.get("/_sandbox/faults")).json() == []


async def test_people_can_be_found_and_added(http: httpx.AsyncClient) -> None:
    counts = (await http.get("/_sandbox/population")).json()
    assert counts["establishments"] == 3
    assert counts["persons"] > 15
    adrun = (await http.get("/_sandbox/population/persons", params={"name": "adru"})).json()
    assert [one["ins"]["matricule"] for one in adrun] == ["2751263220749"]
    by_ins = await http.get("/_sandbox/population/persons", params={"ins": "209076322083439"})
    assert by_ins.json()[0]["birthName"] == "ECETINSI"
    assert (await http.get("/_sandbox/population/persons", params={"ins": "1"})).json() == []
    sites = (await http.get("/_sandbox/population/establishments")).json()
    site = sites[0]["finessEg"]
    staff = (await http.get("/_sandbox/population/professionals", params={"finess": site, "limit": 2})).json()
    boxes = (await http.get("/_sandbox/population/boxes", params={"finess": site})).json()
    assert [one["finessEg"] for one in staff] == [site, site]
    assert staff[0]["mailbox"] in {box["address"] for box in boxes}
    me = {
        "id": "me",
        "birthName": "MOI",
        "givenNames": ["LUI"],
        "sex": "M",
        "birthDate": "1990-01-01",
        "ins": {"matricule": "1900175112901", "key": "01"},
    }
    added = await http.post("/_sandbox/population", json={"persons": [me]})
    assert added.json()["persons"] == counts["persons"] + 1
    assert (await http.get("/_sandbox/population/persons", params={"ins": "1900175112901"})).json()[0]["id"] == "me"
    assert (await http.delete("/_sandbox/population/person/me")).status_code == 204
    assert (await http.delete("/_sandbox/population/person/me")).status_code == 404
    await http.post("/_sandbox/population", json={"persons": [me]})
    assert (await http.delete("/_sandbox/population")).status_code == 204
    assert (await http.get("/_sandbox/population")).json() == counts


async def test_another_seed_gives_other_people(http: httpx.AsyncClient) -> None:
    assert (await http.get("/_sandbox/seed")).json() == {"seed": 1, "establishments": 3, "patientsPerEstablishment": 5}
    before = (await http.get("/_sandbox/population/establishments")).json()
    wanted = {"seed": 2, "establishments": 4, "patientsPerEstablishment": 2}
    assert (await http.post("/_sandbox/seed", json=wanted)).json() == wanted
    assert (await http.get("/_sandbox/seed")).json() == wanted
    after = (await http.get("/_sandbox/population/establishments")).json()
    assert len(after) == 4
    assert before != after[:3]


def exchange(**more: Any) -> Exchange:
    made = Exchange("toy_sim", "soap", "default", 1, datetime.now(UTC), operation="play", status=200)
    made.request = Recorded([("a", "b")], [b"<in/>"])
    for name, value in more.items():
        setattr(made, name, value)
    return made


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


async def test_new_exchanges_are_heard_until_the_process_stops(ground: Ground) -> None:
    from socle.web.routes.exchanges import _events

    assert isinstance(ground.journal, JournalStore)
    events = _events(ground.journal, "default", ground.stopping)
    assert await anext(events) == b": listening\n\n"
    ground.journal.record(exchange(workspace="other"))
    ground.journal.record(exchange(subject="heard"))
    event = await asyncio.wait_for(anext(events), 5)
    assert json.loads(event.split(b"data: ")[1])["subject"] == "heard"
    ground.stopping.set()
    await asyncio.wait_for(_exhaust(events), 5)


async def test_a_listener_that_leaves_leaves_nothing_behind(ground: Ground) -> None:
    from socle.web.routes.exchanges import _events

    assert isinstance(ground.journal, JournalStore)
    before = asyncio.all_tasks()
    events = _events(ground.journal, "default", ground.stopping)
    await anext(events)
    assert len(asyncio.all_tasks()) == len(before) + 2
    await events.aclose()
    assert asyncio.all_tasks() == before
    assert ground.journal._writer.tails == []


async def _exhaust(events: AsyncIterator[bytes]) -> None:
    async for _ in events:
        pass


async def test_readiness_follows_the_process(http: httpx.AsyncClient, ground: Ground) -> None:
    assert (await http.get("/_sandbox/health")).json() == {"status": "up"}
    ready = await http.get("/_sandbox/ready")
    assert ready.json() == {"ready": True, "services": ["toy_sim"], "control": True, "journal": True, "stopping": False}
    ground.stopping.set()
    stopping = await http.get("/_sandbox/ready")
    assert (stopping.status_code, stopping.json()["ready"]) == (503, False)


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
