"""Workspaces without a name, unused ones, and two hundred in a row, on both databases."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from socle.control.model import GENERATED_NAME
from socle.control.plane import ControlPlane
from socle.control.settings import ControlSettings
from socle.ground import Ground
from socle.journal.store import JournalStore
from support import toy_served
from support.shelf_stores import settings_for

SWEEP = 0.2
TIME_TO_LIVE = 3
"""Of one in use: the machine may stand still for this long between two uses."""
MARGIN = 1.5
"""Seconds after which one that is not used would be gone, or a use be known in another process."""
QUICK = ControlSettings(establishments=1, patients_per_establishment=1, sweep_seconds=SWEEP, poll_seconds=0.02)


@pytest.fixture
async def http(tmp_path: Path, database: str | None) -> AsyncIterator[httpx.AsyncClient]:
    settings = settings_for(tmp_path, database)
    ground = Ground(settings, ControlPlane(settings, QUICK), JournalStore(settings))
    async with ground, toy_served.client(ground) as made:
        yield made


@contextmanager
def opened(folder: Path, url: str | None, settings: ControlSettings = QUICK) -> Iterator[ControlPlane]:
    plane = ControlPlane(settings_for(folder, url), settings)
    plane.open()
    try:
        yield plane
    finally:
        plane.close()


async def test_one_without_a_name_gets_one_that_nobody_else_gives(http: httpx.AsyncClient) -> None:
    made = (await http.post("/_sandbox/workspaces", json={"ttlSeconds": 3600})).json()
    assert GENERATED_NAME.fullmatch(made["name"])
    assert made["ttlSeconds"] == 3600
    other = (await http.post("/_sandbox/workspaces", json={})).json()
    assert (other["name"] != made["name"], other["ttlSeconds"]) == (True, None)
    for name in ("t-0123456789ab", made["name"]):
        refused = await http.post("/_sandbox/workspaces", json={"name": name})
        assert (refused.status_code, refused.json()["error"]["code"]) == (422, "workspace.name")
    assert (await http.post("/_sandbox/workspaces", json={"name": "t-0123456789"})).status_code == 201
    for wrong in ({"ttlSeconds": 0}, {"ttlSeconds": 10**12}, {"name": ""}):
        assert (await http.post("/_sandbox/workspaces", json=wrong)).status_code == 422


async def test_it_goes_when_nobody_uses_it_and_stays_while_somebody_does(http: httpx.AsyncClient) -> None:
    await http.post("/_sandbox/workspaces", json={"name": "used", "ttlSeconds": TIME_TO_LIVE})
    await http.post("/_sandbox/workspaces", json={"name": "unused", "ttlSeconds": 1})
    await http.post("/_sandbox/workspaces", json={"name": "kept"})
    names = {"unused"}
    began = time.monotonic()
    until = began + 20
    while "unused" in names or time.monotonic() < began + TIME_TO_LIVE + MARGIN:
        assert time.monotonic() < until
        assert (await http.get("/w/used/_sandbox/toy_sim/workspace")).status_code == 200
        await asyncio.sleep(0.1)
        names = {each["name"] for each in (await http.get("/_sandbox/workspaces")).json()}
    assert {"used", "kept", "default"} <= names
    while (await http.get("/_sandbox/workspaces/used")).status_code == 200:
        assert time.monotonic() < until + 20
        await asyncio.sleep(0.1)
    assert (await http.get("/_sandbox/workspaces/kept")).status_code == 200


async def test_its_last_use_shows(http: httpx.AsyncClient) -> None:
    made = (await http.post("/_sandbox/workspaces", json={"name": "ws1"})).json()
    assert abs(datetime.fromisoformat(made["lastUsed"]) - datetime.now(UTC)) < timedelta(seconds=10)
    await asyncio.sleep(3 * SWEEP)
    assert (await http.get("/_sandbox/workspaces/ws1")).json()["lastUsed"] == made["lastUsed"], "a look is no use"
    await http.get("/w/ws1/_sandbox/toy_sim/workspace")
    used = (await http.get("/_sandbox/workspaces/ws1")).json()["lastUsed"]
    assert used > made["lastUsed"]
    await asyncio.sleep(3 * SWEEP)
    assert (await http.get("/_sandbox/workspaces/ws1")).json()["lastUsed"] == used


def test_a_use_in_another_process_counts(tmp_path: Path, database: str | None) -> None:
    with opened(tmp_path, database) as one, opened(tmp_path, database) as other:
        one.create_workspace("ws1", ttl_seconds=TIME_TO_LIVE)
        until = time.monotonic() + TIME_TO_LIVE + MARGIN
        while time.monotonic() < until:
            time.sleep(0.1)
            assert other.workspace("ws1") is not None
        known = one.record("ws1")
        assert known is not None
        assert datetime.now(UTC) - one.last_used(known) < timedelta(seconds=MARGIN)


def test_uses_are_remembered_over_a_restart_and_a_deleted_nameless_one_leaves_nothing(
    tmp_path: Path, database: str | None
) -> None:
    rarely = QUICK.model_copy(update={"sweep_seconds": 1000.0})
    with opened(tmp_path, database, rarely) as plane:
        name = plane.create_workspace(ttl_seconds=60).name
        made = plane.record(name)
        assert made is not None
        time.sleep(0.05)
        plane.workspace(name)
        used = plane.last_used(made)
        assert used > made.last_used
    with opened(tmp_path, database, rarely) as plane:
        record = plane.record(name)
        assert record is not None
        assert record.last_used == used
        assert plane.delete_unused(used + timedelta(seconds=59)) == []
        assert plane.delete_unused(used + timedelta(seconds=61)) == [name]
        assert plane.delete_unused(used + timedelta(seconds=61)) == []
        assert plane.record(name) is None


async def test_two_hundred_are_made_and_deleted_quickly(http: httpx.AsyncClient, database: str | None) -> None:
    """50 ms each are the promise on SQLite, kept here with four times the time for a machine with much else to do; on
    PostgreSQL an answer waits until every process has seen the change."""
    await http.post("/_sandbox/workspaces", json={})
    count = 200 if database is None else 20
    began = time.perf_counter()
    for _ in range(count):
        name = (await http.post("/_sandbox/workspaces", json={"ttlSeconds": 600})).json()["name"]
        assert (await http.delete(f"/_sandbox/workspaces/{name}")).status_code == 204
    assert (time.perf_counter() - began) / count < 0.2
    assert len((await http.get("/_sandbox/workspaces")).json()) == 2
