"""``/fhir`` and numbers that may be real persons' (D11): refused and not kept, wherever a request has them."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from socle.identifiers.ins import OID_NIR, OID_TEST, make_ins
from support.fhir_served import exchange, fhir_served

REAL = make_ins(sex="F", year=1980, month=2, place="63220", order=123, oid=OID_NIR)
ASKED: list[tuple[str, str, dict[str, Any]]] = [
    ("GET", "/Patient", {"params": {"identifier": REAL.value}}),
    ("GET", "/Patient", {"params": {"identifier": f"urn:oid:{REAL.oid}|{REAL.matricule}"}}),
    ("GET", "/Patient", {"params": {"identifier": f"x|,{REAL.matricule} {REAL.key}"}}),
    ("GET", "/Patient", {"params": [("identifier", REAL.value), ("identifier", "x|1")]}),
    ("GET", "/Patient", {"params": {"identifier:exact": REAL.value}}),
    ("GET", "/Patient", {"params": {"identifier": REAL.value}, "headers": {"accept": "application/fhir+xml"}}),
    ("GET", f"/Patient/{REAL.value}", {}),
    ("GET", "/Observation", {"params": {"patient.identifier": REAL.value, "a": "\0"}}),
    ("POST", "/Patient/_search", {"data": {"identifier": REAL.value, "a": "\0"}}),
]


@pytest.fixture
async def http(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    async with fhir_served(tmp_path) as client:
        yield client


@pytest.mark.parametrize("fault", [False, True])
async def test_a_number_that_may_be_real_is_not_kept(http: httpx.AsyncClient, *, fault: bool) -> None:
    if fault:
        await http.post("/_sandbox/faults", json={"service": "ins_sim", "effect": "refuse", "code": "http-502"})
    for method, path, asked in ASKED:
        answer = await http.request(method, f"/fhir{path}", **asked)
        journalled = await exchange(http, answer)
        assert REAL.matricule not in answer.text
        assert REAL.matricule not in str(journalled), asked
        if method == "GET" or not fault:  # else the body was never read
            assert (answer.status_code, journalled["redacted"]) == (403, True), asked


async def test_a_test_number_that_nobody_has_may_be_asked_for(http: httpx.AsyncClient) -> None:
    answer = await http.get("/fhir/Patient", params={"identifier": f"urn:oid:{OID_TEST}|{REAL.value}"})
    assert (answer.status_code, answer.json()["total"]) == (200, 0)
