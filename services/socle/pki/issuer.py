"""Which of the sandbox's authorities issued a certificate."""

from functools import lru_cache

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm

from socle.pki.folder import Pki
from socle.pki.names import Range


@lru_cache(256)
def issuer_of(certificate: x509.Certificate, pki: Pki) -> Range | None:
    """The range whose intermediate authority signed it. Its name alone proves nothing.

    Answers are kept: they do not change while the chain is the same."""
    for range_ in Range:
        try:
            certificate.verify_directly_issued_by(pki.intermediate(range_))
        except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
            continue
        return range_
    return None
