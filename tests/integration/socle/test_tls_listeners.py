"""The TLS ports of the whole product with a real TLS client: who gets through, who is refused how, what is told."""

import ssl
from collections.abc import Iterator

import httpx
import pytest

from support.insi import CONTENT_TYPE, message, zoe
from support.tls_ports import LPS, TlsPorts, look_up, tls_ports


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TlsPorts]:
    with tls_ports(tmp_path_factory.mktemp("tls")) as ports:
        yield ports


@pytest.mark.parametrize("kind", ["insi-auto", "insi-manu"])
def test_the_right_certificate_gets_through_and_stands_in_the_journal(served: TlsPorts, kind: str) -> None:
    with served.client(kind=kind) as client:
        answer = look_up(client, served.mutual)
        again = look_up(client, served.mutual)

    assert answer.status_code == again.status_code == 200, answer.text
    entry = served.exchange(answer)
    assert entry["outcome"] == "accepted"
    assert f"CN={kind.upper()} OU=1699050001" in entry["tls"]
    assert entry["tls"].startswith("TLSv1.3 ")


def test_the_workspace_of_the_certificate_is_where_its_calls_go(served: TlsPorts) -> None:
    made = httpx.post(f"{served.plain}/_sandbox/workspaces", json={"name": "essai"}, trust_env=False)
    assert made.status_code == 201
    with served.client(kind="insi-auto", workspace="essai") as client:
        answer = look_up(client, served.mutual)
        elsewhere = look_up(client, f"{served.mutual}/w/default")
        found = client.get(f"{served.plain}/w/essai/_sandbox/exchanges").json()
    assert answer.status_code == elsewhere.status_code == 200
    assert found["total"] == 2, "the certificate goes before the path (D7)"


def test_a_certificate_of_a_workspace_that_is_not_there_gets_the_services_own_refusal(served: TlsPorts) -> None:
    with served.client(kind="insi-auto", workspace="nulle-part") as client:
        answer = look_up(client, served.mutual)
    assert answer.status_code == 500
    assert "nulle-part" in answer.text


def test_the_structure_of_the_certificate_attributes_the_act(served: TlsPorts) -> None:
    with served.client(kind="insi-auto") as client:
        entry = served.exchange(look_up(client, served.mutual))
    assert entry["finess"] == "699050001"


def test_no_certificate_is_needed_on_the_other_port(served: TlsPorts) -> None:
    with served.client() as client:
        answer = look_up(client, served.tls)
    assert answer.status_code == 200
    assert answer.headers["x-socles-exchange"].startswith("https://")


def test_a_client_that_does_not_trust_the_sandbox_is_told_how(served: TlsPorts) -> None:
    with served.client(trust=False) as client, pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
        look_up(client, served.tls)
    entry = served.handshakes()[0]
    assert entry["rules"] == ["tls.server.distrusted"]
    whole = httpx.get(f"{served.plain}/_sandbox/exchanges/{entry['id']}", trust_env=False).json()
    assert "socles pki ca" in whole["findings"][0]["remedy"]


def test_the_older_version_is_spoken_with_a_suite_of_the_dmp(served: TlsPorts) -> None:
    with served.client(maximum_version=ssl.TLSVersion.TLSv1_2) as client:
        answer = look_up(client, served.tls)
    assert served.exchange(answer)["tls"].startswith("TLSv1.2 ECDHE-RSA-AES256-GCM-SHA384")


def test_a_large_body_right_behind_the_handshake_is_whole(served: TlsPorts) -> None:
    """With TLS 1.3 the first bytes of the request may come with the end of the handshake."""
    with served.client(kind="insi-auto") as client:
        for _ in range(20):
            answer = client.post(served.mutual + LPS, content=b" " * 200_000 + b"<a/>", headers={"Connection": "close"})
            assert answer.status_code == 500
            assert "Fault" in answer.text


def test_the_edge_header_of_a_client_names_nobody(served: TlsPorts) -> None:
    with served.client() as client:
        answer = client.post(
            served.tls + LPS,
            content=message(zoe()),
            headers={
                "Content-Type": CONTENT_TYPE,
                "X-Socles-Edge": "key call 192.0.2.7 4 TLSv1.3 S none",
                "X-Socles-Client-Certificate": "CN=INSI-AUTO",
                "X-SSL-Client-Cert": "x",
            },
        )
    entry = served.exchange(answer)
    assert "CN=" not in entry["tls"]
    assert entry["peer"].startswith("127.0.0.1:")


@pytest.mark.parametrize("host", ["w.socles.localhost", "socles.localhost", "lps2.dmp.gouv.fr"])
def test_clients_verify_the_names_of_workspaces_and_of_the_national_hosts(served: TlsPorts, host: str) -> None:
    httpx.post(f"{served.plain}/_sandbox/workspaces", json={"name": "w"}, trust_env=False)
    headers = {"Host": host, "Content-Type": CONTENT_TYPE}
    with served.client(kind="insi-auto") as client:
        for address in (served.tls, served.mutual):
            answer = client.post(
                address + LPS, content=message(zoe()), headers=headers, extensions={"sni_hostname": host}
            )
            assert answer.status_code == 200, answer.text
            link = answer.headers["x-socles-exchange"]
            there = httpx.get(f"{served.plain}/w/w{link[link.index('/_sandbox') :]}", trust_env=False)
            assert there.status_code == (200 if host.startswith("w.") else 404)
    with served.client() as client, pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
        client.get(f"{served.tls}/", extensions={"sni_hostname": "socles.example"})


def test_the_name_of_the_certificate_ends_as_clients_of_insi_ask(served: TlsPorts) -> None:
    for url, kind, end in ((served.tls, None, "services-ps.ameli.fr"), (served.mutual, "insi-auto", "-tlsm.ameli.fr")):
        with served.client(kind=kind) as client, client.stream("GET", url) as answer:
            shown = answer.extensions["network_stream"].get_extra_info("ssl_object").getpeercert()
        assert dict(one for (one,) in shown["subject"])["commonName"].endswith(end)
