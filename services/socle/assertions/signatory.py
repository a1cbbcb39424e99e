"""Who signed, as the certificate says it, and whether the sandbox knows that authority."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.x509.oid import NameOID

from socle.assertions import rules
from socle.pki.folder import Pki
from socle.pki.names import Range
from socle.rules import Finding

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


def check_certificate(
    certificate: x509.Certificate, range_: Range | None, pki: Pki, now: datetime
) -> Iterator[Finding]:
    """``now`` is real time: certificates live in it, as TLS does (D13)."""
    if range_ is None:
        issuer = certificate.issuer.rfc4514_string()[:200]
        yield rules.ISSUER.finding(where=WHERE, expected="une autorité du bac à sable", found=issuer)
        return
    if not certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc:
        found = f"{certificate.not_valid_before_utc:%Y-%m-%d} – {certificate.not_valid_after_utc:%Y-%m-%d}"
        yield rules.DATES.finding(where=WHERE, expected=f"{now:%Y-%m-%d}", found=found)
    revoked_at = pki.revoked_at(certificate.serial_number)
    if revoked_at is not None:
        yield rules.REVOKED.finding(where=WHERE, found=f"{certificate.serial_number:x}, {revoked_at:%Y-%m-%d %H:%M}")


def _attribute(certificate: x509.Certificate, oid: x509.ObjectIdentifier) -> str:
    found = certificate.subject.get_attributes_for_oid(oid)
    return str(found[0].value) if found else ""


def _signs(certificate: x509.Certificate) -> bool:
    try:
        return certificate.extensions.get_extension_for_class(x509.KeyUsage).value.content_commitment
    except x509.ExtensionNotFound:
        return False
