# ruff: noqa: N802 - aiosmtpd finds commands by these names
"""AUTH over TLS (RFC 4954, RFC 4616), as clients really write it (domain/mssante.md §5.5).

XOAUTH2 takes access tokens of Pro Santé Connect; in place of one also the box's password, our own choice.
"""

import asyncio
import base64
import binascii
import collections
import ssl
from typing import Any, Final, cast

from aiosmtpd.proxy_protocol import ProxyData
from aiosmtpd.smtp import MISSING, SMTP, Envelope, Session

from mss_sim.domain.faults.opening import CHALLENGE
from mss_sim.wire.leaving import leave
from mss_sim.wire.session import Account, Desk, Link
from mss_sim.wire.tls import ServerTls
from socle.rules import Finding
from socle.tls.judging import revoked
from socle.tls.peer import peer_of
from socle.tls.rules import finding_of

COMMAND_LIMIT: Final = 16_384
PROXY_SECONDS: Final = 5.0
_ENHANCED: Final = {
    "220": "2.0.0", "221": "2.0.0", "250": "2.0.0", "252": "2.0.0", "421": "4.3.2", "451": "4.3.0", "454": "4.7.0",
    "500": "5.5.2", "501": "5.5.4", "502": "5.5.1", "503": "5.5.1", "504": "5.5.4", "530": "5.7.0", "535": "5.7.8",
    "550": "5.0.0", "552": "5.3.4", "553": "5.1.3", "554": "5.0.0",
}  # fmt: skip
"""RFC 2034 §4: every reply carries one once the extension is announced; for replies that do not say it themselves."""


def enhanced(reply: str) -> str:
    """The reply with its enhanced status code; 3xx and what has one already stay as they are."""
    code, text = reply[:3], reply[4:]
    if reply[3:4] != " " or code not in _ENHANCED or (text[1:2] == "." and text[:1].isdigit()):
        return reply
    return f"{code} {_ENHANCED[code]} {text}"


class _Proxied:
    """aiosmtpd's hook for the PROXY protocol."""

    async def handle_PROXY(
        self, server: "SaslProtocol", session: Session, envelope: Envelope, proxy: ProxyData
    ) -> bool:
        """Keep the client's address; a proxy that speaks for itself (a health check) has none."""
        if proxy.src_addr is not None and proxy.src_port is not None:
            server.client = (str(proxy.src_addr), proxy.src_port)
        return True


class TlsFailed(Exception):
    """The handshake failed, for what ``finding`` says: the connection is of no more use."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.rule.id)
        self.finding = finding


class SaslProtocol(SMTP):
    """aiosmtpd with room for long commands, enhanced status codes on every reply, and authentication by the desk.

    Stock aiosmtpd refuses command lines above 512 bytes and knows mechanism names in capitals only.
    """

    command_size_limit = COMMAND_LIMIT
    line_length_limit = 1 << 16  # also how much the stream buffers before it pauses the sender

    def __init__(
        self, desk: Desk, tls: ServerTls, *, loop: asyncio.AbstractEventLoop, proxied: bool = False, **options: Any
    ) -> None:
        """``proxied``: a proxy before us says first who the client is."""
        handler, wait = (_Proxied(), PROXY_SECONDS) if proxied else (None, None)
        super().__init__(handler, loop=loop, ident="ESMTP Socles (simulation)", proxy_protocol_timeout=wait, **options)
        self.client: tuple[str, int] | None = None
        """Who stands behind the proxy."""
        self.command_size_limits = collections.defaultdict(lambda: COMMAND_LIMIT)
        self._desk = desk
        self._tls = tls
        self._shown = ""
        """The client's certificate, as the journal names it."""
        self._account: Account | None = None
        self._greeted = False
        self._alive = 0.0
        self.secure = False
        """TLS is on."""

    @property
    def link(self) -> Link:
        """The connection as the journal names it."""
        peer = self.client or (self.session.peer if self.session is not None else None)
        secure = self.transport.get_extra_info("ssl_object") if self.transport is not None else None
        tls = (
            f"{secure.version()} {secure.cipher()[0]}{self._shown}" if secure is not None and secure.cipher() else None
        )
        return Link(f"{peer[0]}:{peer[1]}" if isinstance(peer, tuple) else str(peer or ""), tls)

    async def _upgrade(self, context: ssl.SSLContext) -> None:
        """TLS on this connection, by the loop's own means (uvloop's are several times faster than asyncio's in Python).

        What was said before is forgotten, as RFC 3207 §4.2 asks. Raises ``TlsFailed``.
        """
        plain = cast(asyncio.Transport, self.transport)  # uvloop's transports are none by inheritance
        try:
            secured = await self.loop.start_tls(plain, self, context, server_side=True)
        except (OSError, EOFError) as error:
            raise TlsFailed(finding_of(error)) from error
        if secured is None:
            raise TlsFailed(finding_of(ConnectionResetError()))
        await self._look_at_client(secured.get_extra_info("ssl_object"))
        for stream in (self._reader, self._writer):
            setattr(stream, "_transport", secured)  # noqa: B010 - as asyncio's own StreamWriter.start_tls does
        self.transport, self.secure = secured, True
        self.session = self._create_session()
        self.session.peer = secured.get_extra_info("peername")
        self.session.ssl = {"peercert": secured.get_extra_info("peercert")}
        self._account = None

    async def _look_at_client(self, secured: ssl.SSLObject) -> None:
        der = secured.getpeercert(binary_form=True)
        peer = peer_of(der) if der else None
        if peer is not None:
            if await self._tls.revoked(peer.serial):
                raise TlsFailed(revoked(peer.serial))
            self._shown = f" {peer.label}"

    def cut(self) -> None:
        """End the connection without a word."""
        if self.transport is not None:
            cast(asyncio.WriteTransport, self.transport).abort()

    def _reset_timeout(self, duration: float | None = None) -> None:
        """Note that the client is alive; one timer per connection looks at the note, instead of one per command."""
        self._alive = self.loop.time()
        if self._timeout_handle is None:
            self._timeout_handle = self.loop.call_later(self._timeout_duration, self._timeout_cb)

    def _timeout_cb(self) -> None:
        left = self._alive + self._timeout_duration - self.loop.time()
        if left > 0:
            self._timeout_handle = self.loop.call_later(left, self._timeout_cb)
        elif self.transport is not None:
            self.transport.close()

    async def push(self, status: Any, link: Link | None = None) -> None:
        """Send a reply; ``link`` is what the desk was given, which may say how the reply leaves."""
        reply = status if isinstance(status, str) else bytes(status).decode("utf-8")
        line = enhanced(reply) if self._greeted else reply
        self._greeted = True
        if link is not None and link.leaving is not None:
            leaving, link.leaving = link.leaving, None
            await leave(line, leaving, self._writer)
        else:
            self._writer.write(line.encode("ascii", "replace") + b"\r\n")
            await self._writer.drain()
        if line.startswith("421") and self.transport is not None:
            self.transport.close()  # RFC 5321 §3.8

    async def smtp_AUTH(self, arg: str | None) -> None:
        if await self.check_helo_needed("EHLO"):
            return
        mechanism, _, initial = (arg or "").partition(" ")
        if not self.secure:
            await self.push("538 5.7.11 Encryption required: use STARTTLS first")
        elif self._account is not None:
            await self.push("503 5.5.1 Already authenticated")
        elif mechanism.upper() == "PLAIN":
            await self._plain(initial.strip())
        elif mechanism.upper() == "LOGIN":
            await self._login(initial.strip())
        elif mechanism.upper() == "XOAUTH2":
            await self._xoauth2(initial.strip())
        else:
            await self.push("504 5.5.4 Unrecognized authentication type")

    async def _plain(self, initial: str) -> None:
        answer = await self._secret("", initial)
        if answer is None:
            return
        fields = answer.split(b"\0")
        if len(fields) != 3:
            await self.push("501 5.5.2 PLAIN: authorization, NUL, login, NUL, password expected")
            return
        acts_as, login, password = fields
        # the workspace may stand before the login alone
        if acts_as and login and acts_as.lower() not in (login.lower(), login.lower().rpartition(b"/")[2]):
            await self.push("535 5.7.8 A box cannot act as another one")
            return
        await self._log_in(login or acts_as, password)

    async def _login(self, initial: str) -> None:
        login = await self._secret("Username:", initial)
        password = await self._secret("Password:", "") if login is not None else None
        if login is not None and password is not None:
            await self._log_in(login, password)

    async def _xoauth2(self, initial: str) -> None:
        answer = await self._secret("", initial)
        if answer is None:
            return
        fields = dict(field.partition(b"=")[::2] for field in answer.split(b"\1") if field)
        scheme, _, token = fields.get(b"auth", b"").partition(b" ")
        if scheme.lower() != b"bearer" or not fields.get(b"user"):
            await self.push("501 5.5.2 XOAUTH2: user=, auth=Bearer and a token expected")
            return
        await self._log_in(fields[b"user"], token, refusal=f"334 {CHALLENGE}")

    async def _secret(self, challenge: str, initial: str) -> bytes | None:
        """The client's next answer, decoded; None when it gave up or wrote no base64 (and was told so)."""
        if not initial:
            answer = await self.challenge_auth(challenge)
            return None if answer is MISSING else bytes(answer)
        try:
            return b"" if initial == "=" else base64.b64decode(initial, validate=True)
        except (binascii.Error, ValueError):
            await self.push("501 5.5.2 Cannot decode base64")
            return None

    async def _log_in(self, login: bytes, password: bytes, *, refusal: str | None = None) -> None:
        """``refusal``: what the mechanism says instead of 535; the connection ends with it (domain/mssante.md §1.1)."""
        name, secret = login.decode("utf-8", "replace"), password.decode("utf-8", "replace")
        link = self.link
        found = await self._desk.authenticate(name, secret, link, bearer=refusal is not None)
        if isinstance(found, Account):
            self._account = found
            found = "235 2.7.0 Authentication successful"
        elif refusal is not None and found.startswith("535"):
            found = refusal
        await self.push(found, link)
        if found.startswith("334") and self.transport is not None:
            self.transport.close()
