"""An authority of somebody else, and what it issues."""

import ssl
from datetime import UTC, datetime
from functools import cache
from unittest.mock import patch

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from socle.pki.issuing import Authority, Holder, make_intermediate, make_root
from socle.pki.kinds import Kind, Subject, wanted

NAME = "TEST AC IGC-SANTE FORT PERSONNES"


@cache
def editors_authority(name: str = "AC EDITEUR ORGANISATIONS") -> Holder:
    """An issuing authority under a root that nobody shows."""
    now = datetime.now(UTC)
    return make_intermediate(make_root("RACINE EDITEUR", now), name, now)


def issued(authority: Holder, kind: Kind, subject: Subject | None = None, *, serial: int | None = None) -> Holder:
    """``serial``: the number to give, whosever it is."""
    given = x509.random_serial_number if serial is None else lambda: serial
    with patch.object(x509, "random_serial_number", given):
        return _issued(authority, kind, subject)


def _issued(authority: Holder, kind: Kind, subject: Subject | None) -> Holder:
    return Authority(authority).issue(wanted(kind, subject or Subject()), datetime.now(UTC))


def pem_of(holder: Holder) -> bytes:
    """The certificate alone."""
    return holder.certificate.public_bytes(Encoding.PEM)


def of_no_version(certificate: x509.Certificate) -> bytes:
    """DER of the same in version 2, which no library reads: it says so otherwise than of what is broken."""
    der = certificate.public_bytes(Encoding.DER)
    three, two = bytes.fromhex("a003020102"), bytes.fromhex("a003020101")
    assert der.count(three) == 1
    return der.replace(three, two)


def pem_of_der(der: bytes) -> bytes:
    """The same, as text."""
    return ssl.DER_cert_to_PEM_cert(der).encode()
