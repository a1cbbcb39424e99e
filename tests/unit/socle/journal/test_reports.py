"""JUnit and SARIF: what a CI server reads of a journal."""

import json
import re
from typing import Any

import pytest
from lxml import etree

from socle.exchange import Exchange, Outcome, RealAnswer, RealVerdict
from socle.journal.entry import COLUMNS, CONTENT, row, verdict
from socle.journal.reports import junit, sarif
from socle.rules import Certainty, Official, Rule, Severity
from support.journal_suite import BROKEN, WARNED, act

LINKS = "http://127.0.0.1:8080/_sandbox/exchanges/"


def told(one: Exchange) -> dict[str, Any]:
    flat = row(one, 1000)
    return verdict(dict(zip(COLUMNS + CONTENT, flat.columns + flat.content, strict=True)))


@pytest.fixture
def acts() -> list[Exchange]:
    """Newest first: an error with a line, a warning, the sandbox's own failure, and one that is right."""
    made = [act(number, subject=f"s{number}") for number in range(3, -1, -1)]
    made[0].findings = [
        BROKEN.finding(where='/a[@id="é<&"]', expected="x\x00", found="y", line=7, part="doc1"),
        WARNED.finding(),
    ]
    made[0].outcome = Outcome.REFUSED
    made[1].findings = [WARNED.finding(where="Subject", found="z")]
    made[2].outcome, made[2].fault = Outcome.ERROR, "busy"
    return made


@pytest.mark.parametrize(("fail_on", "failed"), [(Severity.ERROR, ["s3"]), (Severity.WARNING, ["s2", "s3"])])
def test_junit_has_a_case_for_each_exchange_and_fails_the_grave(
    acts: list[Exchange], fail_on: Severity, failed: list[str]
) -> None:
    data = junit(map(told, acts), workspace='a"b', links=LINKS, fail_on=fail_on)
    root = etree.fromstring(data)
    (suite,) = root
    cases = suite.findall("testcase")
    assert [case.get("name").rpartition(" ")[2] for case in cases] == ["s0", "s1", "s2", "s3"]
    assert [case.get("name").rpartition(" ")[2] for case in cases if case.find("failure") is not None] == failed
    for element in (root, suite):
        assert (element.get("tests"), element.get("failures"), element.get("errors")) == ("4", str(len(failed)), "1")
        assert float(element.get("time")) >= 0
    assert suite.get("name") == 'socles.a"b'
    assert {case.get("classname") for case in cases} == {"dmp_sim.ITI-41"}
    failure = cases[3].find("failure")
    assert failure.get("type") == "dmp.test"
    for piece in ('/a[@id="é<&"]', "ligne/line 7", "doc1", "x\ufffd", "reçu/found: y", "mend it", "a source", LINKS):
        assert piece in failure.text
    assert cases[1].find("error") is not None
    about = {one.get("name"): one.get("value") for one in cases[1].iter("property")}
    assert about == {"exchange": LINKS + acts[2].id, "outcome": "error", "status": "200", "fault": "busy"}


def test_junit_tells_what_the_national_service_would_have_done(acts: list[Exchange]) -> None:
    acts[0].official = RealAnswer(RealVerdict.REFUSED, "Refusé.", "Refused.", "desir_550")
    refusing = Rule("insi.test", "Titre", "Title", "x", Certainty.OURS, "y", official=Official.REFUSES)
    acts[0].findings = [refusing.finding()]
    root = etree.fromstring(junit(map(told, acts), workspace="default", links=LINKS, fail_on=Severity.ERROR))
    case = root.findall(".//testcase")[-1]
    assert {one.get("name"): one.get("value") for one in case.iter("property")}["official"] == "Refusé."
    assert "service réel/national service: refuse/refuses" in case.findtext("failure")


def test_an_empty_journal_is_a_report_too() -> None:
    root = etree.fromstring(junit([], workspace="default", links=LINKS, fail_on=Severity.ERROR))
    assert root.get("tests") == "0"
    assert json.loads(sarif([], workspace="default", links=LINKS, version="1"))["runs"][0]["results"] == []


def test_sarif_follows_the_structure_of_its_schema(acts: list[Exchange]) -> None:
    """What the public schema of SARIF 2.1.0 requires of the objects used here, checked by hand."""
    log = json.loads(sarif(map(told, acts), workspace="default", links=LINKS, version="0.3"))
    assert set(log) == {"$schema", "version", "runs"}
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    assert run["columnKind"] in {"utf16CodeUnits", "unicodeCodePoints"}
    driver = run["tool"]["driver"]
    assert driver["name"]
    rules = driver["rules"]
    assert [rule["id"] for rule in rules] == ["dmp.test", "mss.test"]
    assert len({rule["id"] for rule in rules}) == len(rules)
    for rule in rules:
        assert {"Titre", "Title"} <= set(re.findall(r"\w+", rule["shortDescription"]["text"]))
        assert rule["help"]["text"]
        assert rule["help"]["markdown"]
        assert rule["defaultConfiguration"]["level"] in {"none", "note", "warning", "error"}
    assert [(result["ruleId"], result["level"]) for result in run["results"]] == [
        ("dmp.test", "error"),
        ("mss.test", "warning"),
        ("mss.test", "warning"),
    ]
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["message"]["text"]
        (location,) = result["locations"]
        assert location["physicalLocation"]["artifactLocation"]["uri"].startswith(LINKS)
        assert location["logicalLocations"][0]["fullyQualifiedName"].startswith("dmp_sim/ITI-41/")
        assert all(isinstance(value, str) for value in result["partialFingerprints"].values())
    first, second, third = run["results"]
    assert first["locations"][0]["physicalLocation"]["region"] == {"startLine": 7}
    assert first["locations"][0]["logicalLocations"][0]["name"] == "doc1"
    assert "region" not in second["locations"][0]["physicalLocation"]
    assert second["partialFingerprints"] != third["partialFingerprints"]
