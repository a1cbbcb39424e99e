"""Who showed which certificate: what the services need of it, read once for each connection or certificate."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509.oid import NameOID, ObjectIdentifier

from socle.pki.names import WORKSPACE
from socle.rules import Finding
from socle.tls.rules import ABSENT

WHERE = "certificat client"
_LONGEST = 64
"""Characters of a name (RFC 5280, ub-common-name); a certificate of a stranger may hold more."""


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
    findings: tuple[Finding, ...] = ()
    """What is wrong with it: where TLS itself verifies, nothing or that it is revoked; behind the edge, anything."""
    issuer_trusted: bool = True
    """By an authority that is trusted here: what it says may be believed."""
    fingerprint: str = ""
    """SHA-256 of the certificate, hexadecimal."""
    workspace: str = ""
    """The one that the certificate was made for (``socles pki issue --workspace``)."""

    @property
    def label(self) -> str:
        """For the journal."""
        if not self.subject:
            return "sans certificat client lisible"
        return f"CN={_short(self.common_name)} OU={_short(self.structure)} n° {self.serial:x}"

    @property
    def refused(self) -> Finding | None:
        """Why TLS would not have taken it; None: it would have."""
        return next((one for one in self.findings if one.rule.structural), None)


NOBODY = Peer(0, "", "", "", "", "", (ABSENT.finding(where=WHERE, found="(absent)"),), issuer_trusted=False)
"""The edge asked for a certificate, and none was shown."""


def read_peer(certificate: x509.Certificate) -> Peer:
    """Raises ``ValueError`` for names that cannot be read."""
    subject = certificate.subject
    return Peer(
        certificate.serial_number,
        _text(subject, NameOID.COMMON_NAME),
        _text(subject, NameOID.ORGANIZATIONAL_UNIT_NAME),
        _text(subject, NameOID.ORGANIZATION_NAME),
        subject.rfc4514_string(),
        certificate.issuer.rfc4514_string(),
        fingerprint=certificate.fingerprint(SHA256()).hex(),
        workspace=_workspace(certificate),
    )


@lru_cache(1024)
def peer_of(der: bytes) -> Peer | None:
    """From DER; None when it cannot be read (old CPS certificates of the kit break the rules of DER)."""
    try:
        return read_peer(x509.load_der_x509_certificate(der))
    except (ValueError, x509.InvalidVersion):
        return None


def state_of(tls: str, peer: Peer | None) -> dict[str, Any]:
    """What every request's ``scope["state"]`` gets: ``tls``, and with a client certificate ``peer``, ``peer_ou`` and
    ``peer_workspace``."""
    if peer is None:
        return {"tls": tls}
    believed = peer.issuer_trusted
    return {
        "tls": f"{tls} {peer.label}",
        "peer": peer,
        "peer_ou": peer.structure if believed and peer.structure else None,
        "peer_workspace": peer.workspace if believed else "",
    }


def _short(name: str) -> str:
    return "".join(one if one.isprintable() else "·" for one in name[:_LONGEST])


def _workspace(certificate: x509.Certificate) -> str:
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (x509.ExtensionNotFound, x509.DuplicateExtension, x509.UnsupportedGeneralNameType, ValueError):
        return ""
    told = (name for name in names.get_values_for_type(x509.UniformResourceIdentifier) if name.startswith(WORKSPACE))
    return next(told, "").removeprefix(WORKSPACE)


def _text(name: x509.Name, oid: ObjectIdentifier) -> str:
    found = name.get_attributes_for_oid(oid)
    return str(found[0].value) if found else ""
