"""Who showed which certificate: what the services need of it, read once for each connection."""

from dataclasses import dataclass
from functools import lru_cache

from cryptography import x509
from cryptography.x509.oid import NameOID, ObjectIdentifier


@dataclass(frozen=True, slots=True)
class Peer:
    """A client certificate. Absent attributes are empty."""

    serial: int
    common_name: str
    structure: str
    """OU: of an organisation, ``1`` and the FINESS or ``3`` and the SIRET."""
    organisation: str
    subject: str
    issuer: str
    revoked: bool = False
    """When the connection began."""

    @property
    def label(self) -> str:
        """For the journal."""
        return f"CN={self.common_name} OU={self.structure} n° {self.serial:x}"


@lru_cache(1024)
def peer_of(der: bytes) -> Peer | None:
    """From DER; None when it cannot be read (old CPS certificates of the kit break the rules of DER)."""
    try:
        certificate = x509.load_der_x509_certificate(der)
        subject = certificate.subject
        return Peer(
            certificate.serial_number,
            _text(subject, NameOID.COMMON_NAME),
            _text(subject, NameOID.ORGANIZATIONAL_UNIT_NAME),
            _text(subject, NameOID.ORGANIZATION_NAME),
            subject.rfc4514_string(),
            certificate.issuer.rfc4514_string(),
        )
    except ValueError:
        return None


def _text(name: x509.Name, oid: ObjectIdentifier) -> str:
    found = name.get_attributes_for_oid(oid)
    return str(found[0].value) if found else ""
