"""Keys and certificates, as values: no file, no clock but the one passed in."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from ipaddress import IPv4Address, IPv6Address, ip_address

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, ObjectIdentifier

from socle.pki.names import authority_name

ROOT_YEARS, LEAF_DAYS = 20, 825
KEY_BITS, WEAK_BITS = 2048, 1024
_EXPONENT = 65537
_BACKDATED = timedelta(hours=1)
"""Clocks of clients differ."""


@dataclass(frozen=True, slots=True)
class Holder:
    """A certificate and its key."""

    certificate: x509.Certificate
    key: RSAPrivateKey
    above: Sequence[x509.Certificate] = ()
    """Its issuers, nearest first, the root last."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a leaf is to say."""

    subject: x509.Name
    usages: Sequence[ObjectIdentifier] = (ExtendedKeyUsageOID.CLIENT_AUTH,)
    names: Sequence[str] = ()
    """DNS names, addresses and URNs."""
    signs: bool = False
    """keyUsage nonRepudiation: for signatures, not for TLS."""
    extensions: Sequence[tuple[ObjectIdentifier, bytes]] = ()
    begins: timedelta = -_BACKDATED
    """From now."""
    lasts: timedelta = timedelta(days=LEAF_DAYS)
    bits: int = KEY_BITS


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Where revocations of an authority are told."""

    crl: str
    ocsp: str


@dataclass(frozen=True, slots=True)
class Authority:
    """An intermediate authority that issues leaves."""

    holder: Holder
    whereabouts: Whereabouts | None = field(default=None)

    def issue(self, wanted: Wanted, now: datetime, key: RSAPrivateKey | None = None) -> Holder:
        """A leaf. ``now`` is aware and real: TLS lives in real time (D13)."""
        holder, issuer = key or new_key(wanted.bits), self.holder.certificate
        builder = (
            _begun(wanted.subject, issuer.subject, holder, now + wanted.begins, wanted.lasts)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_leaf_usage(signs=wanted.signs), critical=True)
            .add_extension(_issued_by(issuer), critical=False)
        )
        if wanted.usages and not wanted.signs:
            builder = builder.add_extension(x509.ExtendedKeyUsage(wanted.usages), critical=False)
        if wanted.names:
            builder = builder.add_extension(x509.SubjectAlternativeName(map(_general, wanted.names)), critical=False)
        for oid, value in wanted.extensions:
            builder = builder.add_extension(x509.UnrecognizedExtension(oid, value), critical=False)
        if self.whereabouts is not None:
            builder = _told(builder, self.whereabouts)
        made = builder.sign(self.holder.key, hashes.SHA256())
        return Holder(made, holder, (issuer, *self.holder.above))


def new_key(bits: int = KEY_BITS) -> RSAPrivateKey:
    """RSA: clients offer ECDHE_RSA suites only (domain/dmp.md §0.2, mssante.md §1.1)."""
    return generate_private_key(_EXPONENT, bits)


def make_root(common_name: str, now: datetime) -> Holder:
    """A self-signed authority."""
    name, key = authority_name(common_name), new_key()
    made = _authority(name, name, key, now, path_length=1).sign(key, hashes.SHA256())
    return Holder(made, key)


def make_intermediate(root: Holder, common_name: str, now: datetime) -> Holder:
    """An authority under a root."""
    key = new_key()
    builder = _authority(authority_name(common_name), root.certificate.subject, key, now, path_length=0)
    made = builder.add_extension(_issued_by(root.certificate), critical=False).sign(root.key, hashes.SHA256())
    return Holder(made, key, (root.certificate,))


def _authority(
    subject: x509.Name, issuer: x509.Name, key: RSAPrivateKey, now: datetime, *, path_length: int
) -> x509.CertificateBuilder:
    usage = x509.KeyUsage(
        digital_signature=True, content_commitment=False, key_encipherment=False, data_encipherment=False,
        key_agreement=False, key_cert_sign=True, crl_sign=True, encipher_only=False, decipher_only=False,
    )  # fmt: skip
    return (
        _begun(subject, issuer, key, now - _BACKDATED, timedelta(days=365 * ROOT_YEARS))
        .add_extension(x509.BasicConstraints(ca=True, path_length=path_length), critical=True)
        .add_extension(usage, critical=True)
    )


def _begun(
    subject: x509.Name, issuer: x509.Name, key: RSAPrivateKey, begins: datetime, lasts: timedelta
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(begins + lasts)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _leaf_usage(*, signs: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs, content_commitment=signs, key_encipherment=not signs, data_encipherment=False,
        key_agreement=False, key_cert_sign=False, crl_sign=False, encipher_only=False, decipher_only=False,
    )  # fmt: skip


def _issued_by(issuer: x509.Certificate) -> x509.AuthorityKeyIdentifier:
    known = issuer.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    return x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(known)


def _told(builder: x509.CertificateBuilder, at: Whereabouts) -> x509.CertificateBuilder:
    point = x509.DistributionPoint([x509.UniformResourceIdentifier(at.crl)], None, None, None)
    ocsp = x509.AccessDescription(AuthorityInformationAccessOID.OCSP, x509.UniformResourceIdentifier(at.ocsp))
    return builder.add_extension(x509.CRLDistributionPoints([point]), critical=False).add_extension(
        x509.AuthorityInformationAccess([ocsp]), critical=False
    )


def _general(name: str) -> x509.GeneralName:
    if name.startswith("urn:"):
        return x509.UniformResourceIdentifier(name)
    try:
        address: IPv4Address | IPv6Address = ip_address(name)
    except ValueError:
        return x509.DNSName(name)
    return x509.IPAddress(address)
