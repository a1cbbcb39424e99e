"""Who signed, as the certificate says it, and whether the sandbox knows that authority."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.x509.oid import NameOID

from socle.assertions import rules
from socle.pki.folder import Pki
from socle.pki.issuer import issued_here, outside_issuer_of
from socle.pki.names import Range
from socle.rules import Finding, Rule

WHERE = "Signature/KeyInfo/X509Data/X509Certificate"


@dataclass(frozen=True, slots=True)
class Signatory:
    """The signer of an assertion."""

    common_name: str
    structure: str
    """OU of an organisation: ``1`` and the FINESS, or ``3`` and the SIRET; empty for a card."""
    person: bool
    """A professional's card, not an organisation."""
    signs: bool
    """keyUsage nonRepudiation."""


def read_signatory(certificate: x509.Certificate, range_: Range | None) -> Signatory:
    """``range_``: of the authority that issued it; None when it is unknown."""
    return Signatory(
        _attribute(certificate, NameOID.COMMON_NAME),
        _attribute(certificate, NameOID.ORGANIZATIONAL_UNIT_NAME),
        range_ is Range.PERSONS,
        _signs(certificate),
    )


@dataclass(frozen=True, slots=True)
class CertificateRules:
    """What is told of a signer's certificate; the rules are another signature's own."""

    issuer: Rule
    dates: Rule
    revoked: Rule
    outside: Rule
    """Told of a certificate whose revocation is not known here; refuses nothing."""


OF_ASSERTIONS = CertificateRules(rules.ISSUER, rules.DATES, rules.REVOKED, rules.OUTSIDE)


def judge_certificate(
    certificate: x509.Certificate, pki: Pki, now: datetime, told: CertificateRules = OF_ASSERTIONS
) -> tuple[list[Finding], Signatory]:
    """What is wrong with it, and whom it names. ``now`` is real time: certificates live in it, as TLS does (D13).

    Blocking: makes the authorities when they are first asked for, and reads revocations from disk."""
    pki.prepare()
    range_ = issued_here(certificate, pki)
    outside = outside_issuer_of(certificate, pki) if range_ is None else None
    findings = list(_check(certificate, now, told, known=range_ is not None or outside is not None))
    if outside is not None:
        issuer = outside.certificate.subject.rfc4514_string()[:200]
        findings.append(told.outside.finding(where=WHERE, expected="une autorité du bac à sable", found=issuer))
    elif range_ is not None and (revoked_at := pki.revoked_at(certificate.serial_number)) is not None:
        found = f"{certificate.serial_number:x}, {revoked_at:%Y-%m-%d %H:%M}"
        findings.append(told.revoked.finding(where=WHERE, found=found))
    return findings, read_signatory(certificate, outside.range if outside is not None else range_)


def _check(certificate: x509.Certificate, now: datetime, told: CertificateRules, *, known: bool) -> Iterator[Finding]:
    if not known:
        issuer = certificate.issuer.rfc4514_string()[:200]
        yield told.issuer.finding(where=WHERE, expected="une autorité du bac à sable", found=issuer)
    elif not certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc:
        found = f"{certificate.not_valid_before_utc:%Y-%m-%d} – {certificate.not_valid_after_utc:%Y-%m-%d}"
        yield told.dates.finding(where=WHERE, expected=f"{now:%Y-%m-%d}", found=found)


def _attribute(certificate: x509.Certificate, oid: x509.ObjectIdentifier) -> str:
    found = certificate.subject.get_attributes_for_oid(oid)
    return str(found[0].value) if found else ""


def _signs(certificate: x509.Certificate) -> bool:
    try:
        return certificate.extensions.get_extension_for_class(x509.KeyUsage).value.content_commitment
    except x509.ExtensionNotFound:
        return False
