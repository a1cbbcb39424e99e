"""The control routes: workspaces, reset, clock, faults, population, seed."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from socle.control.port import FaultPoint
from socle.ground import Ground
from support import toy_served


@pytest.fixture
async def ground(tmp_path: Path) -> AsyncIterator[Ground]:
    async with toy_served.ground(tmp_path) as made:
        yield made


@pytest.fixture
async def http(ground: Ground) -> AsyncIterator[httpx.AsyncClient]:
    async with toy_served.client(ground) as made:
        yield made


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
    for number in (1, 2):
        new = {"id": f"f{number}", "service": "toy_sim", "effect": "latency", "latencyMs": number, "times": 1}
        assert (await http.post("/_sandbox/faults", json=new)).status_code == 201
    for _ in range(2):
        await ground.control.fault(
            FaultPoint.RECEIVED, workspace="default", service="toy_sim", operation="x", attributes={}.get
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
