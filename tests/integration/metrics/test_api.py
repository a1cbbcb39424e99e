"""The API: stays in, indicators by window and group, explanations with reasons, the stream, the page."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from metrics.core import scope_of
from support.metrics_lab import LL, Event, cancelled, document, message, stay
from support.metrics_served import NOW, Served, served


@pytest.fixture
async def run(tmp_path: Path) -> AsyncIterator[Served]:
    async with served(tmp_path) as run:
        yield run


def site(run: Served) -> Any:
    sites = run.ground.control.population("default").establishments
    return next(each for each in sites if each.kind.value == "sanitary")


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
        ('{"stayId": "x"}', "application/json", 1, "Field required"),
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


async def test_explain_says_why_each_stay_and_document_counts_or_not(run: Served) -> None:
    eg, ej = site(run).finess_eg, site(run).finess_ej
    own = {"finess_eg": eg, "finess_ej": ej}

    def letter(number: str, **more: Any) -> Event:
        return document(number, **{"at": NOW, "service_start": NOW, "service_stop": NOW, **own, **more})

    log = [
        *(stay(f"s{n}", discharged=NOW, **own) for n in range(1, 8)),
        stay("in", discharged=None, **own),
        stay("seance", discharged=NOW, session=True, **own),
        letter("s1"),
        letter("s2", kind="deleted", revision=2, status="deleted", registered_at=NOW),
        letter("s3", type_code="11502-2"),
        letter("s4", at=NOW + timedelta(days=31)),
        letter("s5", kind="rejected", findings=("dmp.ins.key",)),
        letter("s6", stay_id=None),
        stay("s6b", discharged=NOW + timedelta(hours=1), patient_ref="patient-s6", **own),
        letter("orphan", patient_ref="nobody"),
        letter("seance"),
    ]
    subject, _, data = cancelled("s7")
    log.append((subject, NOW, data.model_copy(update={**own, "discharged_at": NOW})))
    await run.emit(log)
    await run.caught_up(len(log))
    found = (await run.http.get("/api/explain", params={"indicator": "DMP-SORTIE", "finess": eg, "limit": 100})).json()
    stays = {each["stayId"].partition("^")[2]: each for each in found["stays"]}

    def reasons(number: str) -> list[str]:
        return [thing["reason"]["code"] for thing in stays[number]["evidence"]]

    assert {number for number, each in stays.items() if each["inNumerator"]} == {"s1"}
    assert reasons("s1") == ["counted"]
    assert reasons("s2") == ["deleted"]
    assert reasons("s3") == ["wrong-type"]
    assert reasons("s4") == ["late"]
    assert reasons("s5") == ["rejected"]
    assert stays["s5"]["evidence"][0]["details"]["findings"] == ["dmp.ins.key"]
    assert reasons("s6") == reasons("s6b") == ["ambiguous"]
    assert reasons("seance") == ["stay-not-counted"]
    codes = {number: each["reasons"][0]["code"] for number, each in stays.items()}
    assert codes == {
        "s1": "fulfilled", "s2": "no-evidence", "s3": "no-evidence", "s4": "no-evidence", "s5": "no-evidence",
        "s6": "no-evidence", "s6b": "no-evidence", "s7": "cancelled", "in": "not-discharged", "seance": "left-out",
    }  # fmt: skip
    counted = [each for each in found["stays"] if each["inDenominator"]]
    cell = found["row"]["cells"]["DMP-SORTIE"]
    assert (cell["num"], cell["den"]) == (1, len(counted))

    lone = await run.http.get("/api/explain", params={"indicator": "DMP-SORTIE", "thing": "lid-orphan"})
    assert lone.json()["things"][0]["reason"]["code"] == "orphan"
    refused = await run.http.get("/api/explain", params={"indicator": "DMP-SORTIE", "thing": "doc-s5-1"})
    assert refused.json()["things"][0]["reason"]["code"] == "rejected"
    unknown = await run.http.get("/api/explain", params={"indicator": "DMP-SORTIE", "stay": "x"})
    assert unknown.status_code == 404


async def test_explain_of_flows_lists_what_counts(run: Served) -> None:
    own = {"finess_eg": site(run).finess_eg, "finess_ej": site(run).finess_ej}
    log = [
        document("a", at=NOW, **own),
        document("b", at=NOW, set_id="1.9^a", level="N3", **own),
        document("c", kind="deleted", revision=2, status="deleted", at=NOW, **own),
        document("d", kind="submitted", at=NOW, **own),
        document("d", kind="rejected", at=NOW, **own),
        message("m", at=NOW, **own),
        message("n", kind="failed", revision=2, at=NOW, **own),
    ]
    await run.emit(log)
    await run.caught_up(len(log))

    async def counted(indicator: str) -> tuple[list[str], int]:
        found = (await run.http.get("/api/explain", params={"indicator": indicator})).json()
        things = [thing for thing in found["things"] if thing["counts"]]
        return sorted(thing["reason"]["code"] for thing in found["things"]), len(things)

    assert await counted("DMP-VOL") == (["counted", "deleted", "twin"], (await run.cell("DMP-VOL"))["num"])
    assert await counted("MSS-VOL") == (["counted", "failed"], (await run.cell("MSS-VOL"))["num"])
    assert await counted("DMP-REJET") == (["conditions", "counted"], (await run.cell("DMP-REJET"))["num"])


async def test_groups_sum_to_the_whole_and_windows_are_checked(run: Served) -> None:
    sites = list(run.ground.control.population("default").establishments)
    log = [
        stay(f"g{n}", discharged=NOW, finess_eg=each.finess_eg, finess_ej=each.finess_ej)
        for n, each in enumerate(sites)
    ]
    await run.emit(log)
    await run.caught_up(len(log))
    for group in ("eg", "ej", "field", "region", "ght", "all"):
        answer = (await run.http.get("/api/indicators", params={"group": group, "indicator": "DMP-SORTIE"})).json()
        assert sum(each["cells"]["DMP-SORTIE"]["den"] for each in answer["rows"]) == len(sites), group
        assert answer["total"]["cells"]["DMP-SORTIE"]["den"] == len(sites)
    day = NOW.date().isoformat()
    assert (await run.cell("DMP-SORTIE", window=f"{day}..{day}"))["den"] == len(sites)
    assert (await run.cell("DMP-SORTIE", window=day[:7]))["den"] == len(sites)
    assert (await run.cell("DMP-SORTIE", window="1d"))["den"] == 0
    assert (await run.http.get("/api/indicators", params={"window": "yesterday"})).status_code == 422
    assert (await run.http.get("/api/indicators", params={"indicator": "X"})).status_code == 404
    ej = sites[0].finess_ej
    assert (await run.cell("DMP-SORTIE", ej))["den"] == sum(each.finess_ej == ej for each in sites)


async def test_the_stream_gives_a_snapshot_then_changes_and_resumes(run: Served) -> None:
    from metrics.api.stream import _events

    core = run.service.core
    workspace = core.ground.control.workspace("default")
    assert workspace is not None

    def question() -> Any:
        return core.question(workspace)

    first = _events(core, question, None)
    assert "event: snapshot" in await anext(first)
    coming = asyncio.ensure_future(anext(first))
    await run.emit([stay("s1", discharged=NOW)])
    change = await asyncio.wait_for(coming, 10)
    assert "event: change" in change
    assert '"indicator": "DMP-SORTIE"' in change
    seen = change.splitlines()[0].removeprefix("id: ")
    await first.aclose()

    await run.emit([document("s1", at=NOW)])
    await run.caught_up(2)
    resumed = _events(core, question, seen)
    assert "event: change" in await asyncio.wait_for(anext(resumed), 10)
    await resumed.aclose()
    stranger = _events(core, question, "another-boot-3")
    assert "event: snapshot" in await anext(stranger)
    await stranger.aclose()
    assert question().scope == scope_of(workspace)


async def test_the_page_and_its_files_need_nothing_from_elsewhere(run: Served) -> None:
    page = await run.http.get("/")
    assert page.status_code == 200
    assert "script-src 'self'" in page.headers["Content-Security-Policy"]
    for name in ("metrics.css", "metrics.js", "explain.js", "format.js"):
        asset = await run.http.get(f"/indicateurs/{name}")
        assert asset.status_code == 200
        assert "https://" not in asset.text
    assert (await run.http.get("/indicateurs/../app.py")).status_code == 404


async def test_definitions_tell_their_certainty_and_source(run: Served) -> None:
    found = {each["id"]: each for each in (await run.http.get("/api/definitions")).json()}
    assert found["DMP-SORTIE"]["target"]["certainty"] == "press-report"
    assert found["DMP-LL"]["target"] | {"source": ""} == {
        "value": None, "comparison": ">=", "rounding": "none", "programme": "SUN-ES", "certainty": "placeholder",
        "source": "",
    }  # fmt: skip
    assert all(each["source"] for each in found.values())
    assert LL in found["DMP-SORTIE"]["numerator"]["where"]["typeCode"]
