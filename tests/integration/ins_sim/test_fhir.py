"""``/fhir``: Patients read and searched over HTTP, refused in FHIR's words, journalled, and under fault rules."""

from collections.abc import AsyncIterator, Callable
from functools import partial
from pathlib import Path

import httpx
import pytest
from fhir.resources.R4B.bundle import Bundle
from fhir.resources.R4B.capabilitystatement import CapabilityStatement
from fhir.resources.R4B.operationoutcome import OperationOutcome

from ins_sim.fhir import rules
from ins_sim.fhir.endpoint import FhirEndpoint
from socle.control.known import NOT_FICTITIOUS
from socle.identifiers.ins import OID_NIR, make_ins
from socle.rules import Rule
from support.fhir_served import exchange, fhir_served
from support.rule_table import RuleTable
from support.wire import when_full

REAL = make_ins(sex="F", year=1980, month=2, place="63220", order=123, oid=OID_NIR)
PAT = "urn:oid:1.2.250.1.213.1.4.10|279035121518989"


@pytest.fixture
async def http(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    async with fhir_served(tmp_path) as client:
        yield client


async def found(http: httpx.AsyncClient, **query: str | int) -> list[str]:
    """Ids of a search's first page; the Bundle is valid R4."""
    answer = await http.get("/fhir/Patient", params={"_count": 200} | query)
    assert answer.status_code == 200, answer.text
    Bundle.model_validate_json(answer.content)
    return [one["resource"]["id"] for one in answer.json().get("entry", ()) if one["search"]["mode"] == "match"]


async def test_the_statement_is_valid_says_what_is_served_and_that_it_is_not_official(http: httpx.AsyncClient) -> None:
    answer = await http.get("/w/default/fhir/metadata")
    statement = CapabilityStatement.model_validate_json(answer.content)

    assert answer.headers["content-type"] == "application/fhir+json; charset=utf-8"
    assert answer.headers["x-socles-simulated"] == "true"
    assert statement.fhirVersion == "4.0.1"
    assert statement.experimental is True
    assert "INSi n'a pas d'interface FHIR publiée" in statement.description
    assert statement.implementation.url.endswith("/w/default/fhir")
    (served,) = statement.rest[0].resource
    assert [one.code for one in served.interaction] == ["read", "search-type"]
    for parameter in served.searchParam:
        told = await http.get("/fhir/Patient", params={parameter.name: "1980" if parameter.type == "date" else "male"})
        assert told.json()["link"][0]["url"].partition("?")[2].startswith(parameter.name)


async def test_a_patient_is_read(http: httpx.AsyncClient) -> None:
    answer = await http.get("/fhir/Patient/insi-ecetinsi")
    head = await http.head("/fhir/Patient/insi-ecetinsi")

    assert [one["use"] for one in answer.json()["identifier"]] == ["official", "old", "old"]
    assert head.content == b""
    assert head.headers["content-length"] == answer.headers["content-length"]
    journalled = await exchange(http, answer)
    assert (journalled["operation"], journalled["service"], journalled["findings"]) == ("fhir-read", "ins_sim", [])


async def test_the_code_system_of_the_status_is_the_workspaces(http: httpx.AsyncClient) -> None:
    made = {"name": "ancien", "options": {"insi.fhir.identity": "v2-0445"}}
    assert (await http.post("/_sandbox/workspaces", json=made)).is_success
    for space, code in (("ancien", "VALI"), ("default", "QUAL")):
        told = (await http.get(f"/w/{space}/fhir/Patient/insi-adrun")).json()
        assert told["extension"][1]["extension"][0]["valueCoding"]["code"] == code


SEARCHES: list[tuple[dict[str, str], list[str]]] = [
    ({"identifier": PAT}, ["insi-pat-trois"]),
    ({"identifier": "279035121518989"}, ["insi-pat-trois"]),
    ({"identifier": "urn:oid:1.2.250.1.213.1.4.8|279035121518989"}, []),
    ({"identifier": "|279035121518989"}, []),
    ({"identifier": "2790351215189"}, []),
    ({"identifier": "urn:oid:1.2.250.1.213.1.4.11|"}, ["insi-desmaux"]),
    ({"identifier": "urn:oid:1.2.250.1.213.1.4.8|209076322083439"}, ["insi-ecetinsi"]),
    ({"identifier": f"{PAT},160012b02077713"}, ["insi-pat-trois", "insi-adrtrois-toussaint"]),
    ({"identifier": PAT, "family": "ADRUN"}, []),
    ({"family": "pat-tr"}, ["insi-pat-trois"]),
    ({"family": "troïs"}, []),
    ({"family:contains": "troïs", "given": "dominique"}, ["insi-adrtrois-dominique", "insi-pat-trois"]),
    ({"family:exact": "ADRTROIS", "gender": "male"}, ["insi-adrtrois-toussaint"]),
    ({"family:exact": "adrtrois"}, []),
    ({"name": "catarina"}, ["insi-tchitchi"]),
    ({"family": "DE VINCI", "birthdate": "2014"}, ["insi-leonardo", "insi-leonardo-2"]),
    ({"family": "DE VINCI", "birthdate": "2014-02"}, ["insi-leonardo", "insi-leonardo-2"]),
    ({"family": "ADR", "birthdate": "lt1970-12-31"}, ["insi-adrtrois-toussaint"]),
    ({"family": "ADR", "birthdate": "ge1997"}, ["insi-adrtrois-dominique"]),
    ({"family": "ADR", "birthdate": "gt1975-12-31,le1960-01-01", "gender": "female"}, ["insi-adrtrois-dominique"]),
    ({"family": "ADR", "birthdate": "ne1975-12-31", "gender": "female"}, ["insi-adrtrois-dominique"]),
    ({"_id": "insi-adrun,nobody,insi-corse"}, ["insi-adrun", "insi-corse"]),
    ({"_id": "insi-adrun", "gender": "male"}, []),
    ({"family": "HOUILLES"}, ["insi-houilles"]),
]


async def test_search(http: httpx.AsyncClient) -> None:
    for query, ids in SEARCHES:
        assert (query, sorted(await found(http, **query))) == (query, sorted(ids))


async def test_a_search_may_be_posted_and_pairs_of_a_parameter_all_count(http: httpx.AsyncClient) -> None:
    between = [("birthdate", "ge1975-01-01"), ("birthdate", "le1976-01-01"), ("family", "ADR")]
    form = {"content-type": "application/x-www-form-urlencoded"}
    answer = await http.post("/fhir/Patient/_search", content=str(httpx.QueryParams(between)), headers=form)
    assert [one["resource"]["id"] for one in answer.json()["entry"]] == ["insi-adrun"]


async def test_pages_are_followed_to_the_end_and_back(http: httpx.AsyncClient) -> None:
    everybody = await found(http, gender="female")
    seen: list[str] = []
    url: str | None = "/fhir/Patient?gender=female&_count=7"
    while url is not None:
        page = (await http.get(url)).json()
        links = {one["relation"]: one["url"] for one in page["link"]}
        assert page["total"] == len(everybody)
        assert (await http.get(links["self"])).json() == page
        if seen:
            before = (await http.get(links["previous"])).json()
            assert [one["resource"]["id"] for one in before["entry"]] == seen[-7:]
        seen += [one["resource"]["id"] for one in page["entry"]]
        url = links.get("next")
    assert seen == everybody
    counted = (await http.get("/fhir/Patient?gender=female&_count=0")).json()
    assert (counted["total"], "entry" in counted) == (len(everybody), False)


BROKEN: dict[Rule, tuple[str, str, dict[str, str], int]] = {
    rules.WORKSPACE: ("GET", "/w/nowhere/fhir/metadata", {}, 404),
    rules.METHOD: ("PUT", "/fhir/Patient/insi-adrun", {}, 405),
    rules.INTERACTION: ("GET", "/fhir/Observation", {}, 404),
    rules.NOT_FOUND: ("GET", "/fhir/Patient/nobody", {}, 404),
    rules.FORMAT: ("GET", "/fhir/Patient", {"accept": "application/fhir+xml"}, 406),
    rules.VALUE: ("GET", "/fhir/Patient?birthdate=31/12/1975", {}, 400),
    rules.STRICT: ("GET", "/fhir/Patient?deceased=false", {"prefer": "handling=strict"}, 400),
    rules.BODY: ("POST", "/fhir/Patient/_search", {"content-type": "application/fhir+json"}, 400),
    rules.IGNORED: ("GET", "/fhir/Patient?deceased=false&_count=1", {}, 200),
    NOT_FICTITIOUS: ("GET", f"/fhir/Patient?identifier=urn:oid:{OID_NIR}|{REAL.value}", {}, 403),
}


async def test_each_rule_is_broken_alone_and_satisfied(
    http: httpx.AsyncClient, record_property: Callable[[str, object], None]
) -> None:
    table = RuleTable("FHIR")
    for rule, (method, url, headers, status) in BROKEN.items():
        content = b"{}" if method == "POST" else None
        answer = await http.request(method, url, headers=headers, content=content)
        assert (rule.id, answer.status_code) == (rule.id, status)
        if status != 200:
            outcome = OperationOutcome.model_validate_json(answer.content)
            assert outcome.issue[0].details.coding[0].code == rule.id
        journalled = await exchange(http, answer)
        table.case(f"breaks {rule.id}", (one["rule"] for one in journalled["findings"]), rule.id)
        assert journalled["outcome"] == ("accepted" if status == 200 else "refused")
    busy, content = await when_full(partial(FhirEndpoint, "ins_sim"))
    assert OperationOutcome.model_validate_json(content).issue[0].code == "throttled"
    table.case("no place left", busy, rules.BUSY.id)
    for url in ("/fhir/metadata", "/fhir/Patient?_format=json&family=ADRUN"):
        table.case(url, (await exchange(http, await http.get(url)))["findings"])
    table.close(record_property)


SENSELESS = [
    "birthdate=1975-13", "birthdate=0000-01-01", "birthdate=9999-12-31", "birthdate:exact=1975", "birthdate=x1975",
    "family=", "family:soundex=ADRUN", "family=%FF", "family=A%00B", "identifier=|", "identifier:exact=1",
    "gender=M", "_id:x=1", "_count=-1", "_count=1e9", "_count=²", "_offset=x", "a=1&" * 60,
]  # fmt: skip


async def test_senseless_values_are_refused(http: httpx.AsyncClient) -> None:
    for query in SENSELESS:
        answer = await http.get(f"/fhir/Patient?{query}")
        assert (query, answer.status_code) == (query, 400)
        assert OperationOutcome.model_validate_json(answer.content).issue[0].code == "value"


async def test_unknown_parameters_are_passed_over_and_told(http: httpx.AsyncClient) -> None:
    answer = (await http.get("/fhir/Patient?family=ADRUN&deceased=false")).json()
    assert [one["search"]["mode"] for one in answer["entry"]] == ["match", "outcome"]
    assert answer["entry"][1]["resource"]["issue"][0]["severity"] == "warning"
    assert "deceased" not in answer["link"][0]["url"]


async def test_fault_rules_act(http: httpx.AsyncClient) -> None:
    async def rule(**wanted: object) -> httpx.Response:
        await http.delete("/_sandbox/faults")
        made = await http.post("/_sandbox/faults", json={"service": "ins_sim", "operation": "fhir-search"} | wanted)
        assert made.is_success, made.text
        return await http.get("/fhir/Patient?family=ADRUN")

    refused = await rule(effect="refuse", code="http-502", reason="Passerelle")
    assert (refused.status_code, refused.json()["issue"][0]["diagnostics"]) == (502, "Passerelle")
    assert (await exchange(http, refused))["outcome"] == "fault"
    busy = await rule(effect="overload")
    assert (busy.status_code, busy.headers["retry-after"]) == (503, "1")
    assert [one["rule"] for one in (await exchange(http, busy))["findings"]] == ["fault.overload"]
    with pytest.raises(httpx.RemoteProtocolError):
        await rule(effect="cut")
    with pytest.raises(httpx.RemoteProtocolError):
        await rule(effect="cut-answer", point="before-answer")
    assert (await rule(effect="latency", latencyMs=50)).status_code == 200
    assert (await http.get("/fhir/Patient/insi-adrun")).status_code == 200, "another operation"
