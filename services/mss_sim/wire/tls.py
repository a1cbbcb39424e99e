"""TLS of the submission server: on a certificate of the sandbox's authorities, or one's own.

The client's certificate is asked for and not demanded: applicative boxes show an ORG AUTH_CLI one, others none
(domain/mssante.md §1.1). One that the sandbox did not issue, or that is expired, fails the handshake.
"""

import asyncio
import ssl
from collections.abc import Callable
from pathlib import Path

from socle.pki.folder import Pki
from socle.soap.offload import in_thread
from socle.tls.contexts import ask, show
from socle.tls.peer import Peer


def server_context(pki: Pki, certificate: Path | None, hostname: str) -> ssl.SSLContext:
    """A context for STARTTLS, TLS 1.2 at least (ECO.1.1.1). ``certificate``: key and certificate of one's own, PEM;
    without it one is made, also for ``hostname``. RSA, since clients may offer ECDHE_RSA suites only (ECO.1.1.3).

    Blocking. Raises ``OSError`` for a file that cannot be used, or a folder of the authorities that cannot be written.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    show(context, pki, certificate, [hostname])
    ask(context, pki, ssl.CERT_OPTIONAL)
    return context


class ServerTls:
    """The context, made when it is first asked for: authorities take a second, which a start need not wait for."""

    def __init__(self, make: Callable[[], ssl.SSLContext], revoked: Callable[[int, str], bool]) -> None:
        """Both may block; ``revoked`` tells of a serial number and a SHA-256 (hexadecimal)."""
        self._make = make
        self._revoked = revoked
        self._making: asyncio.Future[ssl.SSLContext] | None = None

    async def context(self) -> ssl.SSLContext:
        """Raises ``OSError`` as ``make`` does; the next one who asks has it tried again."""
        if self._making is None:
            self._making = asyncio.ensure_future(in_thread(self._make))
        try:
            return await asyncio.shield(self._making)
        except OSError:
            self._making = None
            raise

    async def revoked(self, peer: Peer) -> bool:
        """Whether the sandbox issued this very certificate, and revoked it."""
        return await in_thread(self._revoked, peer.serial, peer.fingerprint)
