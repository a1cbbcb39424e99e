"""A handshake that failed, as the journal keeps it: here, or at the edge, whose log tells."""

import re
from datetime import UTC, datetime

from socle.control.model import DEFAULT_WORKSPACE
from socle.control.port import Control
from socle.exchange import Exchange, Outcome
from socle.rules import Finding
from socle.tls.rules import NOT_TLS, finding_for

SERVICE = "tls"
_CLIENT = re.compile(r", client: ([0-9A-Fa-f.:]+)")
_REASON = re.compile(r"SSL routines:[^:]*:([^:)]+)")
_SHAKING, _PLAIN = " while SSL handshaking, ", "client sent plain HTTP request to HTTPS port"


def failed_handshake(control: Control, peer: str, finding: Finding) -> Exchange:
    """``peer``: the client's address. It stands in the default workspace, since nobody has named one yet."""
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
    exchange.findings.append(finding)
    exchange.code = finding.rule.id
    exchange.finish()
    return exchange


def logged(line: str) -> tuple[str, Finding] | None:
    """From a line of nginx's error log: the client's address and why its handshake failed; None for any other line."""
    client = _CLIENT.search(line)
    if client is None:
        return None
    if _PLAIN in line:
        return client[1], NOT_TLS.finding(where="négociation TLS", found="plain HTTP request")
    if _SHAKING not in line:
        return None
    reason = _REASON.search(line)
    return client[1], finding_for(reason[1] if reason is not None else "connection closed")
