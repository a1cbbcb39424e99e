"""Certificates by the API, and as software nobody here wrote reads them: OpenSSL and Java's keytool."""

import shutil
import ssl
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, pkcs12
from cryptography.x509 import ocsp

from socle.pki.kinds import Kind
from support.outside import editors_authority, issued, pem_of
from support.sandbox_thread import sandbox_in_thread


@pytest.fixture(scope="module")
def http(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    with (
        sandbox_in_thread(tmp_path_factory.mktemp("pki")) as served,
        httpx.Client(base_url=f"{served.url}/_sandbox/pki", trust_env=False, timeout=30) as client,
    ):
        yield client


def issue(http: httpx.Client, **order: str) -> httpx.Response:
    answer = http.post("/certificates", json=order)
    assert answer.status_code == 201, answer.text
    return answer


def test_a_pem_is_taken_with_its_key_and_its_issuer(http: httpx.Client, tmp_path: Path) -> None:
    file = tmp_path / "client.pem"
    file.write_bytes(issue(http, kind="insi-auto").content)

    context = ssl.create_default_context(cadata=http.get("/ca.pem").text)
    context.load_cert_chain(file)  # raises when key and certificate do not belong together
    leaf, issuer = x509.load_pem_x509_certificates(file.read_bytes())
    leaf.verify_directly_issued_by(issuer)


@pytest.mark.parametrize("form", ["p12", "p12-old"])
def test_a_p12_opens_with_its_password_only(http: httpx.Client, form: str) -> None:
    content = issue(http, kind="org-sign", format=form, password="secret").content

    opened = pkcs12.load_pkcs12(content, b"secret")
    assert opened.key is not None
    assert opened.cert is not None
    assert [one.certificate for one in opened.additional_certs]
    with pytest.raises(ValueError, match="password"):
        pkcs12.load_pkcs12(content, b"socles")


def test_a_revocation_is_listed_and_told(http: httpx.Client) -> None:
    serial = issue(http, kind="org-auth-cli").headers["x-socles-serial"]
    born = issue(http, kind="org-auth-cli", flaw="revoked").headers["x-socles-serial"]

    assert http.post(f"/certificates/{serial}/revoke").json()["revokedAt"]
    listed = {one["serial"]: one["revokedAt"] for one in http.get("/certificates").json()}
    crl = x509.load_der_x509_crl(http.get("/organisations.crl").content)
    assert listed[serial]
    assert listed[born]
    assert {int(serial, 16), int(born, 16)} <= {one.serial_number for one in crl}


@pytest.mark.parametrize(
    "order",
    [
        {"kind": "passport"},
        {"kind": "insi-auto", "flaw": "ugly"},
        {"kind": "insi-auto", "structure": "12"},
        {"kind": "server", "hosts": ["a b"]},
        {"kind": "server", "workspace": "essai"},
        {"kind": "insi-auto", "workspace": "A_B"},
        {"kind": "insi-auto", "surprise": "1"},
    ],
)
def test_nonsense_is_refused_and_nothing_is_made(http: httpx.Client, order: dict[str, object]) -> None:
    before = len(http.get("/certificates").json())

    assert http.post("/certificates", json=order).status_code == 422
    assert len(http.get("/certificates").json()) == before


def test_unknown_serials_and_large_questions(http: httpx.Client) -> None:
    assert http.post("/certificates/abc/revoke").status_code == 404
    assert http.post("/certificates/NOT-HEX/revoke").status_code == 422
    large = http.post("/organisations/ocsp", content=b"\0" * 100_000)
    assert ocsp.load_der_ocsp_response(large.content).response_status.name == "MALFORMED_REQUEST"
    assert http.get("/nations.crl").status_code == 422


@pytest.mark.interop
def test_openssl_asks_by_ocsp(http: httpx.Client, tmp_path: Path) -> None:
    """OpenSSL follows the address in the certificate's own terms, with a nonce."""
    openssl = shutil.which("openssl")
    assert openssl is not None
    (tmp_path / "ca.pem").write_bytes(http.get("/ca.pem").content)
    found = {}
    for name, order in (("good", {}), ("gone", {"flaw": "revoked"})):
        content = issue(http, kind="org-auth-cli", **order).content
        leaf, issuer = x509.load_pem_x509_certificates(content)
        (tmp_path / f"{name}.pem").write_bytes(_pem(leaf))
        (tmp_path / "issuer.pem").write_bytes(_pem(issuer))
        asked = subprocess.run(
            [openssl, "ocsp", "-issuer", "issuer.pem", "-cert", f"{name}.pem", "-CAfile", "ca.pem", "-nonce",
             "-url", f"{http.base_url}organisations/ocsp"],
            cwd=tmp_path, capture_output=True, text=True, check=True, timeout=30,
        )  # fmt: skip
        assert "Response verify OK" in asked.stderr
        found[name] = asked.stdout.split(f"{name}.pem: ")[1].split()[0]
    assert found == {"good": "good", "gone": "revoked"}


@pytest.mark.interop
@pytest.mark.parametrize("form", ["p12", "p12-old"])
def test_java_reads_key_stores_and_the_trust_store(http: httpx.Client, form: str, tmp_path: Path) -> None:
    keytool = shutil.which("keytool")
    assert keytool is not None

    def entries(content: bytes) -> str:
        file = tmp_path / "store.p12"
        file.write_bytes(content)
        command = [keytool, "-list", "-keystore", str(file), "-storetype", "PKCS12", "-storepass", "socles"]
        return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout

    assert "insi-auto" in (listed := entries(issue(http, kind="insi-auto", format=form).content))
    assert "PrivateKeyEntry" in listed
    trusted = entries(http.get("/truststore.p12").content)
    assert trusted.count("trustedCertEntry") == 2


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(Encoding.PEM)


def test_an_authority_of_somebody_else_is_added_listed_and_removed(http: httpx.Client) -> None:
    pem = pem_of(editors_authority()).decode()
    added = http.post("/authorities", json={"pem": pem})
    assert (added.status_code, added.json()["range"], added.json()["removable"]) == (201, "organisations", True)
    assert http.get("/authorities").json() == [added.json()]
    assert http.post("/authorities", json={"pem": pem, "range": "persons"}).json()["range"] == "persons"
    leaf = pem_of(issued(editors_authority(), Kind.ORG_SIGN)).decode()
    for wrong, word in ((leaf, "pas un certificat d'autorité"), ("rien", "reçu : 0")):
        refused = http.post("/authorities", json={"pem": wrong})
        assert (refused.status_code, refused.json()["error"]["code"]) == (400, "pki.authority")
        assert word in refused.json()["error"]["messageFr"]
    fingerprint = added.json()["fingerprint"]
    assert http.delete(f"/authorities/{fingerprint}").status_code == 204
    assert http.delete(f"/authorities/{fingerprint}").status_code == 404
    assert http.get("/authorities").json() == []
