"""The API: indicators by window and group, explanations with reasons, the stream, the page."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

from metrics.core import scope_of
from metrics.domain.days import local_day, to_ms
from support.metrics_events import LL, Event, cancelled, document, message, stay
from support.metrics_served import NOW, Served, site


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


async def test_the_curves_of_a_window_that_is_not_over_end_today(run: Served) -> None:
    window = f"{NOW.date()}..{NOW.date() + timedelta(days=20)}"
    found = (await run.http.get("/api/indicators", params={"window": window})).json()

    assert found["sparkDays"][-1] == local_day(to_ms(datetime.fromisoformat(found["asOf"])))


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


async def test_an_exchange_is_asked_what_it_moved(run: Served) -> None:
    eg, ej = site(run).finess_eg, site(run).finess_ej
    own = {"finess_eg": eg, "finess_ej": ej}
    log = [stay("m1", discharged=NOW, **own), document("m1", at=NOW, service_start=NOW, service_stop=NOW, **own)]
    await run.emit(log)
    await run.caught_up(len(log))
    exchange = "exchange-m1-registered-1"

    found = (await run.http.get(f"/api/exchanges/{exchange}/moved", params={"subject": "lid-m1"})).json()
    nothing = (await run.http.get("/api/exchanges/another/moved", params={"subject": "lid-m1"})).json()

    moved = {(row["indicator"], row["measure"]): row["value"] for row in found}
    assert moved["DMP-SORTIE", "num"] == moved["DMP-VOL", "num"] == 1
    assert {row["finessEg"] for row in found} == {eg}
    assert nothing == []
