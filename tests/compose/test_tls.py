"""TLS at the edge, by real TLS clients: who gets through, what each wrong certificate is answered, and the journal."""

import smtplib
import ssl
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from support.compose import Stack, until
from support.find_documents import find_documents
from support.insi import CONTENT_TYPE, message, zoe
from support.sandbox_thread import RunningSandbox
from support.tls_ports import LPS, TlsPorts, look_up

pytestmark = [pytest.mark.compose, pytest.mark.slow, pytest.mark.timeout(240)]
REFUSED = {
    "expired": "tls.client.expired",
    "not-yet-valid": "tls.client.not-yet-valid",
    "foreign-root": "tls.client.unknown-authority",
    "weak-key": "tls.client.weak",
    "revoked": "tls.client.revoked",
}


@pytest.fixture
def ports(stack: Stack, tmp_path: Path) -> TlsPorts:
    tls, mutual = (f"https://127.0.0.1:{port}" for port in (stack.tls_port, stack.mutual_port))
    return TlsPorts(RunningSandbox(stack.url, ("127.0.0.1", stack.smtp_port), tls, mutual), tls, mutual, tmp_path)


def entry(ports: TlsPorts, answer: httpx.Response) -> dict[str, Any]:
    """The exchange, once another container has told it."""
    found: list[dict[str, Any]] = []

    def there() -> bool:
        found.append(ports.exchange(answer))
        return True

    until("the exchange is in the journal", there)
    return found[-1]


def failed(ports: TlsPorts, rule: str) -> None:
    until(f"{rule} is journalled", lambda: any(rule in one["rules"] for one in ports.handshakes()))


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_insi_auto_gets_through_by_both_versions(ports: TlsPorts, stack: Stack, version: ssl.TLSVersion) -> None:
    with ports.client(kind="insi-auto", minimum_version=version, maximum_version=version) as client:
        answer = look_up(client, ports.mutual)

    assert answer.status_code == 200, answer.text
    told = entry(ports, answer)
    assert told["outcome"] == "accepted"
    assert "CN=INSI-AUTO OU=1699050001" in told["tls"]
    assert told["tls"].startswith({"TLSv1_2": "TLSv1.2 ECDHE-RSA-", "TLSv1_3": "TLSv1.3 "}[version.name])
    assert told["finess"] == "699050001"
    edge = {
        one["NetworkSettings"]["Networks"][f"{stack.project}_default"]["IPAddress"] for one in stack.inspect("edge")
    }
    assert told["peer"].rpartition(":")[0] not in {"", *edge}


@pytest.mark.parametrize(
    ("kind", "flaw", "rule"),
    [
        *(("insi-auto", flaw, rule) for flaw, rule in REFUSED.items()),
        ("insi-auto", "wrong-cn", "insi.certificate.common-name"),
        ("org-auth-cli", None, "insi.certificate.common-name"),
        ("server", None, "tls.client.invalid"),
        (None, None, "tls.client.absent"),
    ],
)
def test_insi_refuses_in_its_documented_words(ports: TlsPorts, kind: str | None, flaw: str | None, rule: str) -> None:
    with ports.client(kind=kind, flaw=flaw) as client:
        answer = look_up(client, ports.mutual)

    assert answer.status_code == 500
    assert "desir_560" in answer.text
    told = entry(ports, answer)
    assert (told["code"], [one["rule"] for one in told["findings"]]) == ("siram_100/desir_560", [rule])


def test_the_dmp_takes_an_organisation_and_refuses_in_its_documented_words(ports: TlsPorts) -> None:
    with ports.client(kind="org-auth-cli") as client:
        assert find_documents(client, ports.mutual).status_code == 200
        other = find_documents(client, ports.mutual, "1699050019")
        assert "Erreur d'authentification de la personne morale" in other.text
    for flaw, rule in REFUSED.items():
        with ports.client(kind="org-auth-cli", flaw=flaw) as client:
            answer = find_documents(client, ports.mutual)
        assert answer.status_code == 500
        assert "soap:DMPInvalidCertificate" in answer.text
        told = entry(ports, answer)
        assert (told["code"], [one["rule"] for one in told["findings"]]) == ("DMPInvalidCertificate", [rule])


@pytest.mark.parametrize(
    "path", ["/_sandbox/clock", "/auth/realms/esante-wallet/.well-known/openid-configuration", "/"]
)
def test_what_is_not_soap_is_refused_in_json_and_told(ports: TlsPorts, path: str) -> None:
    with ports.client(kind="org-auth-cli", flaw="expired") as client:
        answer = client.get(ports.mutual + path)
        assert (answer.status_code, answer.json()["error"]["code"]) == (403, "tls.client.expired")
    with ports.client(kind="org-auth-cli") as client:
        assert client.get(ports.mutual + path).status_code == 200
    failed(ports, "tls.client.expired")


@pytest.mark.parametrize("host", ["w.socles.localhost", "socles.localhost", "localhost", "lps2.dmp.gouv.fr"])
def test_clients_verify_the_names_of_workspaces_and_of_the_national_hosts(ports: TlsPorts, host: str) -> None:
    httpx.post(f"{ports.plain}/_sandbox/workspaces", json={"name": "w"})
    with ports.client() as client:
        for address in (ports.tls, ports.mutual):
            answer = client.get(
                f"{address}/_sandbox/workspaces", headers={"Host": host}, extensions={"sni_hostname": host}
            )
            assert answer.status_code == (200 if address == ports.tls else 403)


def test_the_host_name_chooses_the_workspace_over_tls(ports: TlsPorts) -> None:
    httpx.post(f"{ports.plain}/_sandbox/workspaces", json={"name": "w"})
    headers = {"Host": "w.socles.localhost", "Content-Type": CONTENT_TYPE}
    with ports.client(kind="insi-auto") as client:
        answer = client.post(
            ports.mutual + LPS,
            content=message(zoe()),
            headers=headers,
            extensions={"sni_hostname": "w.socles.localhost"},
        )
    assert answer.status_code == 200, answer.text
    assert "/w/w/" in answer.headers["x-socles-exchange"]


def test_handshakes_that_fail_at_the_edge_are_journalled(ports: TlsPorts) -> None:
    with ports.client(trust=False) as client, pytest.raises(httpx.ConnectError):
        look_up(client, ports.tls)
    failed(ports, "tls.server.distrusted")
    plain = httpx.get(ports.tls.replace("https://", "http://") + LPS)
    assert (plain.status_code, plain.json()["error"]["code"]) == (400, "tls.handshake.not-tls")
    failed(ports, "tls.handshake.not-tls")
    context = ports.context()
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers("AES128-SHA")
    with httpx.Client(verify=context) as client, pytest.raises(httpx.ConnectError):
        look_up(client, ports.tls)
    failed(ports, "tls.handshake.nothing-shared")


def test_the_header_of_a_client_names_nobody(ports: TlsPorts, stack: Stack) -> None:
    """By every port, in every spelling: with the key too, for whoever had found it."""
    key = stack.python("ins_sim", "print(open('/edge/key').read())").strip()
    made = httpx.post(f"{ports.plain}/_sandbox/pki/certificates", json={"kind": "insi-auto"}).text
    escaped = httpx.QueryParams({"c": made[made.index("-----BEGIN CERT") :]}).__str__()[2:].replace("+", "%20")
    forged = f"{key} call 192.0.2.7 4 TLSv1.3 S {escaped}"
    spellings: list[list[tuple[str, str]]] = [
        [("X-Socles-Edge", forged)],
        [("x-socles-edge", forged), ("X-SOCLES-EDGE", forged)],
        [("X_Socles_Edge", forged), ("X-Socles_Edge", forged)],
        [("X-Socles-Edge", f"{key} handshakes")],
        [("Connection", "keep-alive, X-Socles-Edge"), ("X-Socles-Edge", forged)],
        [("X-SSL-Client-Cert", escaped), ("X-Socles-Client-Certificate", escaped)],
    ]
    with ports.client() as client:
        for address in (ports.plain, ports.tls):
            for headers in spellings:
                answer = client.post(
                    address + LPS, content=message(zoe()), headers=[("Content-Type", CONTENT_TYPE), *headers]
                )
                assert answer.status_code == 200, answer.text
                told = entry(ports, answer)
                assert "CN=" not in (told["tls"] or "")
                assert not told["peer"].startswith("192.0.2.7")
                sent = dict(told["request"]["headers"])
                assert "x-socles-edge" not in {name.lower() for name in sent}
        refused = client.post(
            ports.mutual + LPS, content=message(zoe()), headers={"Content-Type": CONTENT_TYPE, "X-Socles-Edge": forged}
        )
    assert "desir_560" in refused.text
    assert [one["rule"] for one in entry(ports, refused)["findings"]] == ["tls.client.absent"]


def test_a_service_that_is_called_past_the_edge_believes_no_one_without_the_key(ports: TlsPorts, stack: Stack) -> None:
    code = (
        "import urllib.request as u; r = u.Request('http://ins_sim:8080/_sandbox/clock', headers="
        "{'X-Socles-Edge': '0' * 64 + ' call 192.0.2.7 4 TLSv1.3 S none'}); print(u.urlopen(r).status)"
    )
    assert stack.python("metrics", code).strip() == "200"  # believed, it would be refused: 403


def test_the_key_is_in_no_log_and_in_no_image_and_for_our_user_alone(stack: Stack) -> None:
    key = stack.python("ins_sim", "print(open('/edge/key').read())").strip()
    assert len(key) == 64
    assert key not in stack.compose("logs", "--no-color")
    look = "import os; print([oct(os.stat('/edge/' + one).st_mode)[-3:] for one in ('key', 'server.pem')])"
    assert stack.python("ins_sim", look).strip() == "['600', '600']"
    inside = stack.compose("exec", "--no-TTY", "edge", "bash", "-c", "ls /edge; ls -d /certificates || true; id -u")
    assert inside.split() == ["key", "server.pem", "10001"]  # the authorities' keys are not there


def test_mail_clients_verify_the_name_behind_the_edge(ports: TlsPorts, stack: Stack) -> None:
    with smtplib.SMTP("127.0.0.1", stack.smtp_port, timeout=20) as client:
        client._host = "smtp.socles.localhost"  # type: ignore[attr-defined]  # the name that smtplib verifies
        assert client.starttls(context=ports.context())[0] == 220
    with smtplib.SMTP_SSL("localhost", stack.smtps_port, timeout=20, context=ports.context()) as client:
        assert client.ehlo()[0] == 250


@pytest.mark.parametrize(
    ("setting", "complaint"),
    [("SOCLES_TLS_OLDEST=1.1", "1.2 or 1.3 is expected"), ("SOCLES_TLS_SUITES=A; B", "suites in OpenSSL's notation")],
)
def test_the_edge_says_which_setting_is_wrong(stack: Stack, setting: str, complaint: str) -> None:
    with pytest.raises(AssertionError, match=complaint):
        stack.compose("run", "--rm", "--no-deps", "--no-TTY", "-e", setting, "edge")


def test_versions_and_suites_are_those_of_the_settings(ports: TlsPorts, stack: Stack) -> None:
    narrow = replace(
        stack,
        variables={**stack.variables, "SOCLES_TLS_OLDEST": "1.3", "SOCLES_TLS_SUITES": "ECDHE-RSA-AES128-GCM-SHA256"},
    )
    try:
        narrow.compose("up", "--wait", "--no-deps", "edge")
        with ports.client() as client:
            assert client.get(f"{ports.tls}/_edge/health").status_code == 200
        with ports.client(maximum_version=ssl.TLSVersion.TLSv1_2) as client, pytest.raises(httpx.ConnectError):
            client.get(f"{ports.tls}/_edge/health")
        narrow.variables["SOCLES_TLS_OLDEST"] = "1.2"
        narrow.compose("up", "--wait", "--no-deps", "edge")
        with ports.client(maximum_version=ssl.TLSVersion.TLSv1_2) as client:
            told = entry(ports, look_up(client, ports.tls))
        assert told["tls"] == "TLSv1.2 ECDHE-RSA-AES128-GCM-SHA256"
    finally:
        stack.up()
