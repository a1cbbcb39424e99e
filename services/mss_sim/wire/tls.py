"""The server's TLS context, on a certificate it makes for itself at the first start (a chain comes with part 4)."""

import os
import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from uuid import uuid4

_LIFETIME = timedelta(days=825)
_RENEW_BEFORE = timedelta(days=7)


def server_context(pem: Path, hostname: str) -> ssl.SSLContext:
    """A context for STARTTLS, TLS 1.2 at least (ECO.1.1.1); ``pem`` holds key and certificate, made if need be.

    The key is RSA, since clients may offer ECDHE_RSA suites only (ECO.1.1.3). Blocking.
    """
    if not _still_good(pem):
        pem.parent.mkdir(parents=True, exist_ok=True)
        _write(pem, _make(hostname))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(pem)
    return context


def _still_good(pem: Path) -> bool:
    from cryptography import x509

    try:
        found = x509.load_pem_x509_certificate(pem.read_bytes())
    except (OSError, ValueError):
        return False
    return found.not_valid_after_utc > datetime.now(UTC) + _RENEW_BEFORE


def _make(hostname: str) -> bytes:
    """A private key and its own certificate, as PEM."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import rsa
    from cryptography.x509.oid import NameOID

    private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    organization = x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Socles (bac a sable)")
    name = x509.Name([organization, x509.NameAttribute(NameOID.COMMON_NAME, hostname)])
    now = datetime.now(UTC)  # TLS lives in real time, whatever the workspaces' clocks say (D13)
    names = [x509.DNSName(hostname), x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))]
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + _LIFETIME)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(private, hashes.SHA256())
    )
    key = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return key + certificate.public_bytes(serialization.Encoding.PEM)


def _write(path: Path, content: bytes) -> None:
    """Readable by the owner only, and whole or not at all. Of replicas that start at once, the first one's stays."""
    temporary = path.with_name(f"{path.name}.{uuid4().hex}")  # containers all have process 1
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    try:
        os.link(temporary, path)
    except FileExistsError:
        if not _still_good(path):  # else another replica was quicker
            os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
