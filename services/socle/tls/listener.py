"""The TLS listeners of a process, made from the settings and the sandbox's own authorities."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from socle.control.port import Control
from socle.journal.port import Journal
from socle.pki.folder import Pki
from socle.tls.contexts import server_context
from socle.tls.gate import Terms, TlsGate, TlsHttpProtocol
from socle.tls.handshakes import failed_handshake
from socle.tls.judging import revoked
from socle.tls.peer import Peer
from socle.tls.rules import finding_of
from socle.tls.settings import TlsSettings


def protocol(terms: Terms) -> Callable[..., TlsGate]:
    """What a server makes for each connection, in the place of an HTTP protocol's class."""

    def make(*arguments: Any, **named: Any) -> TlsGate:
        return TlsGate(TlsHttpProtocol(*arguments, **named), terms)

    return make


async def terms_of(settings: TlsSettings, pki: Pki, control: Control, journal: Journal, *, mutual: bool) -> Terms:
    """Raises as ``contexts.server_context``."""

    def told(peer: str, error: Exception) -> None:
        journal.record(failed_handshake(control, peer, finding_of(error)))

    async def complete(peer: Peer) -> Peer:
        if await asyncio.to_thread(pki.revocation_of, peer.serial, peer.fingerprint) is None:
            return peer
        return replace(peer, findings=(revoked(peer.serial),))

    context = await asyncio.to_thread(server_context, settings, pki, mutual=mutual)
    return Terms(context, settings.handshake_seconds, complete, told)


def ports(settings: TlsSettings) -> Sequence[tuple[int, bool]]:
    """The ports to open, and whether each asks for the client's certificate."""
    return [
        (port, mutual) for port, mutual in ((settings.port, False), (settings.mutual_port, True)) if port is not None
    ]
