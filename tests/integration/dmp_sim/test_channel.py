"""The DMP over mutual TLS with a real TLS client: the certificate itself, and the structure that it names."""

from collections.abc import Iterator

import httpx
import pytest

from support.find_documents import find_documents
from support.tls_ports import BROKEN_OFF, TlsPorts, tls_ports

OTHER = "1699050019"


@pytest.fixture(scope="module")
def ports(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TlsPorts]:
    with tls_ports(tmp_path_factory.mktemp("tls")) as served:
        yield served


def rules(ports: TlsPorts, answer: httpx.Response) -> list[str]:
    return [one["rule"] for one in ports.exchange(answer)["findings"]]


@pytest.mark.parametrize("kind", ["org-auth-cli", "cps-auth"])
def test_an_organisation_and_a_card_get_through_and_stand_in_the_journal(ports: TlsPorts, kind: str) -> None:
    with ports.client(kind=kind) as client:
        answer = find_documents(client, ports.mutual)

    assert answer.status_code == 200, answer.text
    entry = ports.exchange(answer)
    assert (entry["outcome"], entry["findings"]) == ("accepted", [])
    assert "CN=" in entry["tls"]


def test_a_revoked_certificate_is_refused_in_the_words_of_the_dmp(ports: TlsPorts) -> None:
    with ports.client(kind="org-auth-cli", flaw="revoked") as client:
        answer = find_documents(client, ports.mutual)

    assert answer.status_code == 500
    assert "<soap:Value>soap:DMPInvalidCertificate</soap:Value>" in answer.text
    assert "n'est pas révoqué" in answer.text
    entry = ports.exchange(answer)
    assert (entry["outcome"], entry["code"]) == ("refused", "DMPInvalidCertificate")
    assert rules(ports, answer) == ["tls.client.revoked"]


@pytest.mark.parametrize("flaw", ["expired", "foreign-root"])
def test_what_tls_refuses_is_journalled_and_never_reaches_the_dmp(ports: TlsPorts, flaw: str) -> None:
    before = ports.sandbox.get("/_sandbox/exchanges", service="dmp_sim")["items"]
    with ports.client(kind="org-auth-cli", flaw=flaw) as client, pytest.raises(BROKEN_OFF):
        find_documents(client, ports.mutual)

    assert ports.sandbox.get("/_sandbox/exchanges", service="dmp_sim")["items"] == before
    told = ports.handshakes()[0]
    assert told["rules"] == [{"expired": "tls.client.expired", "foreign-root": "tls.client.unknown-authority"}[flaw]]


def test_the_structure_of_the_vihf_is_the_certificates(ports: TlsPorts) -> None:
    with ports.client(kind="org-auth-cli") as client:
        answer = find_documents(client, ports.mutual, OTHER)

    assert answer.status_code == 500
    assert "Erreur d'authentification de la personne morale" in answer.text
    assert rules(ports, answer) == ["dmp.signer.structure"]
    assert ports.exchange(answer)["findings"][0]["expected"] == "OU=1699050001 (certificat TLS)"


def test_a_card_names_no_structure_and_one_way_tls_no_certificate(ports: TlsPorts) -> None:
    with ports.client(kind="cps-auth") as client:
        assert find_documents(client, ports.mutual, OTHER).status_code == 200
    with ports.client() as client:
        assert find_documents(client, ports.tls, OTHER).status_code == 200


def test_a_lenient_workspace_is_told_and_served(ports: TlsPorts) -> None:
    wanted = {"name": "lenient", "strictness": "lenient"}
    httpx.post(f"{ports.plain}/_sandbox/workspaces", json=wanted, trust_env=False).raise_for_status()
    with ports.client(kind="org-auth-cli", flaw="revoked") as client:
        answer = find_documents(client, ports.mutual, OTHER, **{"X-Socles-Workspace": "lenient"})

    assert answer.status_code == 200, answer.text
    identity = answer.headers["x-socles-exchange"].rpartition("/")[2]
    entry = ports.sandbox.get(f"/w/lenient/_sandbox/exchanges/{identity}")
    assert [one["rule"] for one in entry["findings"]] == ["tls.client.revoked", "dmp.signer.structure"]
