"""``/_sandbox/identities`` over HTTP: all or nothing, nobody real, and what left comes back."""

import asyncio
import io
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import zxingcpp
from fhir.resources.R4B.operationoutcome import OperationOutcome
from PIL import Image

import ins_sim.app
from socle.control.population.awkward import Sort
from socle.control.settings import ControlSettings
from socle.ground import Ground
from socle.identifiers.ins import OID_NIR, make_ins
from socle.settings import GroundSettings
from socle.web.factory import create_app

API = "/w/essai/_sandbox/identities"
CSV = {"content-type": "text/csv"}
FHIR = {"content-type": "application/fhir+json"}
REAL = make_ins(sex="F", year=1980, month=2, place="63220", order=123, oid=OID_NIR)
HEAD = "identifiant;nom;prenoms;sexe;date de naissance;cog;matricule;oid"


@pytest.fixture
async def http(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    settings = ControlSettings(establishments=1, patients_per_establishment=3)
    ground = Ground.open(GroundSettings(data_dir=tmp_path), settings)
    app = await asyncio.to_thread(lambda: create_app(ground, [ins_sim.app.build(ground)]))
    transport = httpx.ASGITransport(app)
    async with ground, httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8080") as client:
        assert (await client.post("/_sandbox/workspaces", json={"name": "essai"})).is_success
        yield client


async def added(http: httpx.AsyncClient) -> list[str]:
    return [one["id"] for one in (await http.get(API, params={"which": "added", "limit": 1000})).json()]


def codes(answer: httpx.Response) -> list[tuple[str, str]]:
    return [(one["where"], one["code"]) for one in answer.json()["error"]["details"]]


@pytest.mark.parametrize("route", [API, "/w/essai/_sandbox/population"])
async def test_an_answer_that_insi_does_not_have_is_refused_and_a_key_worked_out(
    http: httpx.AsyncClient, route: str
) -> None:
    person = {"id": "a", "birthName": "DUPONT", "givenNames": ["ZOE"], "sex": "F", "birthDate": "1980-02-01"}
    person |= {"birthPlace": "63220", "ins": {"matricule": REAL.matricule}}
    bad = await http.post(route, json={"persons": [person | {"outcome": "99"}]})
    assert (bad.status_code, [code for _, code in codes(bad)]) == (422, ["outcome.unknown"])
    assert await added(http) == []
    assert (await http.post(route, json={"persons": [person | {"outcome": "02"}]})).status_code == 201
    assert (await http.get(f"{API}/a")).json()["ins"]["key"] == REAL.key


async def test_one_bad_line_and_nothing_is_taken(http: httpx.AsyncClient) -> None:
    good = "a;DUPONT;ZOE;F;1980-02-01;63220;;"
    bad = await http.post(f"{API}/import", content=f"{HEAD}\n{good}\nb;DUPONT;Zoé;X;1980-02-01;632;;\n", headers=CSV)

    assert bad.status_code == 422
    wrong = {"sexe": "value.form", "prenoms": "name.alphabet", "lieu_naissance": "birth-place.form"}
    assert codes(bad) == [(f"ligne 3, colonne {column}", code) for column, code in wrong.items()]
    assert await added(http) == []
    fine = await http.post(f"{API}/import", content=f"{HEAD}\n{good}\n", headers=CSV)
    assert (fine.status_code, fine.json()["added"], fine.json()["ids"]) == (201, 1, ["a"])
    again = await http.post(f"{API}/import", content=f"{HEAD}\n{good}\n", headers=CSV)
    assert (again.json()["added"], again.json()["replaced"]) == (0, 1)
    assert await added(http) == ["a"]


@pytest.mark.parametrize("form", ["csv", "fhir", "ndjson"])
async def test_what_was_exported_is_imported(http: httpx.AsyncClient, form: str) -> None:
    await http.post(f"{API}/generate", json={"count": 46, "seed": 3})
    before = (await http.get(API, params={"which": "added"})).json()
    file = await http.get(f"{API}/export", params={"format": form, "which": "added"})
    await http.delete("/w/essai/_sandbox/population")
    assert await added(http) == []

    taken = await http.post(
        f"{API}/import", content=file.content, headers={"content-type": file.headers["content-type"]}
    )

    assert (taken.status_code, taken.json()["read"]) == (201, 46)
    after = (await http.get(API, params={"which": "added"})).json()
    told = [{name: value for name, value in one.items() if name not in _UNTOLD} for one in before]
    assert [{name: value for name, value in one.items() if name not in _UNTOLD} for one in after] == told
    assert f"identites-essai.{'json' if form == 'fhir' else form}" in file.headers["content-disposition"]


_UNTOLD = ("dmp", "citizenMailbox", "note")
"""What FHIR does not tell."""


async def test_the_whole_population_comes_back_when_wrong_keys_are_wanted(http: httpx.AsyncClient) -> None:
    file = await http.get(f"{API}/export", params={"separator": "tab", "encoding": "windows-1252", "headers": "en"})
    assert file.headers["content-type"] == "text/csv; charset=windows-1252"
    wanted = {"keys": "any", "dryRun": "true"}

    taken = (await http.post(f"{API}/import", content=file.content, headers=CSV, params=wanted)).json()

    assert (taken["separator"], taken["added"], taken["dryRun"]) == ("\t", 0, True)
    assert await added(http) == []


async def test_a_number_that_may_be_real_is_refused_wherever_it_comes_in(http: httpx.AsyncClient) -> None:
    person: dict[str, Any] = {
        "id": "real",
        "birthName": "DUPONT",
        "givenNames": ["ZOE"],
        "sex": "F",
        "birthDate": "1980-02-01",
        "ins": {"matricule": REAL.matricule, "key": REAL.key, "oid": REAL.oid},
    }
    line = f"{HEAD}\nreal;DUPONT;ZOE;F;1980-02-01;63220;{REAL.value};8\n"
    refused = [
        await http.post(API, json={"persons": [person]}),
        await http.post("/w/essai/_sandbox/population", json={"persons": [person]}),
        await http.post(f"{API}/import", content=line, headers=CSV),
    ]
    assert [(one.status_code, codes(one)[0][1]) for one in refused] == [(422, "patient.not-fictitious")] * 3
    assert all(REAL.matricule not in one.text for one in refused)
    assert await added(http) == []

    vouched = await http.post(f"{API}/import", content=line, headers=CSV, params={"fictitious": "true"})
    assert (vouched.status_code, vouched.json()["allowed"]) == (201, 1)
    named = await http.post(API, json={"persons": [person], "allowedIns": [REAL.value]})
    assert (named.status_code, named.json()["replaced"]) == (201, 1)
    old = await http.post("/w/essai/_sandbox/population", json={"persons": [person]})
    assert old.status_code == 201, "it is allow-listed by now"


async def test_fhir_is_refused_in_the_words_of_fhir(http: httpx.AsyncClient) -> None:
    answer = await http.post(f"{API}/import", content=b'{"resourceType": "Patient", "id": "a b"}', headers=FHIR)

    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/fhir+json")
    outcome = OperationOutcome.model_validate(answer.json())
    assert outcome.issue[0].expression == ["Patient.name"]
    assert "official" in outcome.issue[0].details.text


async def test_other_files_are_refused_with_a_reason(http: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("socle.web.routes.identity_files.MOST_BYTES", 1000)
    url = f"{API}/import"
    refused = {
        "file.kind": await http.post(url, content=b"PK", headers={"content-type": "application/zip"}),
        "file.zip": await http.post(url, content=b"PK\x03\x04", headers=CSV),
        "file.coding": await http.post(url, content=b"x", headers=CSV | {"content-encoding": "gzip"}),
        "file.size": await http.post(url, content=b"x" * 1001, headers=CSV),
        "file.column": await http.post(url, content=b"a;b\n", headers=CSV),
    }
    assert [one.status_code for one in refused.values()] == [415, 415, 415, 413, 422]
    for code, answer in refused.items():
        error = answer.json()["error"]
        assert code in (error["code"], *(one["code"] for one in error.get("details", ())))
        assert error["messageFr"]


async def test_one_of_each_sort_is_made_and_insi_knows_them(http: httpx.AsyncClient) -> None:
    made = (await http.post(f"{API}/generate", json={"count": 23, "seed": 7})).json()
    again = (await http.post(f"{API}/generate", json={"count": 23, "seed": 7})).json()
    told = (
        await http.post(f"{API}/generate", json={"count": 5, "sorts": ["nia"], "prefix": "x-", "keep": False})
    ).json()

    assert made == again
    assert {one["sort"] for one in made["persons"]} == set(Sort)
    assert (told["kept"], len(told["persons"])) == (False, 5)
    assert await added(http) == [one["id"] for one in made["persons"]]
    homonym = next(one for one in made["persons"] if one["sort"] == "homonyms")
    query = {"family": homonym["birthName"], "birthdate": homonym["birthDate"]}
    assert (await http.get("/w/essai/fhir/Patient", params=query)).json()["total"] == 2


async def test_when_no_number_is_left_it_is_said(http: httpx.AsyncClient) -> None:
    answer = await http.post(f"{API}/generate", json={"count": 10_000, "sorts": ["century"], "keep": False})
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "identities.numbers")


async def test_one_person_in_every_shape(http: httpx.AsyncClient) -> None:
    shapes = {
        shape: await http.get(f"{API}/insi-pat-trois", params={"format": shape})
        for shape in ("json", "fhir", "csv", "hl7v2", "cda")
    }
    assert {shape: one.status_code for shape, one in shapes.items()} == dict.fromkeys(shapes, 200)
    assert shapes["json"].json()["birthName"] == "PAT-TROIS"
    assert shapes["fhir"].headers["content-type"] == "application/fhir+json"
    assert "279035121518989^^^ASIP-SANTE-INS-NIR&1.2.250.1.213.1.4.10&ISO^INS" in shapes["hl7v2"].text
    assert '<id root="1.2.250.1.213.1.4.10" extension="279035121518989"/>' in shapes["cda"].text
    gone = await http.get(f"{API}/nobody")
    assert (gone.status_code, gone.json()["error"]["code"]) == (404, "not-found")


async def test_the_datamatrix_is_drawn_read_and_refused(http: httpx.AsyncClient) -> None:
    url = f"{API}/insi-pat-trois/datamatrix"
    png, svg = await http.get(url), await http.get(url, params={"format": "svg", "scale": 10, "label": False})
    text = (await http.get(url, params={"format": "payload"})).text
    (found,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(png.content)), text_mode=zxingcpp.TextMode.Plain)
    assert found.text == text
    assert (png.headers["content-type"], svg.headers["content-type"]) == ("image/png", "image/svg+xml")

    read = (await http.post(f"{API}/datamatrix/read", json={"payload": text})).json()
    assert (read["valid"], read["personId"], read["fields"]["birthDate"]) == (True, "insi-pat-trois", "28-03-1979")
    wrong = (
        await http.post(f"{API}/datamatrix/read", json={"payload": text.replace("28-03-1979", "1979-03-28")})
    ).json()
    assert (wrong["valid"], wrong["findings"][-1]["rule"]) == (False, "datamatrix.date")
    assert wrong["findings"][-1]["remedy"]

    scanned = (await http.post(f"{API}/datamatrix/scan", content=png.content)).json()
    assert (scanned["payload"], scanned["personId"]) == (text, "insi-pat-trois")
    blank = await http.post(f"{API}/datamatrix/scan", content=b"no image")
    assert (blank.status_code, blank.json()["error"]["code"]) == (422, "image.unreadable")
    refused = await http.get(f"{API}/insi-houilles/datamatrix")
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "datamatrix.not-qualified")
