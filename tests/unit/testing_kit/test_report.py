"""Many journals, one file."""

import json
from xml.etree import ElementTree

from socles.testing.report import merged_junit, merged_sarif


def sarif(rule: str, index: int) -> str:
    """What one workspace tells."""
    driver = {"name": "Socles", "rules": [{"id": "common"}, {"id": rule}]}
    result = {"ruleId": rule, "ruleIndex": index, "message": {"text": "…"}}
    return json.dumps({"version": "2.1.0", "runs": [{"tool": {"driver": driver}, "results": [result]}]})


def test_sarif_has_one_run_with_every_rule_once() -> None:
    whole = json.loads(merged_sarif([("test_a", sarif("dmp.x", 1)), ("test_b", sarif("mss.y", 1))]))

    assert len(whole["runs"]) == 1
    run = whole["runs"][0]
    assert run["automationDetails"] == {"id": "socles/pytest/"}
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == ["common", "dmp.x", "mss.y"]
    assert [(one["ruleId"], one["properties"]["test"]) for one in run["results"]] == [
        ("dmp.x", "test_a"),
        ("mss.y", "test_b"),
    ]
    assert all("ruleIndex" not in one for one in run["results"])


def test_junit_has_a_suite_for_each_test() -> None:
    part = '<testsuites><testsuite name="t-1"><testcase name="iti41"/></testsuite></testsuites>'

    whole = ElementTree.fromstring(merged_junit([("test_a", part), ("test_b", part)]))

    assert [suite.get("name") for suite in whole] == ["test_a", "test_b"]
    assert len(whole.findall(".//testcase")) == 2


def test_no_test_used_the_sandbox() -> None:
    assert json.loads(merged_sarif([]))["runs"] == []
    assert len(ElementTree.fromstring(merged_junit([]))) == 0
