"""Each rule of TLS and of INSi's certificates with real TLS clients: broken by one, satisfied by others."""

import socket
import ssl
import time
from collections.abc import Callable, Iterator

import httpx
import pytest

from support.rule_table import RuleTable
from support.tls_ports import BROKEN_OFF, TlsPorts, look_up, tls_ports

Client = Callable[[TlsPorts], None]
REFUSED_BY_TLS = {
    "expired": "tls.client.expired",
    "not-yet-valid": "tls.client.not-yet-valid",
    "foreign-root": "tls.client.unknown-authority",
    "weak-key": "tls.client.weak",
}
REFUSED_BY_INSI = {
    ("insi-auto", "wrong-cn"): "insi.certificate.common-name",
    ("org-auth-cli", None): "insi.certificate.common-name",
    ("insi-auto", "revoked"): "tls.client.revoked",
}


@pytest.fixture(scope="module")
def ports(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TlsPorts]:
    with tls_ports(tmp_path_factory.mktemp("tls")) as served:
        yield served


def showing(kind: str | None, flaw: str | None = None) -> Client:
    """A certificate on the mutual port; None: none."""

    def ask(ports: TlsPorts) -> None:
        with ports.client(kind=kind, flaw=flaw) as client, pytest.raises(BROKEN_OFF):
            look_up(client, ports.mutual)

    return ask


def distrusting(ports: TlsPorts) -> None:
    with ports.client(trust=False) as client, pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
        look_up(client, ports.tls)


def foreign_suite(ports: TlsPorts) -> None:
    context = ports.context()
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers("AES128-SHA")
    with httpx.Client(verify=context, trust_env=False) as client, pytest.raises(httpx.ConnectError):
        look_up(client, ports.tls)


def plain_http(ports: TlsPorts) -> None:
    with pytest.raises(BROKEN_OFF), httpx.Client(trust_env=False) as client:
        client.get(ports.tls.replace("https://", "http://") + "/_sandbox/health")


def silent(ports: TlsPorts) -> None:
    """Half a handshake."""
    host, _, port = ports.tls.removeprefix("https://").partition(":")
    with socket.create_connection((host, int(port)), timeout=5) as client:
        client.sendall(b"\x16\x03\x01\x00\xff\x01\x00")


def broken() -> Iterator[tuple[str, str, Client]]:
    for flaw, rule in REFUSED_BY_TLS.items():
        yield flaw, rule, showing("insi-auto", flaw)
    yield "no certificate", "tls.client.absent", showing(None)
    yield "a server's certificate", "tls.client.invalid", showing("server")
    yield "another trust store", "tls.server.distrusted", distrusting
    yield "a foreign suite", "tls.handshake.nothing-shared", foreign_suite
    yield "HTTP", "tls.handshake.not-tls", plain_http
    yield "half a handshake", "tls.handshake.silent", silent


def newest(ports: TlsPorts, before: int) -> list[str]:
    """The rules of the one handshake that failed since; it may be written a moment behind the client's end."""
    ending = time.monotonic() + 20
    while len(told := ports.handshakes()) == before and time.monotonic() < ending:
        time.sleep(0.02)
    assert len(told) == before + 1
    assert told[0]["outcome"] == "refused"
    rules: list[str] = told[0]["rules"]
    return rules


@pytest.mark.timeout(180)
def test_each_rule_is_broken_alone_and_satisfied(
    ports: TlsPorts, record_property: Callable[[str, object], None]
) -> None:
    table = RuleTable("TLS and certificates")
    for name, rule, client in broken():
        before = len(ports.handshakes())
        client(ports)
        table.case(name, newest(ports, before), rule)
    for (kind, flaw), rule in REFUSED_BY_INSI.items():
        with ports.client(kind=kind, flaw=flaw) as shown:
            answer = look_up(shown, ports.mutual)
        assert answer.status_code == 500
        assert "desir_560" in answer.text
        entry = ports.exchange(answer)
        assert entry["code"] == "siram_100/desir_560"
        table.case(f"{kind}, {flaw or 'sound'}", [one["rule"] for one in entry["findings"]], rule)
    before = len(ports.handshakes())
    for kind in ("insi-auto", "insi-manu"):
        with ports.client(kind=kind) as shown:
            answer = look_up(shown, ports.mutual)
        assert answer.status_code == 200
        table.case(kind, [one["rule"] for one in ports.exchange(answer)["findings"]])
    assert len(ports.handshakes()) == before
    table.close(record_property)
