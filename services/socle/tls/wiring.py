"""The edge that the settings name, put before a process's application."""

from collections.abc import Sequence

from socle.ground import Ground
from socle.pki.wiring import make_pki
from socle.rules import Finding
from socle.service import ASGIApp, Service
from socle.soap.endpoint import SoapEndpoint
from socle.tls.edge import BehindEdge, read_key
from socle.tls.handshakes import failed_handshake
from socle.tls.judging import Judge
from socle.tls.settings import EdgeSettings
from socle.web.workspace import choose


def behind_edge(app: ASGIApp, ground: Ground, services: Sequence[Service], settings: EdgeSettings) -> ASGIApp:
    """``app`` itself where no edge is believed. Raises ``OSError`` or ``ValueError`` for a key that cannot be read."""
    if settings.key_file is None:
        return app
    soap = {path for one in services for path, mount in one.mounts.items() if isinstance(mount, SoapEndpoint)}

    def told(peer: str, finding: Finding) -> None:
        ground.journal.record(failed_handshake(ground.control, peer, finding))

    key, judge = read_key(settings.key_file), Judge(make_pki(ground.settings))
    return BehindEdge(app, key, judge, soap=lambda path: choose(path).path in soap, told=told)
