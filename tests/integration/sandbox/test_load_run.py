"""Whole runs against the product in one process: the books balance, and false ones are found out."""

import asyncio
from pathlib import Path

import httpx
import pytest

from sandbox import examples
from sandbox.load.acts import Act
from sandbox.load.books import Difference
from sandbox.load.command import Wanted
from sandbox.load.outcome import Kind
from sandbox.load.report import as_json
from sandbox.load.run import Result, Unreachable, Unready, load
from sandbox.load.task import Limits
from support.load_run import Silent, options, sandbox

pytestmark = pytest.mark.timeout(
    180
)  # each starts worker processes that render bodies, on a machine shared with other tests

SHORT = Wanted(acts_rate=40, duration=3)


def bad(result: Result) -> list[Difference]:
    return [one for one in result.books.differences if one.bad]


async def test_a_short_run_balances_to_the_unit(tmp_path: Path) -> None:
    watcher = Silent()
    async with sandbox(tmp_path) as served:
        asked = options(served, SHORT, workers=2, flaws=0.2, spacing="uniform", remove=True)
        result = await load(asked, watcher)
        async with httpx.AsyncClient(base_url=served.url, trust_env=False) as client:
            left = [one["name"] for one in (await client.get("/_sandbox/workspaces")).json()]
    report = await asyncio.to_thread(as_json, result)

    assert bad(result) == []
    assert result.ledger.offered == 120
    assert result.ledger.count(Kind.ACCEPTED, Kind.RULE) == 120
    assert result.ledger.count(Kind.RULE, act=Act.DEPOSIT) > 0
    assert {row.service: row.told.counted for row in result.books.rows if not row.told.counted} == {}
    assert result.freshness.probes.total > 0
    assert result.drained.complete
    assert watcher.steps == ["preparing", "playing", "draining"]
    assert watcher.samples
    assert left == ["default"]
    assert report["balanced"]
    assert report["protocols"]["deposit"]["codes"]["rule"]["XDSRepositoryMetadataError"] > 0


async def test_signed_runs_pass_where_nothing_else_does(tmp_path: Path) -> None:
    plain = await asyncio.to_thread(examples.deposit)  # reads files when it is the first
    async with sandbox(tmp_path) as served, httpx.AsyncClient(base_url=served.url, trust_env=False) as client:
        asked = options(served, SHORT, signed=True, establishments=2, workspace="scelle")
        result = await load(asked, Silent())
        made = (await client.get("/_sandbox/workspaces/scelle")).json()["options"]
        kind = {"content-type": plain.content_type}
        unsigned = await client.post(f"/w/scelle{plain.path}", content=plain.body, headers=kind)
        short = {"options": made | {"assertions.lifetime": "60"}}
        (await client.patch("/_sandbox/workspaces/scelle", json=short)).raise_for_status()
        with pytest.raises(Unready, match=r"assertions\.lifetime=0"):
            await load(asked, Silent())

    assert made == {"assertions": "strict", "assertions.lots": "strict", "assertions.lifetime": "3600"}
    assert bad(result) == []
    assert result.ledger.count(Kind.ACCEPTED) > 100
    assert result.ledger.count(Kind.RULE, act=Act.LOOKUP) == 0
    assert result.ledger.count(Kind.ACCEPTED, act=Act.DEPOSIT) > 20
    assert b"Success" not in unsigned.content, "what nobody signed is refused there"


async def test_a_ledger_that_lost_a_deposit_is_found_out(tmp_path: Path) -> None:
    async with sandbox(tmp_path) as served:
        result = await load(options(served, SHORT, forget=1), Silent())

    assert {(one.service, one.en, one.count) for one in bad(result)} == {
        ("dmp_sim", "events stored that no known act explains", 2),
        ("metrics", "DMP-VOL (num) differs from the ledger", 1),
        ("metrics", "DMP-REJET (den) differs from the ledger", 1),
    }


async def test_overload_is_refused_counted_and_balances(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOCLES_ADMISSION_ACTIVE", "1")
    monkeypatch.setenv("SOCLES_ADMISSION_QUEUE", "0")
    async with sandbox(tmp_path) as served:
        result = await load(options(served, Wanted(acts_rate=250, duration=3), large=False), Silent())

    assert bad(result) == []
    assert result.ledger.count(Kind.OVERLOAD) > 0
    assert result.ledger.count(Kind.ACCEPTED) > 0
    assert any("XDSRepositoryBusy" in line for one in result.books.differences for line in one.details)


async def test_lost_answers_are_looked_up_and_named(tmp_path: Path) -> None:
    """A fault rule cuts connections before the answer: what was stored all the same is found, one by one."""
    async with sandbox(tmp_path) as served:
        async with httpx.AsyncClient(base_url=served.url, trust_env=False) as client:
            await client.post("/_sandbox/workspaces", json={"name": "cut"})
            for service in ("dmp_sim", "mss_sim"):
                for point in ("before-answer", "received"):
                    rule = {"service": service, "point": point, "effect": "cut", "nth": 5, "times": 2}
                    if service == "mss_sim":
                        rule["operation"] = "DATA"
                    assert (await client.post("/w/cut/_sandbox/faults", json=rule)).is_success
        result = await load(options(served, SHORT, workspace="cut", flaws=0.0), Silent())

    assert bad(result) == []
    lost = [detail for one in result.books.differences for detail in one.details if " : fait" in detail]
    gone = [detail for one in result.books.differences for detail in one.details if " : pas fait" in detail]
    assert result.ledger.count(Kind.LOST) == 8
    assert len(lost) == 4
    assert len(gone) == 4


async def test_a_workspace_that_was_used_before_is_loaded_again(tmp_path: Path) -> None:
    async with sandbox(tmp_path) as served:
        first, second = [await load(options(served, SHORT, workspace="mine"), Silent()) for _ in range(2)]

    assert bad(first) == bad(second) == []


async def test_acts_beyond_the_bound_are_held_back_and_named(tmp_path: Path) -> None:
    async with sandbox(tmp_path) as served:
        limits = Limits(connections=1, in_flight=1)
        result = await load(options(served, Wanted(acts_rate=300, duration=2), limits=limits), Silent())

    assert bad(result) == []
    assert result.ledger.count(Kind.HELD) > 0
    assert result.ledger.sent + result.ledger.count(Kind.HELD) == result.ledger.offered


async def test_nobody_there(tmp_path: Path) -> None:
    async with sandbox(tmp_path) as served:
        asked = options(served, SHORT)
    with pytest.raises(Unreachable, match=r"pas de bac à sable à .*connection"):
        await load(asked, Silent())
