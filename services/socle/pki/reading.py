"""Certificates of strangers, read whole at once: the library reads late, and says in many ways that it cannot."""

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm

_UNREADABLE = (
    UnsupportedAlgorithm,
    x509.DuplicateExtension,
    x509.InvalidVersion,
    x509.UnsupportedGeneralNameType,
)
"""Besides ``ValueError``."""


def read_der(content: bytes) -> x509.Certificate:
    """Raises ``ValueError`` for what cannot be read to its end, but for its key."""
    try:
        return _whole(x509.load_der_x509_certificate(content))
    except _UNREADABLE as error:
        raise ValueError(str(error)) from error


def read_pem(content: bytes) -> x509.Certificate:
    """The first one. Raises as :func:`read_der`."""
    try:
        return _whole(x509.load_pem_x509_certificate(content))
    except _UNREADABLE as error:
        raise ValueError(str(error)) from error


def read_pems(content: bytes) -> list[x509.Certificate]:
    """All of them. Raises as :func:`read_der`, also when there is none."""
    try:
        return list(map(_whole, x509.load_pem_x509_certificates(content)))
    except _UNREADABLE as error:
        raise ValueError(str(error)) from error


def _whole(certificate: x509.Certificate) -> x509.Certificate:
    _ = certificate.subject, certificate.issuer, certificate.extensions
    _ = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    return certificate
