"""Where a magic value may stand, and what makes it an ordinary value again."""

import httpx
import pytest

from support import fault_calls
from support.fault_calls import Letter
from support.fault_cases import DEPOSIT, SEARCH, Caller, sound


def test_the_title_of_a_stored_document_breaks_its_retrieval_only(caller: Caller) -> None:
    unique_id = "1.2.250.1.999.6.1"
    stored = fault_calls.put(caller.sandbox.url, unique_id, entry_title="[socles:dmp.mtom-empty-document] Lettre")
    assert sound(DEPOSIT, stored), stored.text
    broken = fault_calls.get(caller.sandbox.url, unique_id=unique_id)
    assert b"vide%40socles" in broken.body
    assert sound("iti43", fault_calls.get(caller.sandbox.url))


@pytest.mark.parametrize(
    ("fault", "end"),
    [("any.overload", "451 4.3.2 "), ("any.cut-after-commit", "354 "), ("mss.transaction-failed", "554 5.0.0 ")],
)
def test_a_subject_asks_at_the_end_of_the_message(caller: Caller, fault: str, end: str) -> None:
    seen = Letter(caller.sender, caller.receiver, subject=f"Bonjour [socles:{fault}]").send(caller.sandbox.smtp)
    assert seen.replies[-1][1].startswith(end)
    assert seen.dropped is end.startswith("354")


def test_a_workspace_may_do_without(caller: Caller) -> None:
    made = {"name": "sans-magie", "options": {"faults.magic": "off"}}
    caller.http.post("/_sandbox/workspaces", json=made).raise_for_status()
    url = f"{caller.sandbox.url}/w/sans-magie"
    seen = fault_calls.search(url, "PANNE", "INSI-OUTAGE")
    assert (seen.status, "<CodeCR>01</CodeCR>" in seen.text) == (200, True), "a name like any other"
    assert sound(DEPOSIT, fault_calls.put(url, "1.2.250.1.999.6.2", "[socles:dmp.repository-busy]"))


def test_an_id_that_nobody_knows_is_told_and_does_nothing(caller: Caller) -> None:
    seen = fault_calls.put(caller.sandbox.url, "1.2.250.1.999.6.3", "[socles:dmp.repositry-busy]")
    assert sound(DEPOSIT, seen)
    [finding] = [one for one in caller.ask(seen.exchange)["findings"] if one["rule"] == "fault.unknown-magic"]
    assert finding["found"] == "dmp.repositry-busy"
    assert "dmp.repository-busy" in finding["expected"]
    other = fault_calls.put(caller.sandbox.url, "1.2.250.1.999.6.4", "[socles:mss.box-full] [socles:paris.pluie]")
    assert sound(DEPOSIT, other)
    rules = [one["rule"] for one in caller.ask(other.exchange)["findings"]]
    assert "fault.unknown-magic" not in rules, "another service's, or nobody's"
    assert sound(SEARCH, fault_calls.search(caller.sandbox.url))


def test_a_token_refused_once_by_rule_is_taken_the_second_time(caller: Caller) -> None:
    caller.inject(fault="mss.token-refused", id="once", times=1)
    letter = Letter(caller.sender, caller.receiver)
    first, second = letter.send(caller.sandbox.smtp), letter.send(caller.sandbox.smtp)
    assert first.dropped
    assert first.replies[-1][1].startswith("334 ")
    assert sound("DATA", second)


def test_greylisting_lets_the_second_attempt_pass(caller: Caller) -> None:
    caller.inject(fault="mss.greylisted", id="grey", times=1, match={"to": caller.receiver})
    letter = Letter(caller.sender, caller.receiver)
    assert letter.send(caller.sandbox.smtp).replies[-1][1].startswith("450 4.7.1")
    assert sound("DATA", letter.send(caller.sandbox.smtp))


def test_httpx_sees_what_raw_sockets_see(caller: Caller) -> None:
    """A usual client, for once: the status and the code of a refusal, a broken answer as an error."""
    raw = fault_calls.message(fault_calls.body("PANNE", ["INSI-OUTAGE"], "F", "1975-12-31"))
    answer = caller.http.post("/lps", content=raw, headers={"content-type": fault_calls.CONTENT_TYPE})
    assert (answer.status_code, 'code="insi_111"' in answer.text) == (500, True)
    raw = fault_calls.message(fault_calls.body("PANNE", ["ANY-CUT-ANSWER"], "F", "1975-12-31"))
    with pytest.raises(httpx.RemoteProtocolError):
        caller.http.post("/lps", content=raw, headers={"content-type": fault_calls.CONTENT_TYPE})
