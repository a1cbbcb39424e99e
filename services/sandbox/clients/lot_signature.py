"""The signature of the hospitals' lots: right; without a seal it is of a self-made key that nobody trusts."""

from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa

from socle.assertions.making.lot import Identity, hashed
from socle.assertions.making.lot import lot_signature as signed


def lot_signature(
    set_id: str, documents: Iterable[tuple[str, bytes]], signed_at: datetime, identity: Identity | None = None
) -> bytes:
    """The document of the Signature01 entry; ``documents`` are (uniqueId, CDA bytes) in the order of the lot."""
    return signed(set_id, [hashed(one, content) for one, content in documents], signed_at, identity or _identity())


@cache
def _identity() -> Identity:
    """Made once per process."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "socles-sandbox")])
    builder = x509.CertificateBuilder(
        issuer_name=name,
        subject_name=name,
        public_key=key.public_key(),
        serial_number=1,
        not_valid_before=datetime(2020, 1, 1, tzinfo=UTC),
        not_valid_after=datetime(2100, 1, 1, tzinfo=UTC),
    )
    return Identity(builder.sign(key, hashes.SHA256()), key)
