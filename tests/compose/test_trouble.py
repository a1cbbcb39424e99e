"""What happens when a part of the running stack goes away, comes back, or everything is started again."""

import smtplib
from functools import partial

import httpx
import pytest

from support.compose import OURS, ROOT, Stack, docker, until

pytestmark = [pytest.mark.compose, pytest.mark.slow, pytest.mark.timeout(240)]
SOAP = {"Content-Type": "application/soap+xml"}
INSI = ROOT / "docs" / "examples" / "iti41-curl" / "insi-request.xml"


@pytest.mark.parametrize("dependency", ["postgres", "kafka"])
def test_health_follows_a_dependency_that_goes_and_comes_back(stack: Stack, dependency: str) -> None:
    stack.compose("stop", "--timeout", "10", dependency)
    try:
        for service in OURS:
            until(f"{service} is unhealthy", partial(stack.is_, service, "unhealthy"), 90)
        answer = httpx.post(f"{stack.url}/lps", content=b"<nonsense/>", headers=SOAP, timeout=40)
        assert "<html" not in answer.text.lower()
    finally:
        stack.compose("start", dependency)
    for service in OURS:
        until(f"{service} is well again", partial(stack.is_, service, "healthy"), 90)


def test_while_a_service_is_away_the_edge_says_so_in_its_protocol(stack: Stack) -> None:
    stack.compose("stop", "ins_sim", "mss_sim", "metrics")
    try:
        soap = httpx.post(f"{stack.url}/lps", content=b"<x/>", headers=SOAP, timeout=20)
        older = httpx.post(f"{stack.url}/w/x/lps", content=b"<x/>", headers={"Content-Type": "text/xml"}, timeout=20)
        page = httpx.get(f"{stack.url}/", timeout=20)
        with pytest.raises(smtplib.SMTPConnectError, match="421") as refused:
            smtplib.SMTP("127.0.0.1", stack.smtp_port, timeout=20)
        there = httpx.post(f"{stack.url}/si-dmp-server/v2/services/registry", content=b"<x/>", headers=SOAP, timeout=20)
    finally:
        stack.up("--no-recreate")

    assert (soap.status_code, soap.headers["content-type"]) == (503, "application/soap+xml; charset=utf-8")
    assert "soap:Receiver" in soap.text
    assert (older.status_code, older.headers["content-type"]) == (503, "text/xml; charset=utf-8")
    assert (page.status_code, page.json()["error"]["code"]) == (503, "service.away")
    assert page.headers["retry-after"]
    assert refused.value.smtp_code == 421
    assert "x-socles-exchange" in there.headers
    until("the edge has found them again", lambda: httpx.get(f"{stack.url}/").status_code == 200)
    until("mail too", lambda: smtplib.SMTP("127.0.0.1", stack.smtp_port, timeout=5).quit()[0] == 221)


def test_a_connection_that_a_service_breaks_off_is_broken_off_by_the_edge(stack: Stack) -> None:
    rule = {"id": "cut", "service": "ins_sim", "point": "received", "effect": "cut"}
    assert httpx.post(f"{stack.url}/_sandbox/faults", json=rule).status_code == 201
    try:
        with pytest.raises(httpx.RemoteProtocolError):
            httpx.post(f"{stack.url}/lps", content=INSI.read_bytes(), headers=SOAP)
    finally:
        httpx.delete(f"{stack.url}/_sandbox/faults")


def test_data_outlive_a_restart_and_new_containers(stack: Stack) -> None:
    httpx.post(f"{stack.url}/_sandbox/workspaces", json={"name": "kept"})
    httpx.post(f"{stack.url}/lps", content=b"<nonsense/>", headers={**SOAP, "X-Socles-Workspace": "kept"})
    before = _journal(stack)
    authorities = httpx.get(f"{stack.url}/_sandbox/pki/ca.pem").text
    certificate = stack.python("mss_sim", "print(open('/edge/server.pem').read())")

    stack.compose("restart", "--timeout", "30")
    stack.up("--force-recreate")

    until("the journal is there", lambda: _journal(stack) == before)
    assert httpx.get(f"{stack.url}/_sandbox/pki/ca.pem").text == authorities
    assert stack.python("mss_sim", "print(open('/edge/server.pem').read())") == certificate


def _journal(stack: Stack) -> list[str]:
    answer = httpx.get(f"{stack.url}/_sandbox/exchanges", headers={"X-Socles-Workspace": "kept"}, timeout=10)
    answer.raise_for_status()
    found = [item["id"] for item in answer.json()["items"]]
    assert found
    return found


def test_nothing_is_left_afterwards(stack: Stack) -> None:
    stack.down()
    ours = ["--filter", f"label=com.docker.compose.project={stack.project}", "--quiet"]
    for left in (["ps", "--all"], ["volume", "ls"], ["network", "ls"]):
        assert not docker(*left, *ours)
