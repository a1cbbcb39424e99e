"""Archives and snapshots on both databases: put in again, in another workspace or in their own."""

import asyncio
import errno
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from mss_sim.store import MailFilter
from socle.archive.part import Holder
from socle.bus import log, published
from socle.bus.embedded import EmbeddedBus
from support import shelf
from support.archived import LARGE, Archived, served


@pytest.fixture
async def made(tmp_path: Path, database: str | None) -> AsyncIterator[Archived]:
    async with served(tmp_path, database) as archived:
        await archived.http.post("/_sandbox/workspaces", json={"name": "ws1"})
        yield archived


async def test_a_workspace_is_the_same_in_another_one_and_in_itself_as_it_was(made: Archived) -> None:
    names = [f"s{number}" for number in range(12)]
    for name in names:
        await made.send("ws1", name, LARGE if name == "s3" else f"mail {name} é\r\n".encode())
    archive = await made.export("ws1")
    await made.send("ws1", "later")
    for workspace, epoch in (("copy", 2), ("ws1", 2)):
        answer = await made.restore(workspace, archive)
        assert (answer.status_code, answer.json()["epoch"]) == (200, epoch)
        assert await made.subjects(workspace) == names
        events = (await made.http.get(f"/w/{workspace}/_sandbox/mss_sim/events")).json()["items"]
        assert [event["subject"] for event in events] == names
        assert {(event["data"]["workspace"], event["data"]["epoch"]) for event in events} == {(workspace, epoch)}
    await made.send("copy", "after")
    assert await made.subjects("copy") == [*names, "after"]
    stored = {row["subject"]: row["sha256"] for row in await made.mails.find("copy", 2, MailFilter())}
    assert await made.mails.raw(stored["s3"]) == LARGE
    assert await made.mails.raw(stored["s4"]) == "mail s4 é\r\n".encode()
    assert made.left_behind == []


async def test_contents_come_along_where_they_are_not_known(
    made: Archived, tmp_path: Path, database: str | None
) -> None:
    await made.send("ws1", "large", LARGE)
    archive = await made.export("ws1")
    async with served(tmp_path / "other", None) as other:
        assert (await other.restore("ws1", archive)).status_code == 200
        (row,) = await other.mails.find("ws1", 2, MailFilter())
        assert await other.mails.raw(row["sha256"]) == LARGE
        assert other.left_behind == []


async def test_the_events_of_an_exchange_are_found_again_though_it_was_long_before(made: Archived) -> None:
    ms = f"{int((time.time() - 7200) * 1000):012x}"
    exchange = f"{ms[:8]}-{ms[8:]}-7000-8000-000000000000"
    event = shelf.event("010000016", workspace="ws1").model_copy(update={"exchange_id": exchange})
    await made.send("ws1", "another")
    await made.store.write(lambda uow: uow.emit(event, subject="ours", time=shelf.AT))
    assert (await made.restore("copy", await made.export("ws1"))).status_code == 200
    found = (await made.http.get("/w/copy/_sandbox/mss_sim/events", params={"exchange": exchange})).json()["items"]
    assert [one["subject"] for one in found] == ["ours"]


async def test_an_empty_workspace_too(made: Archived) -> None:
    await made.send("default", "there")
    assert (await made.restore("default", await made.export("ws1"))).json()["epoch"] == 2
    assert await made.subjects("default") == []


async def test_a_reset_in_the_middle_of_a_restore_wins(made: Archived, monkeypatch: pytest.MonkeyPatch) -> None:
    await made.send("ws1", "a")
    archive, load = await made.export("ws1"), Holder.load

    async def interrupted(self: Holder, *arguments: Any) -> None:
        await load(self, *arguments)
        await asyncio.to_thread(made.ground.control.reset_workspace, "ws1")

    monkeypatch.setattr(Holder, "load", interrupted)
    answer = await made.restore("ws1", archive)
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "archive.reset-meanwhile")
    assert await made.subjects("ws1") == []
    assert (await made.http.get("/_sandbox/workspaces/ws1")).json()["epoch"] == 3


async def test_a_deletion_in_the_middle_of_a_restore_wins(made: Archived, monkeypatch: pytest.MonkeyPatch) -> None:
    """And whoever makes the workspace anew does not find the archive's rules and people there."""
    rule = {"id": "slow", "effect": "latency", "latencyMs": 1}
    assert (await made.http.post("/w/ws1/_sandbox/faults", json=rule)).status_code == 201
    archive, load = await made.export("ws1"), Holder.load

    async def interrupted(self: Holder, *arguments: Any) -> None:
        await load(self, *arguments)
        await asyncio.to_thread(made.ground.control.delete_workspace, "ws1")

    monkeypatch.setattr(Holder, "load", interrupted)
    answer = await made.restore("ws1", archive)
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "archive.reset-meanwhile")
    assert (await made.http.post("/_sandbox/workspaces", json={"name": "ws1"})).status_code == 201
    assert (await made.http.get("/w/ws1/_sandbox/faults")).json() == []


async def test_an_epoch_that_failed_is_never_seen(made: Archived, monkeypatch: pytest.MonkeyPatch) -> None:
    await made.send("ws1", "a")
    archive, load = await made.export("ws1"), Holder.load

    async def broken(self: Holder, *arguments: Any) -> None:
        await load(self, *arguments)
        raise OSError(errno.ENOSPC, "no space left on device")

    monkeypatch.setattr(Holder, "load", broken)
    for workspace in ("ws1", "new"):
        answer = await made.restore(workspace, archive)
        assert (answer.status_code, answer.json()["error"]["code"]) == (507, "archive.no-space")
    assert (await made.http.get("/_sandbox/workspaces/new")).status_code == 404
    assert (await made.http.get("/_sandbox/workspaces/ws1")).json()["epoch"] == 1
    assert (await made.http.post("/w/ws1/_sandbox/reset")).json()["epoch"] == 3, "2 holds what was loaded"
    assert await made.subjects("ws1") == []


async def test_snapshots(made: Archived) -> None:
    path = "/_sandbox/workspaces/ws1/snapshots"
    await made.send("ws1", "a")
    kept = await made.http.post(path, json={"name": "first"})
    assert (kept.status_code, kept.json()["epoch"], kept.json()["workspace"]) == (201, 1, "ws1")
    await made.send("ws1", "b")
    await made.http.post(path, json={"name": "second"})
    assert [one["name"] for one in (await made.http.get(path)).json()] == ["first", "second"]
    assert (await made.http.post(f"{path}/first/restore")).json()["epoch"] == 2
    assert await made.subjects("ws1") == ["a"]
    await made.http.post(f"{path}/second/restore")
    assert await made.subjects("ws1") == ["a", "b"]
    assert (await made.http.delete(f"{path}/second")).status_code == 204
    for answer in (
        await made.http.delete(f"{path}/second"),
        await made.http.post(f"{path}/second/restore"),
        await made.http.get("/_sandbox/workspaces/nobody/snapshots"),
        await made.http.post("/_sandbox/workspaces/nobody/snapshots", json={"name": "x"}),
    ):
        assert answer.status_code == 404
    assert (await made.http.post(path, json={"name": "../x"})).status_code == 422
    assert await made.subjects("ws1") == ["a", "b"]


async def test_a_workspace_begins_as_a_snapshot(made: Archived) -> None:
    await made.http.patch("/_sandbox/workspaces/ws1", json={"strictness": "lenient"})
    await made.send("ws1", "a")
    await made.http.post("/_sandbox/workspaces/ws1/snapshots", json={"name": "base"})
    for seed in ("base", "ws1/base"):
        new = await made.http.post("/_sandbox/workspaces", json={"seedFrom": seed, "ttlSeconds": 60})
        assert (new.status_code, new.json()["strictness"], new.json()["ttlSeconds"]) == (201, "lenient", 60)
        assert await made.subjects(new.json()["name"]) == ["a"]
    there = len((await made.http.get("/_sandbox/workspaces")).json())
    await made.http.post("/_sandbox/workspaces/default/snapshots", json={"name": "base"})
    for seed, status in (("base", 409), ("nobody/base", 404), ("other", 404)):
        assert (await made.http.post("/_sandbox/workspaces", json={"seedFrom": seed})).status_code == status
    assert len((await made.http.get("/_sandbox/workspaces")).json()) == there
    await made.http.delete("/_sandbox/workspaces/ws1")
    assert (await made.http.post("/_sandbox/workspaces", json={"seedFrom": "ws1/base"})).status_code == 404


async def test_only_an_epoch_that_was_reserved_can_be_filled_from_outside(made: Archived) -> None:
    part = (await made.http.get("/w/ws1/_sandbox/mss_sim/archive")).content
    for epoch in (1, 2):
        answer = await made.http.post(f"/w/ws1/_sandbox/mss_sim/archive?epoch={epoch}", content=part)
        assert answer.status_code == 409
    assert (await made.http.post("/_sandbox/mss_sim/archive/check?epoch=7", content=part)).status_code == 204
    assert (await made.http.get("/_sandbox/dmp_sim/archive")).status_code == 404
    epoch = await asyncio.to_thread(made.ground.control.reserve_epoch, "ws1")
    answer = await made.http.post(f"/w/ws1/_sandbox/mss_sim/archive?epoch={epoch}", content=part)
    assert answer.status_code == 204


class ForgetfulBus(EmbeddedBus):
    """Published events may go at once."""

    @property
    def keeps_hours(self) -> float:  # type: ignore[override]
        return 0.0


async def test_where_only_kafka_has_the_events_it_is_said(tmp_path: Path) -> None:
    async with served(tmp_path, None, ForgetfulBus()) as made:
        await made.send("default", "a")
        await made.export("default")
        ends: dict[Any, int] = {}
        while not ends:
            ends = await made.store.read(log.offsets)
            await asyncio.sleep(0.02)
        await made.store.write(lambda uow: published.move(uow, ends))
        (part,) = ends
        await made.store.write(lambda uow: published.prune(uow, part, ends[part], 2**62, 1))
        answer = await made.http.get("/_sandbox/workspaces/default/archive")
        assert (answer.status_code, answer.json()["error"]["code"]) == (409, "archive.events-pruned")
        assert made.left_behind == []
