"""Certificates in the forms that software takes: PEM, PKCS#12 (also as Java 8 and Windows read it), trust stores."""

from collections.abc import Iterable

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.serialization import PrivateFormat, pkcs12

from socle.pki.issuing import Holder

PASSWORD = "socles"  # noqa: S105 - the sandbox's documented password; there is nothing behind it to protect
_OLD_ROUNDS = 2048


def pem(holder: Holder) -> bytes:
    """Key, certificate and issuers but the root, unencrypted: for nginx, Python, curl, Node."""
    key = holder.key.private_bytes(serialization.Encoding.PEM, PrivateFormat.PKCS8, serialization.NoEncryption())
    return key + certificates_pem((holder.certificate, *holder.above[:-1]))


def certificates_pem(shown: Iterable[x509.Certificate]) -> bytes:
    """Certificates one after the other."""
    return b"".join(one.public_bytes(serialization.Encoding.PEM) for one in shown)


def p12(holder: Holder, alias: str, password: str = PASSWORD, *, old: bool = False) -> bytes:
    """PKCS#12 with the issuers. ``old``: 3DES and SHA-1, which Java 8 before update 301 and older Windows need."""
    encryption: serialization.KeySerializationEncryption = serialization.BestAvailableEncryption(password.encode())
    if old:
        encryption = (
            PrivateFormat.PKCS12.encryption_builder()
            .kdf_rounds(_OLD_ROUNDS)
            .key_cert_algorithm(pkcs12.PBES.PBESv1SHA1And3KeyTripleDESCBC)
            .hmac_hash(hashes.SHA1())  # noqa: S303 - what the old readers know
            .build(password.encode())
        )
    return pkcs12.serialize_key_and_certificates(
        alias.encode(), holder.key, holder.certificate, list(holder.above), encryption
    )


def java_truststore(roots: Iterable[tuple[str, x509.Certificate]], password: str = PASSWORD) -> bytes:
    """A PKCS#12 trust store that Java takes as one."""
    trusted = [pkcs12.PKCS12Certificate(certificate, alias.encode()) for alias, certificate in roots]
    return pkcs12.serialize_java_truststore(trusted, serialization.BestAvailableEncryption(password.encode()))
