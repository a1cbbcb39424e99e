"""The conformity cases on a sandbox that serves: a good software passes them, a bad one fails each its own way."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import count

import httpx
import pytest
from lxml import etree

from support import insi
from support.homologation_editors import REASONS, REPORT, Bad, Editor, Good
from support.sandbox_thread import RunningSandbox, sandbox_in_thread

HOSTILE = "</pre><script>alert(1)</script>"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSandbox]:
    with sandbox_in_thread(tmp_path_factory.mktemp("homologation")) as running:
        yield running


_SPACES = count(1)


@pytest.fixture
def space(served: RunningSandbox) -> Callable[..., str]:
    """Makes a workspace; gives the address of it."""

    def make(**options: str) -> str:
        name = f"essai-{next(_SPACES)}"
        made = {"name": name, "options": options}
        httpx.post(f"{served.url}/_sandbox/workspaces", json=made, trust_env=False).raise_for_status()
        return f"{served.url}/w/{name}"

    return make


def played(editor: Good | Bad) -> dict[str, dict[str, object]]:
    """Each case played from what the report says to type; the report afterwards, by case."""
    for case in editor.report()["cases"]:
        editor.play(case)
    return {case["id"]: case for case in editor.report()["cases"]}


def test_a_good_software_passes_every_case(space: Callable[..., str]) -> None:
    good = Good(space())
    empty = good.report()
    assert empty["counts"] == {"passed": 0, "failed": 0, "not-played": 16, "manual": 0}
    cases = played(good)
    by_hand = {"1.03": "manual", "1.10": "manual"}
    assert {name: case["verdict"] for name, case in cases.items()} == dict.fromkeys(cases, "passed") | by_hand
    report = good.report()
    assert report["passed"] is True
    assert report["software"]["key"] == "GE000000000/essai"
    loop = cases["2.07-1"]["attempts"][0]  # type: ignore[index]
    assert [call["sent"]["givenNames"] for call in loop["calls"]] == ["OLA", "CATARINA"]
    nia = cases["2.05"]["attempts"][0]["calls"][0]  # type: ignore[index]
    assert nia["answered"]["oid"] == "1.2.250.1.213.1.4.9"
    assert httpx.get(nia["link"], trust_env=False).json()["code"] == "00"


def test_a_bad_software_fails_each_case_for_its_own_reason(space: Callable[..., str]) -> None:
    cases = played(Bad(space()))
    assert {name: case["verdict"] for name, case in cases.items()} == dict.fromkeys(cases, "failed")
    for name, expected in REASONS.items():
        (counted,) = [one for one in cases[name]["attempts"] if one["counts"]]  # type: ignore[attr-defined]
        assert counted["reasons"][0]["fr"].startswith(expected), name


def test_verified_assertions_that_are_refused_fail_the_case(space: Callable[..., str]) -> None:
    editor = Good(space(assertions="strict"))
    editor.search("PROVISOIRE", ["MATRICULE"], "M", "2009-07-01")
    (case,) = editor.report(case="2.05")["cases"]
    assert case["verdict"] == "failed"
    assert case["attempts"][0]["calls"][0]["code"] == "siram_100/desir_560"


def test_a_workspace_that_answers_like_the_qualification_server_proves_nothing(space: Callable[..., str]) -> None:
    editor = Good(space(**{"insi.unknown": "insi_102"}))
    editor.search("TCHITCHI", ["OLA"], "F", "1936-06-21")
    (case,) = editor.report(case="2.07-1")["cases"]
    assert (case["verdict"], case["attempts"][0]["state"]) == ("not-played", "aside")
    assert "insi.unknown" in case["attempts"][0]["reasons"][0]["fr"]


def test_a_provoked_fault_is_set_aside(space: Callable[..., str]) -> None:
    editor = Good(space())
    rule = {"effect": "refuse", "code": "insi_102", "service": "ins_sim", "times": 1, "id": "outage"}
    httpx.post(f"{editor.url}/_sandbox/faults", json=rule, trust_env=False).raise_for_status()
    editor.search("TCHITCHI", ["OLA"], "F", "1936-06-21")
    editor.search("TCHITCHI", ["OLA"], "F", "1936-06-21")
    editor.search("TCHITCHI", ["CATARINA"], "F", "1936-06-21")
    (case,) = editor.report(case="2.07-1")["cases"]
    assert case["verdict"] == "passed"
    aside = [one for one in case["attempts"] if one["state"] == "aside"]
    assert [call["fault"] for one in aside for call in one["calls"]] == ["outage"]


def test_filters_choose_the_calls(space: Callable[..., str], served: RunningSandbox) -> None:
    url = space()
    finess = served.get("/_sandbox/population/establishments")[0]["finessEg"]
    mine, other = Editor(url), Editor(url, name="autre", idam="GE111111111")
    mine.search("PROVISOIRE", ["MATRICULE"], "M", "2009-07-01", emetteur=f"1{finess}")
    between = datetime.now(UTC).isoformat()
    mine.search("PROVISOIRE", ["MATRICULE"], "I", "2009-07-01")
    other.search("CORSE", ["ANTHONY"], "M", "1980-03-02")
    assert mine.report()["software"]["name"] == "autre"
    assert [one["key"] for one in mine.report()["seen"]] == ["GE111111111/autre", "GE000000000/essai"]
    assert mine.verdicts(case="2.05") == {"2.05": "not-played"}
    assert mine.verdicts(case="2.05", software="essai") == {"2.05": "failed"}
    assert mine.verdicts(case="2.05", software="essai", until=between) == {"2.05": "passed"}
    assert mine.verdicts(case="2.05", software="GE000000000", finess=finess) == {"2.05": "passed"}
    assert mine.verdicts(case="2.05", software="essai", since=datetime.now(UTC).isoformat()) == {"2.05": "not-played"}
    assert mine.report(software="personne")["software"] is None


def test_what_cannot_be_read_back_is_counted(space: Callable[..., str]) -> None:
    editor = Editor(space())
    httpx.post(f"{editor.url}/lps", content=b"<nothing", headers={"Content-Type": insi.CONTENT_TYPE}, trust_env=False)
    assert editor.report()["unread"] == 1


def test_an_unknown_case_is_refused_with_the_list(space: Callable[..., str]) -> None:
    answer = httpx.get(space() + REPORT, params={"case": "9"}, trust_env=False)
    assert answer.status_code == 404
    assert "2.07-1" in answer.json()["error"]["messageFr"]


def test_a_reset_begins_anew(space: Callable[..., str]) -> None:
    editor = Editor(space())
    editor.search("PROVISOIRE", ["MATRICULE"], "M", "2009-07-01")
    httpx.post(f"{editor.url}/_sandbox/reset", trust_env=False).raise_for_status()
    assert editor.report()["counts"]["not-played"] == 16


def test_the_page_holds_its_evidence_and_runs_nothing(space: Callable[..., str]) -> None:
    editor = Bad(space(), name=HOSTILE.replace("<", "&lt;"))
    played(editor)
    editor.search(HOSTILE, ["COEUR"], "M", "1987-01-25")
    for asked, headers in (({"format": "html"}, {}), ({}, {"Accept": "text/html,*/*"})):
        answer = httpx.get(editor.url + REPORT, params=asked, headers=headers, trust_env=False)
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
        assert "default-src 'none'" in answer.headers["content-security-policy"]
    page = answer.text
    assert "<script" not in page
    assert re.findall(r'(?:src|href)="(?!#|http://127\.0\.0\.1)', page) == []
    assert "&lt;script&gt;alert(1)" in page
    cases = editor.report()["cases"]
    assert [case["id"] for case in cases if f'id="c-{case["id"]}"' not in page] == []
    attempts = [attempt for case in cases for attempt in case["attempts"]]
    counted = {call["id"] for one in attempts if one["counts"] for call in one["calls"]}
    assert set(re.findall('id="m-([0-9a-f-]+)"', page)) == counted
    assert "RECSANSVITALE" in page
    assert "RESULTAT" in page


def test_the_junit_file_has_a_testcase_for_each_case(space: Callable[..., str]) -> None:
    """What the common schema of JUnit files asks of the elements used here, checked by hand."""
    editor = Bad(space())
    for case in editor.report()["cases"]:
        if case["id"].startswith("2.0") and case["id"] not in ("2.04-1", "2.04-2", "2.05"):
            editor.play(case)
    Good(editor.url).play(editor.report(case="2.05")["cases"][0])
    answer = httpx.get(editor.url + REPORT, params={"format": "junit"}, trust_env=False)
    assert answer.headers["content-type"] == "application/xml"
    root = etree.fromstring(answer.content)
    (suite,) = root
    cases = suite.findall("testcase")
    told = {one.get("name").partition(" ")[0] + one.get("name")[4:10]: one for one in cases}
    assert len(told) == len(cases) == 16
    failed = [one for one in cases if one.find("failure") is not None]
    skipped = [one for one in cases if one.find("skipped") is not None]
    assert (len(failed), len(skipped)) == (9, 6)
    for element in (root, suite):
        found = [element.get(name) for name in ("tests", "failures", "errors", "skipped")]
        assert found == ["16", "9", "0", "6"]
        assert float(element.get("time")) > 0
    for one in failed:
        failure = one.find("failure")
        assert failure.get("message")
        assert "/_sandbox/exchanges/" in failure.text
    (passed,) = [one for one in cases if one not in failed and one not in skipped]
    assert passed.get("name") == "2.05 Numéro d'attente (NIA)"
    assert [one.get("name") for one in passed.iter("property")] == ["verdict", "certainty", "source", "exchange"]
