"""Posts that no sender means: each is refused with its line, and what went wrong once blocks no rebuild."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from support.metrics_events import document, stay
from support.metrics_served import NOW, Served


async def post(run: Served, content: bytes, kind: str = "application/json") -> Any:
    return await run.http.post("/api/stays", content=content, headers={"Content-Type": kind})


@pytest.mark.parametrize(
    "more",
    [
        {"admittedAt": "0001-01-01T00:00:00+14:00"},
        {"dischargedAt": "9999-12-31T23:59:59-14:00"},
        {"dischargedAt": "9999-12-31T23:59:59Z"},
        {"stayId": "   "},
        {"patientRef": "x" * 201},
    ],
    ids=["before-the-calendar", "after-the-calendar", "its-last-day", "blank-id", "endless-reference"],
)
async def test_a_stay_that_could_never_be_counted_is_refused(run: Served, more: dict[str, str]) -> None:
    site = next(iter(run.ground.control.population("default").establishments))
    row = {"stayId": "1.2.3^1", "finess": site.finess_eg, "admittedAt": "2026-03-02T10:00Z", **more}
    answer = await post(run, json.dumps(row).encode())
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["line"] == 1
    assert (await run.http.get("/api/lag")).json()["partitions"] == []


@pytest.mark.parametrize(
    ("content", "kind", "told"),
    [
        (b'{"stayId": ' + b"1" * 5000 + b"}", "application/json", "JSON illisible"),
        (b'\n{"stayId": ' + b"1" * 5000 + b"}", "application/x-ndjson", "JSON illisible"),
        (b"stayId;finess\n" + b"x" * 200_000 + b";1", "text/csv", "CSV illisible"),
    ],
    ids=["json", "ndjson", "csv"],
)
async def test_what_the_reader_itself_gives_up_on_is_refused(run: Served, content: bytes, kind: str, told: str) -> None:
    answer = await post(run, content, kind)
    assert answer.status_code == 422
    assert told in answer.json()["errors"][0]["reason"]


async def test_an_event_that_cannot_be_applied_does_not_stop_the_rebuild(run: Served) -> None:
    beyond = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
    await run.emit([stay("s1", discharged=NOW), stay("s2", discharged=beyond), document("s1", at=NOW)])
    await run.caught_up(3)
    assert len((await run.http.get("/api/poison")).json()) == 1
    assert (await run.rebuilt())["equal"]
    assert (await run.cell("DMP-SORTIE"))["num"] == 1
