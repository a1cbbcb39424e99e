"""Behind an edge that speaks TLS in our place: what it says of the client is believed, and nobody else is.

The edge writes one header into every request, over whatever the client may have put there::

    X-Socles-Edge: KEY call HOST PORT VERSION SUITE CERTIFICATE

VERSION and SUITE are ``-`` without TLS; CERTIFICATE is ``-`` where none is asked for, ``none`` where none was shown,
else the client's own, PEM, percent-encoded. ``KEY handshakes`` comes with lines of the edge's log. The header is taken
off here: the journal keeps requests, and must not tell the key.
"""

import hmac
from collections.abc import Callable
from pathlib import Path

from starlette.responses import JSONResponse, Response

from socle.rules import Finding
from socle.service import ASGIApp, Receive, Scope, Send
from socle.tls.handshakes import logged
from socle.tls.judging import Judge
from socle.tls.peer import NOBODY, Peer, state_of
from socle.web.errors import refusal

HEADER = b"x-socles-edge"
SHORTEST_KEY = 32
_LONGEST_LOG = 256 << 10
_NOTHING = b"-"


class BehindEdge:
    """An application as the edge's clients reach it."""

    def __init__(
        self,
        app: ASGIApp,
        key: bytes,
        judge: Judge,
        *,
        soap: Callable[[str], bool],
        told: Callable[[str, Finding], None],
    ) -> None:
        """``soap``: whether a path is of a service that answers for a bad certificate in its own words; elsewhere it is
        refused here. ``told`` is called with a client's address and what TLS would have refused it for."""
        self._app = app
        self._key = key
        self._judge = judge
        self._soap = soap
        self._told = told

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        found = [value for name, value in scope["headers"] if name == HEADER] if scope["type"] == "http" else ()
        answer = self._app
        if found:
            scope["headers"] = [one for one in scope["headers"] if one[0] != HEADER]
            key, _, said = found[0].partition(b" ")
            if len(found) == 1 and hmac.compare_digest(key, self._key):
                answer = await self._hear(scope, said.split(b" "), receive)
        await answer(scope, receive, send)

    async def _hear(self, scope: Scope, said: list[bytes], receive: Receive) -> ASGIApp:
        """Who is to answer."""
        if said == [b"handshakes"]:
            await self._failed(receive)
            return Response(status_code=204)
        _call, host, port, version, suite, certificate = said
        scope["client"] = (host.decode("ascii"), int(port))
        if version == _NOTHING:
            return self._app
        scope["scheme"] = "https"
        peer = await self._peer(certificate)
        scope.setdefault("state", {}).update(state_of(f"{version.decode()} {suite.decode()}", peer))
        refused = peer.refused if peer is not None else None
        if refused is None or self._soap(scope["path"]):
            return self._app
        self._told(f"{host.decode()}:{int(port)}", refused)
        return _declined(refused)

    async def _peer(self, certificate: bytes) -> Peer | None:
        if certificate == _NOTHING:
            return None
        return NOBODY if certificate == b"none" else await self._judge.judge(certificate)

    async def _failed(self, receive: Receive) -> None:
        """Journal the handshakes that the edge's log tells of."""
        log = bytearray()
        while len(log) < _LONGEST_LOG:
            message = await receive()
            log += message.get("body", b"")
            if not message.get("more_body"):
                break
        for line in log.decode("utf-8", "replace").splitlines():
            failure = logged(line)
            if failure is not None:
                self._told(*failure)


def read_key(file: Path) -> bytes:
    """Raises ``OSError`` when there is no such file, ``ValueError`` when it holds too little."""
    key = file.read_bytes().strip()
    if len(key) < SHORTEST_KEY or b" " in key:
        raise ValueError(f"{file}: at least {SHORTEST_KEY} characters, without spaces, are expected")
    return key


def _declined(finding: Finding) -> ASGIApp:
    """What is not SOAP says it in JSON, where TLS would have ended the connection."""
    rule = finding.rule
    said = f"Certificat client refusé. Règle non respectée : {rule.title_fr}."
    body = refusal(rule.id, said, f"Client certificate refused. Rule not met: {rule.title_en}.", remedy=rule.remedy)
    return JSONResponse(body, 403, {"X-Socles-Simulated": "true"})
