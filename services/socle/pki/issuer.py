"""Which authority issued a certificate: one of the sandbox's, or one of somebody else that was added."""

from functools import lru_cache

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm

from socle.pki.folder import Pki
from socle.pki.names import Range
from socle.pki.outside import Outside


def issuer_of(certificate: x509.Certificate, pki: Pki) -> Range | None:
    """The range whose authority signed it, here or outside; a name alone proves nothing. Reads from disk."""
    here = issued_here(certificate, pki)
    if here is not None:
        return here
    outside = outside_issuer_of(certificate, pki)
    return outside.range if outside is not None else None


@lru_cache(256)
def issued_here(certificate: x509.Certificate, pki: Pki) -> Range | None:
    """The range whose intermediate authority signed it.

    Answers are kept: they do not change while the chain is the same."""
    return next((one for one in Range if _signed(certificate, pki.intermediate(one))), None)


def outside_issuer_of(certificate: x509.Certificate, pki: Pki) -> Outside | None:
    """The added authority that signed it itself."""
    return next((one for one in pki.outside.trusted() if _signed(certificate, one.certificate)), None)


@lru_cache(1024)
def _signed(certificate: x509.Certificate, authority: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(authority)
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
        return False
    return True
