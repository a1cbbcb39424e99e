"""The chain: made once, its leaves right, each flaw just the one it says."""

import contextlib
import ssl
import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import NameOID

from socle.pki.files import certificates_pem, pem
from socle.pki.folder import Pki
from socle.pki.issuing import Holder
from socle.pki.kinds import RANGES, Flaw, Kind, Subject
from socle.pki.names import CHAINS, Range
from socle.pki.revocation import answer_ocsp, crl

BASE = "http://127.0.0.1:8080"


@pytest.fixture(scope="module")
def pki(tmp_path_factory: pytest.TempPathFactory) -> Pki:
    made = Pki(tmp_path_factory.mktemp("pki"), BASE)
    made.prepare()
    return made


def text(certificate: x509.Certificate, oid: x509.ObjectIdentifier) -> str:
    return str(certificate.subject.get_attributes_for_oid(oid)[0].value)


def shake_hands(pki: Pki, client: Holder, folder: Path) -> None:
    """OpenSSL on both sides; raises ``ssl.SSLError`` when the server does not take the client's certificate."""
    server, ours = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    server.verify_mode = ssl.CERT_REQUIRED
    trusted = certificates_pem([pki.root(range_) for range_ in Range]).decode()
    for context, holder in ((server, pki.issue(Kind.SERVER)), (ours, client)):
        context.load_verify_locations(cadata=trusted)
        file = folder / f"{holder.certificate.serial_number}.pem"
        file.write_bytes(pem(holder))
        context.load_cert_chain(file)
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    sides = [
        server.wrap_bio(to_server, to_client, server_side=True),
        ours.wrap_bio(to_client, to_server, server_hostname="ws1.socles.localhost"),
    ]
    for _ in range(6):
        for side in sides:
            with contextlib.suppress(ssl.SSLWantReadError):
                side.do_handshake()
    assert sides[0].getpeercert(binary_form=True)


def test_the_chain_has_the_names_that_clients_pin(pki: Pki) -> None:
    for range_, pair in CHAINS.items():
        root, intermediate = pki.root(range_), pki.intermediate(range_)
        assert text(root, NameOID.COMMON_NAME) == pair.root
        assert text(intermediate, NameOID.COMMON_NAME) == pair.intermediate
        assert intermediate.issuer == root.subject
        intermediate.verify_directly_issued_by(root)


def test_a_second_start_finds_the_same_chain_and_many_at_once_agree(tmp_path: Path) -> None:
    replicas = [Pki(tmp_path / "pki") for _ in range(3)]
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(Pki.prepare, replicas))

    roots = {pki.root(Range.ORGANISATIONS).fingerprint(hashes.SHA256()) for pki in (*replicas, Pki(tmp_path / "pki"))}
    assert len(roots) == 1
    assert not list((tmp_path / "pki").glob("making-*"))


def test_keys_are_their_owners_only(tmp_path: Path) -> None:
    pki = Pki(tmp_path / "pki")
    pki.prepare()
    pki.issue(Kind.ORG_SIGN)

    files = [one for one in (tmp_path / "pki").rglob("*") if one.is_file()]
    assert files
    assert all(stat.S_IMODE(one.stat().st_mode) == 0o600 for one in files)


@pytest.mark.parametrize(
    ("kind", "common_name"),
    [(Kind.INSI_AUTO, "INSI-AUTO"), (Kind.INSI_MANU, "INSI-MANU"), (Kind.ORG_AUTH_CLI, "socles.1690000013")],
)
def test_an_organisation_is_told_by_ou_and_cn(pki: Pki, kind: Kind, common_name: str) -> None:
    leaf = pki.issue(kind, Subject("CHU", "1690000013")).certificate

    assert text(leaf, NameOID.COMMON_NAME) == common_name
    assert text(leaf, NameOID.ORGANIZATIONAL_UNIT_NAME) == "1690000013"
    assert [one.oid.dotted_string for one in leaf.subject] == ["2.5.4.6", "2.5.4.8", "2.5.4.10", "2.5.4.11", "2.5.4.3"]


def test_signing_certificates_are_for_signatures_and_cards_carry_their_holder(pki: Pki) -> None:
    signs = pki.issue(Kind.CPS_SIGN, Subject(national_id="810002909371")).certificate
    usage = signs.extensions.get_extension_for_class(x509.KeyUsage).value

    assert (usage.content_commitment, usage.digital_signature) == (True, False)
    assert text(signs, NameOID.COMMON_NAME) == "810002909371"
    assert signs.issuer == pki.intermediate(Range.PERSONS).subject
    with pytest.raises(x509.ExtensionNotFound):
        signs.extensions.get_extension_for_class(x509.ExtendedKeyUsage)


def test_a_server_is_the_sandbox_its_workspaces_and_the_national_hosts(pki: Pki) -> None:
    leaf = pki.issue(Kind.SERVER, Subject(hosts=("socles.example",))).certificate
    found = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value

    names = found.get_values_for_type(x509.DNSName)
    assert {"socles.example", "*.socles.localhost", "lps2.dmp.gouv.fr", "services-ps-tlsm.ameli.fr"} <= set(names)
    assert [str(one) for one in found.get_values_for_type(x509.IPAddress)] == ["127.0.0.1", "::1"]


@pytest.mark.parametrize("kind", [Kind.INSI_AUTO, Kind.ORG_AUTH_CLI])
def test_a_right_client_gets_through(pki: Pki, kind: Kind, tmp_path: Path) -> None:
    shake_hands(pki, pki.issue(kind), tmp_path)


@pytest.mark.parametrize(
    ("flaw", "reason"),
    [
        (Flaw.EXPIRED, "certificate has expired"),
        (Flaw.NOT_YET_VALID, "certificate is not yet valid"),
        (
            Flaw.FOREIGN_ROOT,
            "local issuer|self-signed|signature",
        ),
        (Flaw.WEAK_KEY, "key too small|ee key too small"),
    ],
)
def test_a_flaw_that_a_handshake_sees(pki: Pki, flaw: Flaw, reason: str, tmp_path: Path) -> None:
    with pytest.raises(ssl.SSLError, match=f"(?i){reason.replace(' ', '[_ ]')}"):
        shake_hands(pki, pki.issue(Kind.INSI_AUTO, flaw=flaw), tmp_path)


def test_each_flaw_is_the_one_it_says(pki: Pki) -> None:
    now = datetime.now(UTC)
    made = {flaw: pki.issue(Kind.INSI_AUTO, flaw=flaw).certificate for flaw in Flaw}
    keys = {flaw: leaf.public_key() for flaw, leaf in made.items()}

    assert {flaw for flaw, leaf in made.items() if leaf.not_valid_after_utc < now} == {Flaw.EXPIRED}
    assert {flaw for flaw, leaf in made.items() if leaf.not_valid_before_utc > now} == {Flaw.NOT_YET_VALID}
    assert {flaw for flaw, leaf in made.items() if text(leaf, NameOID.COMMON_NAME) != "INSI-AUTO"} == {Flaw.WRONG_CN}
    assert {flaw for flaw, leaf in made.items() if pki.revoked_at(leaf.serial_number)} == {Flaw.REVOKED}
    weak = {flaw for flaw, key in keys.items() if isinstance(key, RSAPublicKey) and key.key_size < 2048}
    assert weak == {Flaw.WEAK_KEY}
    assert {leaf.issuer for leaf in made.values()} == {pki.intermediate(Range.ORGANISATIONS).subject}
    foreign = set()
    for flaw, leaf in made.items():
        try:
            leaf.verify_directly_issued_by(pki.intermediate(Range.ORGANISATIONS))
        except Exception:
            foreign.add(flaw)
    assert foreign == {Flaw.FOREIGN_ROOT}


def test_revocations_are_told_by_list_and_by_ocsp_in_the_right_range_only(pki: Pki) -> None:
    good, gone = pki.issue(Kind.ORG_SIGN).certificate, pki.issue(Kind.ORG_SIGN).certificate
    pki.revoke(gone.serial_number)
    pki.revoke(gone.serial_number)
    at = pki.revoked_at(gone.serial_number)

    listed = x509.load_der_x509_crl(crl(pki, Range.ORGANISATIONS))
    issuer = pki.intermediate(Range.ORGANISATIONS).public_key()
    assert isinstance(issuer, RSAPublicKey)
    assert listed.is_signature_valid(issuer)
    assert listed.get_revoked_certificate_by_serial_number(gone.serial_number) is not None
    assert listed.get_revoked_certificate_by_serial_number(good.serial_number) is None
    persons = x509.load_der_x509_crl(crl(pki, Range.PERSONS))
    assert persons.get_revoked_certificate_by_serial_number(gone.serial_number) is None
    assert pki.revoked_at(gone.serial_number) == at

    def status(leaf: x509.Certificate) -> ocsp.OCSPResponse:
        issuer = pki.intermediate(RANGES[Kind.ORG_SIGN])
        request = ocsp.OCSPRequestBuilder().add_certificate(leaf, issuer, hashes.SHA1()).build()
        answer = answer_ocsp(pki, Range.ORGANISATIONS, request.public_bytes(Encoding.DER))
        return ocsp.load_der_ocsp_response(answer)

    assert status(good).certificate_status is ocsp.OCSPCertStatus.GOOD
    assert status(gone).certificate_status is ocsp.OCSPCertStatus.REVOKED
    assert status(pki.issue(Kind.CPS_AUTH).certificate).response_status is ocsp.OCSPResponseStatus.UNAUTHORIZED
    broken = ocsp.load_der_ocsp_response(answer_ocsp(pki, Range.ORGANISATIONS, b"not DER"))
    assert broken.response_status is ocsp.OCSPResponseStatus.MALFORMED_REQUEST


def test_what_is_not_ours_cannot_be_revoked(pki: Pki) -> None:
    with pytest.raises(LookupError):
        pki.revoke(12345)


def test_a_leaf_says_where_revocations_are_told(pki: Pki) -> None:
    leaf = pki.issue(Kind.INSI_AUTO).certificate
    points = leaf.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    access = leaf.extensions.get_extension_for_class(x509.AuthorityInformationAccess).value

    assert [name.value for name in points[0].full_name or ()] == [f"{BASE}/_sandbox/pki/organisations.crl"]
    assert access[0].access_location.value == f"{BASE}/_sandbox/pki/organisations/ocsp"
