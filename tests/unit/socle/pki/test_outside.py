"""Authorities of others: which are taken, which are refused and why, and what is then trusted."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding

from socle.pki.files import pem
from socle.pki.folder import Pki
from socle.pki.issuer import issuer_of
from socle.pki.kinds import Kind
from socle.pki.names import Range
from socle.pki.outside import LARGEST, NotTrusted
from support.outside import NAME, editors_authority, issued, of_no_version, pem_of, pem_of_der

NOW = datetime.now(UTC)
Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


def made(
    *,
    begins: timedelta = timedelta(days=-1),
    ends: timedelta = timedelta(days=1),
    key: Key | None = None,
    authority: bool = True,
    signs: bool = True,
) -> bytes:
    """A certificate of one's own making, issued by another key."""
    own = key or ec.generate_private_key(ec.SECP256R1())
    subject, issuer = (x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, one)]) for one in ("AC ESSAI", "RACINE"))
    usage = x509.KeyUsage(
        digital_signature=True, content_commitment=False, key_encipherment=False, data_encipherment=False,
        key_agreement=False, key_cert_sign=signs, crl_sign=False, encipher_only=False, decipher_only=False,
    )  # fmt: skip
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(own.public_key())
        .serial_number(7)
        .not_valid_before(NOW + begins)
        .not_valid_after(NOW + ends)
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        .add_extension(usage, critical=True)
    )
    signer = rsa.generate_private_key(65537, 2048)
    return builder.sign(signer, hashes.SHA256()).public_bytes(Encoding.PEM)


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (lambda: b"", "reçu : 0"),
        (lambda: b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "reçu : 0"),
        (lambda: made() + b" " * LARGEST, "reçu : 0"),
        (lambda: pem_of_der(of_no_version(editors_authority().certificate)), "reçu : 0"),
        (lambda: made() + made(), "reçu : 2"),
        (lambda: pem(editors_authority()), "clé privée"),
        (lambda: pem_of(issued(editors_authority(), Kind.ORG_SIGN)), "pas un certificat d'autorité"),
        (lambda: made(authority=False), "pas un certificat d'autorité"),
        (lambda: made(signs=False), "pas un certificat d'autorité"),
        (lambda: made(begins=timedelta(days=-2), ends=timedelta(days=-1)), "périmée"),
        (lambda: made(begins=timedelta(days=1), ends=timedelta(days=2)), "à partir du"),
        (lambda: made(key=rsa.generate_private_key(65537, 1024)), "trop faible"),
        (lambda: made(key=ec.generate_private_key(ec.SECP192R1())), "trop faible"),
    ],
)
def test_what_is_no_good_authority_is_refused(content: Callable[[], bytes], word: str, tmp_path: Path) -> None:
    outside = Pki(tmp_path).outside
    with pytest.raises(NotTrusted) as refused:
        outside.add(content())
    assert word in refused.value.fr
    assert outside.all() == []


def test_what_an_added_authority_issued_is_trusted_until_it_is_removed(tmp_path: Path) -> None:
    pki, replica = Pki(tmp_path), Pki(tmp_path)
    pki.prepare()
    cards = editors_authority(NAME)
    card, organisation = issued(cards, Kind.CPS_SIGN), issued(editors_authority(), Kind.ORG_SIGN)
    assert issuer_of(card.certificate, pki) is None
    added = pki.outside.add(pem_of(cards))
    assert (added.range, added.removable) == (Range.PERSONS, True)
    assert pki.outside.add(pem_of(cards)) == added
    assert replica.outside.all() == [added]
    assert issuer_of(card.certificate, replica) is Range.PERSONS
    assert issuer_of(organisation.certificate, replica) is None
    assert pki.outside.add(pem_of(editors_authority())).range is Range.ORGANISATIONS
    assert issuer_of(organisation.certificate, replica) is Range.ORGANISATIONS
    assert pki.outside.add(pem_of(editors_authority()), Range.PERSONS).range is Range.PERSONS
    assert len(replica.outside.all()) == 2
    pki.outside.remove(added.fingerprint)
    assert issuer_of(card.certificate, replica) is None
    with pytest.raises(LookupError):
        pki.outside.remove(added.fingerprint)


def test_a_folder_of_ones_own_is_only_read(tmp_path: Path) -> None:
    given = tmp_path / "given"
    pki = Pki(tmp_path / "pki", outside=given)
    assert pki.outside.all() == []
    given.mkdir()
    (given / "a.pem").write_bytes(pem_of(editors_authority()) + pem_of(editors_authority(NAME)))
    (given / "b.crt").write_bytes(made(begins=timedelta(days=-2), ends=timedelta(days=-1)))
    (given / "c.pem").write_bytes(b"rien")
    (given / "e.pem").write_bytes(pem_of_der(of_no_version(editors_authority().certificate)))
    (given / "d.txt").write_bytes(pem_of(editors_authority()))
    assert [one.range for one in pki.outside.all()] == [Range.ORGANISATIONS, Range.PERSONS, Range.ORGANISATIONS]
    assert len(pki.outside.trusted()) == 2
    assert not any(one.removable for one in pki.outside.all())
    with pytest.raises(LookupError):
        pki.outside.remove(pki.outside.all()[0].fingerprint)
    (given / "a.pem").unlink()
    assert pki.outside.trusted() == []
