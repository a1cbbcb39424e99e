"""What the edge is given, and how its log and its configuration are read."""

import re
from pathlib import Path

import pytest
from cryptography import x509

from socle.pki.folder import Pki
from socle.tls.edge import read_key
from socle.tls.edge_files import KEY, SERVER, prepare_edge
from socle.tls.handshakes import logged
from socle.tls.settings import DMP_SUITES
from support.signed import pki

EDGE = Path(__file__).resolve().parents[4] / "deploy" / "edge"
TAIL = ", client: 172.18.0.1, server: 0.0.0.0:9443"


def shown(folder: Path) -> bytes:
    return (folder / SERVER).read_bytes()


def test_the_files_are_made_once_and_are_their_owners(tmp_path: Path) -> None:
    prepare_edge(tmp_path, pki(), [])
    first = shown(tmp_path), (tmp_path / KEY).read_bytes()
    prepare_edge(tmp_path, pki(), [])

    assert (shown(tmp_path), (tmp_path / KEY).read_bytes()) == first
    assert {oct(file.stat().st_mode)[-3:] for file in tmp_path.iterdir()} == {"600"}
    assert sorted(file.name for file in tmp_path.iterdir()) == [KEY, SERVER]
    assert len(read_key(tmp_path / KEY)) == 64
    assert b"PRIVATE KEY" in first[0]


def test_a_certificate_without_a_wanted_name_or_of_other_authorities_is_made_anew(tmp_path: Path) -> None:
    prepare_edge(tmp_path, pki(), [])
    key, first = (tmp_path / KEY).read_bytes(), shown(tmp_path)

    prepare_edge(tmp_path, pki(), ["sandbox.example"])
    second = shown(tmp_path)
    assert second != first
    names = x509.load_pem_x509_certificate(second).extensions.get_extension_for_class(x509.SubjectAlternativeName)
    assert {"sandbox.example", "*.socles.localhost"} <= set(names.value.get_values_for_type(x509.DNSName))

    prepare_edge(tmp_path, Pki(tmp_path / "other"), [])
    assert shown(tmp_path) != second
    (tmp_path / SERVER).write_text("spoilt")
    prepare_edge(tmp_path, pki(), [])
    assert b"BEGIN CERTIFICATE" in shown(tmp_path)
    assert (tmp_path / KEY).read_bytes() == key


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        (
            "SSL_do_handshake() failed (SSL: error:0A000418:SSL routines::tlsv1 alert unknown ca:SSL alert number 48)"
            " while SSL handshaking",
            "tls.server.distrusted",
        ),
        (
            "SSL_do_handshake() failed (SSL: error:0A0000C1:SSL routines::no shared cipher) while SSL handshaking",
            "tls.handshake.nothing-shared",
        ),
        (
            "SSL_do_handshake() failed (SSL: error:14094418:SSL routines:ssl3_read_bytes:tlsv1 alert unknown ca)"
            " while SSL handshaking",
            "tls.server.distrusted",
        ),
        ("SSL_do_handshake() failed (104: Connection reset by peer) while SSL handshaking", "tls.handshake.silent"),
        ("peer closed connection in SSL handshake while SSL handshaking", "tls.handshake.silent"),
        (
            "client sent plain HTTP request to HTTPS port while reading client request headers",
            "tls.handshake.not-tls",
        ),
    ],
)
def test_a_line_of_nginx_says_why_a_handshake_failed(line: str, rule: str) -> None:
    found = logged(f"2026/11/30 21:00:00 [info] 30#30: *1 {line}{TAIL}")
    assert found is not None
    assert (found[0], found[1].rule.id) == ("172.18.0.1", rule)


@pytest.mark.parametrize(
    "line",
    [
        "recv() failed (104: Connection reset by peer) while reading response header from upstream" + TAIL,
        "SSL_do_handshake() failed while SSL handshaking to upstream",
        "client closed keepalive connection",
        "",
    ],
)
def test_other_lines_say_nothing(line: str) -> None:
    assert logged(line) is None


def test_every_port_overwrites_what_services_believe_and_only_the_mutual_one_asks() -> None:
    """nginx is not at hand in the fast tests: what its files must hold is read; tests/compose runs it."""
    conf, common, proxy = ((EDGE / name).read_text("utf-8") for name in ("nginx.conf", "server.conf", "proxy.conf"))
    servers = [
        block for block in re.findall(r"\n  server \{.*?\n  \}", conf, re.DOTALL) if "proxy_protocol" not in block
    ]
    assert [re.search(r"listen (\d+)", block)[1] for block in servers] == ["8080", "8443", "9443"]  # type: ignore[index]
    assert all("include /etc/nginx/socles/server.conf;" in block for block in servers)
    assert ["ssl_verify_client optional_no_ca;" in block for block in servers] == [False, False, True]
    assert "proxy_pass" not in common
    assert common.count("include /etc/nginx/socles/proxy.conf;") == 2
    assert "proxy_set_header X-Socles-Edge $said;" in proxy


def test_the_edge_has_the_suites_of_the_services() -> None:
    assert ":".join(DMP_SUITES) in (EDGE / "edge.sh").read_text("utf-8")
