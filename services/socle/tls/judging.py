"""A client certificate that nobody has verified yet: behind the edge, which takes every one (``optional_no_ca``).

What OpenSSL refuses where it verifies itself is refused here for the same reasons, in the service's words.
"""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from urllib.parse import unquote_to_bytes

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.x509.oid import ExtendedKeyUsageOID

from socle.clock import Clock, SystemClock
from socle.pki.folder import Pki
from socle.pki.issuer import issuer_of
from socle.pki.issuing import KEY_BITS
from socle.pki.reading import read_pem
from socle.rules import Finding
from socle.tls import rules
from socle.tls.peer import NOBODY, WHERE, Peer, read_peer

FRESH_SECONDS = 0.2
"""After which dates and revocation of a certificate are looked at again: what changes is seen as soon as D14 has it."""
LONGEST = 16 << 10
"""Bytes of a certificate as the edge writes it; a real one takes 2 to 3 kB."""
_KEPT = 256


class Judge:
    """Knows the sandbox's authorities."""

    def __init__(self, pki: Pki, clock: Clock | None = None) -> None:
        """``clock`` is the real one: certificates do not follow a workspace's (D13)."""
        self._pki = pki
        self._clock = clock or SystemClock()
        self._seen: dict[bytes, tuple[float, Peer]] = {}

    async def judge(self, shown: bytes) -> Peer:
        """``shown``: PEM, percent-encoded; its leaf alone counts. Never raises: what cannot be read is a finding.

        Calls with the same certificate find the verdict made; once in :data:`FRESH_SECONDS` one of them makes it anew,
        in a thread, since revocations are read from disk.
        """
        now = asyncio.get_running_loop().time()
        known = self._seen.get(shown)
        if known is not None:
            if now - known[0] < FRESH_SECONDS:
                return known[1]
            self._seen[shown] = (now, known[1])  # who comes meanwhile does not look, too
        peer = await asyncio.to_thread(self.judge_now, shown)
        if len(self._seen) >= _KEPT and shown not in self._seen:
            self._seen.clear()
        self._seen[shown] = (now, peer)
        return peer

    def judge_now(self, shown: bytes) -> Peer:
        """The same, blocking and without memory."""
        try:
            certificate = _parsed(shown)
            peer = read_peer(certificate)
        except (ValueError, UnsupportedAlgorithm):
            return replace(NOBODY, findings=(rules.INVALID.finding(where=WHERE, found="illisible"),))
        self._pki.prepare()
        if issuer_of(certificate, self._pki) is None:
            found = rules.UNKNOWN_AUTHORITY.finding(where=WHERE, found=peer.issuer[:200])
            return replace(peer, findings=(found,), issuer_trusted=False)
        return replace(peer, findings=tuple(self._check(certificate, peer.fingerprint)))

    def _check(self, certificate: x509.Certificate, fingerprint: str) -> Iterator[Finding]:
        now = self._clock.now()
        if now < certificate.not_valid_before_utc:
            yield rules.NOT_YET_VALID.finding(
                where=WHERE, found=f"valable dès {certificate.not_valid_before_utc:%Y-%m-%d}"
            )
        if now > certificate.not_valid_after_utc:
            yield rules.EXPIRED.finding(where=WHERE, found=f"jusqu'au {certificate.not_valid_after_utc:%Y-%m-%d}")
        if not _for_clients(certificate):
            yield rules.INVALID.finding(where=WHERE, expected="clientAuth", found="unsuitable certificate purpose")
        key = certificate.public_key()
        if isinstance(key, RSAPublicKey) and key.key_size < KEY_BITS:
            yield rules.WEAK.finding(where=WHERE, expected=f"≥ {KEY_BITS}", found=str(key.key_size))
        if self._pki.revocation_of(certificate.serial_number, fingerprint) is not None:
            yield revoked(certificate.serial_number)


def revoked(serial: int) -> Finding:
    """That this certificate is."""
    return rules.REVOKED.finding(where=WHERE, found=f"n° {serial:x}")


@lru_cache(_KEPT)
def _parsed(shown: bytes) -> x509.Certificate:
    if len(shown) > LONGEST:
        raise ValueError(len(shown))
    certificate = read_pem(unquote_to_bytes(shown))
    certificate.public_key()
    return certificate


def _for_clients(certificate: x509.Certificate) -> bool:
    """Its extensions allow that it opens TLS for a client, as OpenSSL asks; without them everything is allowed."""
    extensions = certificate.extensions
    try:
        if not extensions.get_extension_for_class(x509.KeyUsage).value.digital_signature:
            return False
    except x509.ExtensionNotFound:
        pass
    try:
        return ExtendedKeyUsageOID.CLIENT_AUTH in extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except x509.ExtensionNotFound:
        return True
