"""TLS with certificates of the sandbox, from the kit: what it takes, what it refuses."""

import ssl

import httpx
import pytest

from socles.testing import Refused, Socles
from support.insi import CONTENT_TYPE, body, message


def search(socles: Socles, context: ssl.SSLContext) -> httpx.Response:
    with httpx.Client(verify=context, trust_env=False) as http:
        raw = message(body("ADRUN", ["ZOE"], "F", "1975-12-31"))
        return http.post(f"{socles.mutual_url}/lps", content=raw, headers={"content-type": CONTENT_TYPE})


def test_a_client_with_a_certificate_gets_through(socles: Socles) -> None:
    answer = search(socles, socles.certificates.context("insi-auto", structure="1690000013"))
    assert "<CodeCR>00</CodeCR>" in answer.text
    assert socles.tls_url.startswith("https://")


@pytest.mark.socles(fail_on="never")
def test_a_wrong_one_is_refused_and_so_is_an_unknown_kind(socles: Socles) -> None:
    answer = search(socles, socles.certificates.context("insi-auto", flaw="revoked"))
    assert 'code="desir_560"' in answer.text
    with pytest.raises(Refused, match=r"request\.invalid"):
        socles.certificates.issue("insi-nul")
    with pytest.raises(httpx.ConnectError, match="certificate verify failed"):
        search(socles, ssl.create_default_context())


def test_pkcs12_has_the_password_it_was_given(socles: Socles) -> None:
    from cryptography.hazmat.primitives.serialization.pkcs12 import load_pkcs12

    made = socles.certificates.issue("org-sign", format="p12", password="motdepasse", structure="1699050001")
    found = load_pkcs12(made, b"motdepasse")
    assert found.key is not None
    assert found.cert is not None
    assert "1699050001" in found.cert.certificate.subject.rfc4514_string()
