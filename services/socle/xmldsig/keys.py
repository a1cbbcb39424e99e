"""SignatureValue under the key of the signer's certificate."""

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import HashAlgorithm

from socle.xmldsig.problem import Problem, SignatureRefused

FEWEST_BITS, MOST_BITS = 2048, 4096
"""Of the signer's key. Ours; an enormous key would cost seconds."""


def check_value(certificate: x509.Certificate, value: bytes, signed: bytes, algorithm: HashAlgorithm) -> None:
    """``signed`` is the canonical form of SignedInfo. Raises ``SignatureRefused``."""
    try:
        key = certificate.public_key()
    except (ValueError, UnsupportedAlgorithm) as error:
        raise SignatureRefused(Problem.KEY, found=str(error)) from error
    if not isinstance(key, RSAPublicKey) or not FEWEST_BITS <= key.key_size <= MOST_BITS:
        found = f"RSA {key.key_size}" if isinstance(key, RSAPublicKey) else type(key).__name__
        raise SignatureRefused(Problem.KEY, expected=f"RSA, {FEWEST_BITS} à {MOST_BITS} bits", found=found)
    try:
        key.verify(value, signed, PKCS1v15(), algorithm)
    except InvalidSignature as error:
        raise SignatureRefused(Problem.VALUE, "Signature/SignatureValue", found="ne vérifie pas") from error
