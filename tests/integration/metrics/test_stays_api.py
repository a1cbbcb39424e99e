"""``POST /api/stays``: three formats, all or nothing, the same again changes nothing."""

import json
from datetime import timedelta
from typing import Any

import pytest

from support.metrics_served import NOW, Served, site


def row(run: Served, number: str, **more: Any) -> dict[str, Any]:
    out = NOW.isoformat()
    came = (NOW - timedelta(days=3)).isoformat()
    found = {"stayId": f"1.2.3^{number}", "finess": site(run).finess_eg, "admittedAt": came, "dischargedAt": out}
    return {**found, "patientRef": f"patient-{number}", **more}


async def post(run: Served, body: str, kind: str = "application/json") -> Any:
    return await run.http.post("/api/stays", content=body, headers={"Content-Type": kind})


async def test_stays_come_in_three_formats(run: Served) -> None:
    one = await post(run, json.dumps(row(run, "1")))
    assert one.json() | {"exchange": ""} == {"accepted": 1, "created": 1, "changed": 0, "unchanged": 0, "exchange": ""}
    assert one.headers["X-Socles-Exchange"] == one.json()["exchange"]
    many = await post(run, "\n".join(json.dumps(row(run, n)) for n in "23"), "application/x-ndjson")
    assert many.json()["created"] == 2
    head = "stayId;finess;admittedAt;dischargedAt;session\n"
    eg = site(run).finess_eg
    table = await post(run, f"{head}1.2.3^4;{eg[:2]} {eg[2:]};2026-03-02T09:15;;true\n", "text/csv; charset=utf-8")
    assert table.json()["created"] == 1
    await run.caught_up(4)
    cell = await run.cell("DMP-SORTIE", site(run).finess_eg)
    assert (cell["num"], cell["den"]) == (0, 3)


async def test_the_same_stay_again_changes_nothing_and_a_changed_one_raises_its_revision(run: Served) -> None:
    await post(run, json.dumps(row(run, "1", dischargedAt=None)))
    assert (await post(run, json.dumps(row(run, "1", dischargedAt=None)))).json()["unchanged"] == 1
    assert (await post(run, json.dumps(row(run, "1")))).json()["changed"] == 1
    assert (await post(run, json.dumps([row(run, "1", dischargedAt=None), row(run, "1")]))).json()["changed"] == 2
    assert (await post(run, json.dumps(row(run, "1", cancelled=True)))).json()["changed"] == 1
    await run.caught_up(5)
    found = (await run.http.get("/api/explain", params={"indicator": "DMP-SORTIE", "stay": "1.2.3^1"})).json()
    (told,) = found["stays"]
    assert [(each["type"], each["revision"]) for each in told["events"]] == [
        ("stay.admitted.v1", 1),
        ("stay.discharged.v1", 2),
        ("stay.reopened.v1", 3),
        ("stay.discharged.v1", 4),
        ("stay.cancelled.v1", 5),
    ]
    assert told["reasons"][0]["code"] == "cancelled"
    assert told["events"][0]["exchangeHref"].startswith("/_sandbox/exchanges/")


@pytest.mark.parametrize(
    ("body", "kind", "line", "told"),
    [
        ('{"stayId": "x"}', "application/json", 1, "champ obligatoire"),
        ("{", "application/json", 1, "JSON illisible"),
        ("[]", "application/json", 1, "aucun séjour"),
        ('{"a":1}\n\n{', "application/x-ndjson", 3, "JSON illisible"),
        ("stayId;finess\n1;2;3\n", "text/csv", 2, "plus de colonnes"),
        ("stayId,finess,admittedAt\nx,999999999,2026-03-02\n", "text/csv", 2, "inconnu"),
        ("\xff", "text/csv", 1, "UTF-8"),
        (
            '{"stayId":"1","finess":"EG","admittedAt":"2026-03-05","dischargedAt":"2026-03-02"}',
            "application/json",
            1,
            "dischargedAt avant",
        ),
    ],
)
async def test_a_bad_row_refuses_the_whole_with_line_and_reason(
    run: Served, body: str, kind: str, line: int, told: str
) -> None:
    content = body.encode("latin-1" if body == "\xff" else "utf-8").replace(b"EG", site(run).finess_eg.encode())
    answer = await run.http.post("/api/stays", content=content, headers={"Content-Type": kind})
    assert answer.status_code == 422
    assert any(error["line"] == line and told in error["reason"] for error in answer.json()["errors"]), answer.text
    assert (await run.http.get("/api/lag")).json()["partitions"] == []


async def test_one_bad_row_of_many_keeps_the_good_ones_out(run: Served) -> None:
    answer = await post(run, json.dumps([row(run, "1"), row(run, "2", finess="000000000")]))
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["line"] == 2
    assert (await run.cell("DMP-SORTIE"))["den"] == 0


async def test_a_real_persons_number_and_other_formats_are_refused(run: Served) -> None:
    real = row(run, "1", ins="255069930100282"[:13], patientRef=None)
    answer = await post(run, json.dumps(real))
    assert answer.status_code == 422
    assert "fictive" in answer.json()["errors"][0]["reason"]
    assert (await post(run, "x", "application/xml")).status_code == 415
