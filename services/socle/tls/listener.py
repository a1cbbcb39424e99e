"""The TLS listeners of a process, made from the settings and the sandbox's own authorities."""

import asyncio
import os
import ssl
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from socle.control.model import DEFAULT_WORKSPACE
from socle.control.port import Control
from socle.exchange import Exchange, Outcome
from socle.journal.port import Journal
from socle.pki.files import certificates_pem, pem
from socle.pki.folder import Pki
from socle.pki.kinds import Kind, Subject
from socle.pki.names import Range
from socle.tls.gate import Terms, TlsGate, TlsHttpProtocol
from socle.tls.peer import Peer
from socle.tls.rules import finding_of
from socle.tls.settings import DMP_SUITES, TlsSettings, TlsVersion

SERVICE = "tls"
_OLDEST = {TlsVersion.V1_2: ssl.TLSVersion.TLSv1_2, TlsVersion.V1_3: ssl.TLSVersion.TLSv1_3}


def server_context(settings: TlsSettings, pki: Pki, *, mutual: bool) -> ssl.SSLContext:
    """Makes the authorities if there are none. Blocking.

    Raises ``OSError`` (``ssl.SSLError`` is one) for a certificate or suites that cannot be used.
    """
    pki.prepare()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = _OLDEST[settings.oldest]
    context.set_ciphers(settings.suites or ":".join(DMP_SUITES))
    if settings.certificate is not None:
        context.load_cert_chain(settings.certificate)
    else:
        _load(context, pem(pki.issue(Kind.SERVER, Subject(hosts=tuple(settings.hosts)))))
    if mutual:
        context.verify_mode = ssl.CERT_REQUIRED
        # roots and intermediates: some clients show their own certificate only
        trusted = [*map(pki.root, Range), *map(pki.intermediate, Range)]
        context.load_verify_locations(cadata=certificates_pem(trusted).decode())
    return context


def protocol(terms: Terms) -> Callable[..., TlsGate]:
    """What a server makes for each connection, in the place of an HTTP protocol's class."""

    def make(*arguments: Any, **named: Any) -> TlsGate:
        return TlsGate(TlsHttpProtocol(*arguments, **named), terms)

    return make


async def terms_of(settings: TlsSettings, pki: Pki, control: Control, journal: Journal, *, mutual: bool) -> Terms:
    """Raises as :func:`server_context`."""

    def told(peer: str, error: Exception) -> None:
        journal.record(failed_handshake(control, peer, error))

    async def complete(peer: Peer) -> Peer:
        revoked = await asyncio.to_thread(pki.revoked_at, peer.serial)
        return replace(peer, revoked=revoked is not None)

    context = await asyncio.to_thread(server_context, settings, pki, mutual=mutual)
    return Terms(context, settings.handshake_seconds, complete, told)


def failed_handshake(control: Control, peer: str, error: Exception) -> Exchange:
    """As the journal keeps it: in the default workspace, since nobody has named one yet."""
    workspace = control.workspace(DEFAULT_WORKSPACE)
    exchange = Exchange(
        SERVICE,
        "tls",
        DEFAULT_WORKSPACE,
        workspace.epoch if workspace is not None else 1,
        received_at=datetime.now(UTC),
        operation="handshake",
    )
    exchange.peer = peer
    exchange.outcome = Outcome.REFUSED
    finding = finding_of(error)
    exchange.findings.append(finding)
    exchange.code = finding.rule.id
    exchange.finish()
    return exchange


def _load(context: ssl.SSLContext, content: bytes) -> None:
    """OpenSSL takes keys from files only: one that its owner alone can read, and that is gone at once."""
    descriptor, name = tempfile.mkstemp(suffix=".pem")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        context.load_cert_chain(name)
    finally:
        Path(name).unlink()


def ports(settings: TlsSettings) -> Sequence[tuple[int, bool]]:
    """The ports to open, and whether each asks for the client's certificate."""
    return [
        (port, mutual) for port, mutual in ((settings.port, False), (settings.mutual_port, True)) if port is not None
    ]
