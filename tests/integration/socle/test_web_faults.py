"""``/_sandbox/faults``: the catalogue, rules from it, profiles, files, and what is refused."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from socle.control.fault_checks import check_rule
from socle.control.port import FaultEffect, FaultPoint
from socle.faults.catalogue import CATALOGUE, CatalogueEntry
from socle.faults.profiles import PROFILES
from socle.ground import Ground
from socle.rules import Certainty
from support import toy_served

API = "/_sandbox/faults"
TWICE = CatalogueEntry(
    "toy.twice",
    FaultEffect.REFUSE,
    "Deux opérations",
    "Two operations",
    "HTTP 500",
    "Attendre.",
    "Wait.",
    "ours",
    Certainty.OURS,
    service="toy_sim",
    operations=("one", "two"),
    point=FaultPoint.BEFORE_COMMIT,
    code="X",
    latency_ms=3,
)


@pytest.fixture
async def ground(tmp_path: Path) -> AsyncIterator[Ground]:
    async with toy_served.ground(tmp_path) as made:
        yield made


@pytest.fixture
async def http(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[httpx.AsyncClient]:
    monkeypatch.setitem(CATALOGUE._entries, TWICE.id, TWICE)
    async with toy_served.client(ground) as made:
        yield made


async def refused(http: httpx.AsyncClient, body: dict[str, Any], status: int, code: str) -> dict[str, Any]:
    answer = await http.post(API, json=body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code), answer.text
    assert (await http.get(API)).json() == []
    error: dict[str, Any] = answer.json()["error"]
    return error


async def test_the_catalogue_is_shown_and_filtered(http: httpx.AsyncClient) -> None:
    everything = {entry["id"]: entry for entry in (await http.get(f"{API}/catalogue")).json()}
    assert list(everything) == sorted(everything)
    shown = everything["toy.twice"]
    assert (
        shown.items()
        >= {
            "service": "toy_sim",
            "operations": ["one", "two"],
            "effect": "refuse",
            "point": "before-commit",
            "titleFr": "Deux opérations",
            "clientEn": "Wait.",
            "certainty": "ours",
            "magic": None,
            "latencyMs": 3,
        }.items()
    )
    mine = {entry["id"] for entry in (await http.get(f"{API}/catalogue", params={"service": "toy_sim"})).json()}
    assert mine == {"toy.twice"} | {one for one in everything if one.startswith("any.")}


async def test_a_rule_of_the_catalogue_takes_what_is_said_besides(http: httpx.AsyncClient) -> None:
    made = (await http.post(API, json={"fault": "toy.twice", "times": 1, "latencyMs": 5})).json()
    assert (
        made.items()
        >= {
            "catalogue": "toy.twice",
            "service": "toy_sim",
            "operation": "one,two",
            "point": "before-commit",
            "code": "X",
            "times": 1,
            "latencyMs": 5,
        }.items()
    )
    assert made["id"].startswith("toy.twice.")
    again = (await http.post(API, json={"fault": "toy.twice", "operation": "two", "point": "received"})).json()
    assert (again["operation"], again["point"]) == ("two", "received")
    assert [rule["id"] for rule in (await http.get(API)).json()] == [made["id"], again["id"]]
    named = (await http.post(API, json={"fault": "toy.twice", "id": "mine"})).json()
    assert (named["id"], named["reason"]) == ("mine", "")


async def test_unknown_names_are_told_with_their_neighbours(http: httpx.AsyncClient) -> None:
    error = await refused(http, {"fault": "toy.twise"}, 404, "fault.unknown")
    assert error["near"][0] == "toy.twice"
    assert "toy.twice" in error["messageFr"]
    assert "overload" in (await refused(http, {"fault": "overload"}, 404, "fault.unknown"))["messageFr"]
    answer = await http.post(f"{API}/profile", json={"profile": "slow-munday"})
    assert (answer.status_code, answer.json()["error"]["near"][0]) == (404, "slow-monday")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "fault.nonsense"),
        ({"fault": "toy.twice", "effect": "cut"}, "fault.nonsense"),
        ({"effect": "drip"}, "fault.nonsense"),
        ({"effect": "cut-answer", "share": 1.5}, "fault.nonsense"),
        ({"effect": "stale", "seconds": 5, "service": "dmp_sim", "operation": "iti41"}, "fault.nonsense"),
        ({"effect": "truncate", "seconds": -1}, "fault.nonsense"),
        ({"fault": "toy.twice", "share": 0.5}, "fault.nonsense"),
        ({"effect": "explode"}, "request.invalid"),
        ({"effect": "cut", "nth": 0}, "request.invalid"),
        ({"effect": "cut", "id": "a/b"}, "request.invalid"),
        ({"effect": "cut", "probablity": 0.5}, "request.invalid"),
    ],
)
async def test_nonsense_changes_nothing(http: httpx.AsyncClient, body: dict[str, Any], code: str) -> None:
    error = await refused(http, body, 422, code)
    assert error["message"] != error["messageFr"]


async def test_effects_that_are_decided_at_one_point_stand_there(http: httpx.AsyncClient) -> None:
    late = (await http.post(API, json={"effect": "delay-event", "seconds": 2})).json()
    stale = {"effect": "stale", "seconds": 60, "service": "dmp_sim", "operation": "iti18"}
    assert (late["point"], (await http.post(API, json=stale)).json()["point"]) == ("before-commit", "received")


async def test_a_profile_is_a_set_of_rules(http: httpx.AsyncClient) -> None:
    assert [one["id"] for one in (await http.get(f"{API}/profiles")).json()] == list(PROFILES)
    for _ in range(2):
        answer = await http.post(f"{API}/profile", json={"profile": "slow-monday"})
        assert answer.status_code == 201
    rules = (await http.get(API)).json()
    assert [rule["id"] for rule in rules] == [f"slow-monday.{n}" for n in range(1, len(rules) + 1)]
    assert {rule["catalogue"] for rule in rules} == {"slow-monday"}
    assert all(rule["latencyP99Ms"] > rule["latencyMs"] > 0 for rule in rules)


@pytest.mark.parametrize("profile", PROFILES.values(), ids=list(PROFILES))
def test_profiles_make_sense(profile: Any) -> None:
    for rule in profile.rules_for("default"):
        check_rule(rule)
    # what always happens would hide what stands behind it
    last: dict[tuple[object, object], float | None] = {}
    for rule in profile.rules:
        place = (rule.operation, rule.point)
        assert last.get(place, 0.5) is not None
        last[place] = rule.probability


YAML = """
rules:
  - fault: toy.twice   # the third call
    nth: 3
    times: 1
  - id: slow
    effect: latency
    latencyMs: 20
    match: {path: "*/lps"}
"""


async def put(http: httpx.AsyncClient, content: str | bytes, kind: str = "application/yaml") -> httpx.Response:
    return await http.put(API, content=content, headers={"Content-Type": kind})


async def test_a_file_replaces_all_rules(http: httpx.AsyncClient) -> None:
    await http.post(API, json={"id": "old", "effect": "cut"})
    for kind in ("application/yaml", "text/yaml; charset=utf-8"):
        made = await put(http, YAML, kind)
        assert made.status_code == 200, made.text
        assert made.json() == (await http.get(API)).json()
        assert [(rule["catalogue"], rule["nth"], rule["latencyMs"]) for rule in made.json()] == [
            ("toy.twice", 3, 3),
            (None, 1, 20),
        ]
    answer = await http.put(API, json={"rules": [{"effect": "cut", "id": "one"}]})
    assert [rule["id"] for rule in answer.json()] == ["one"]
    assert (await http.put(API, json={"rules": []})).json() == []


@pytest.mark.parametrize(
    ("content", "kind", "status", "code"),
    [
        ("rules: [", "application/yaml", 422, "file.invalid"),
        ("rules: &a [*a]", "application/yaml", 422, "file.invalid"),
        ("rules: !!python/object/apply:os.getcwd []", "application/yaml", 422, "file.invalid"),
        ("[" * 5000, "application/yaml", 422, "file.invalid"),
        ("[" * 100_000, "application/json", 422, "file.invalid"),
        ("{", "application/json", 422, "file.invalid"),
        (b"\xff\xfe", "application/json", 422, "file.invalid"),
        ("rule: []", "application/yaml", 422, "file.invalid"),
        ("", "application/yaml", 422, "file.invalid"),
        ("rules: [{effect: cut}, {effect: drip}]", "application/yaml", 422, "fault.nonsense"),
        ("rules: [{effect: cut, id: a}, {effect: cut, id: a}]", "application/yaml", 422, "fault.nonsense"),
        ("rules: [{effect: cut}, {fault: toy.twic}]", "application/yaml", 404, "fault.unknown"),
        ("<rules/>", "application/xml", 415, "file.kind"),
        (b" " * 1_100_000, "application/json", 413, "file.size"),
    ],
)
async def test_a_bad_file_changes_nothing(
    http: httpx.AsyncClient, content: str | bytes, kind: str, status: int, code: str
) -> None:
    await http.post(API, json={"id": "old", "effect": "cut"})
    answer = await put(http, content, kind)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code), answer.text
    assert [rule["id"] for rule in (await http.get(API)).json()] == ["old"]
