"""One file for CI from the journals of all workspaces."""

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

RULE = "dmp.duplicate.registered"


@pytest.mark.parametrize("workers", ["0", pytest.param("2", marks=pytest.mark.slow)])
def test_every_test_is_in_it(suite: pytest.Pytester, workers: str) -> None:
    suite.makepyfile(
        "from software import *\n@pytest.mark.parametrize('n', range(6))\n"
        "def test_it(socles, dmp, n):\n    twice(socles)\n    dmp.expect_refused()\n    dmp.expect_deposit()\n"
    )

    result = suite.runpytest("-n", workers, "--socles-report=out/socles.sarif")

    result.assert_outcomes(passed=6)
    result.stdout.fnmatch_lines(["Socles : *out/socles.sarif (6 *"])
    run = json.loads(Path("out/socles.sarif").read_text())["runs"][0]
    tests = {f"test_every_test_is_in_it.py::test_it[{number}]" for number in range(6)}
    assert {one["properties"]["test"] for one in run["results"]} == tests
    assert {one["ruleId"] for one in run["results"]} == {RULE}


def test_as_junit(suite: pytest.Pytester) -> None:
    suite.makepyfile("from software import *\ndef test_it(socles, dmp):\n    twice(socles)\n    dmp.expect_refused()\n")

    suite.runpytest("--socles-report=socles.xml").assert_outcomes(passed=1)

    whole = ElementTree.parse("socles.xml").getroot()
    assert [suite.get("name") for suite in whole] == ["test_as_junit.py::test_it"]
    assert len(whole.findall(".//failure")) == 1
