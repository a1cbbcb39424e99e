# ruff: noqa: N802 - aiosmtpd finds commands by these names
"""The submission dialogue: aiosmtpd with its known defects cured (domain/mssante.md §5.2, §5.5).

Cured here: parameters of MAIL and RCPT, the null sender, announced extensions, DATA read in bulk; in ``secured.py``:
long command lines, enhanced status codes; in ``sasl.py``: mechanism names in any case. Decisions are the desk's
(``session.Desk``).
"""

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Final

from mss_sim.wire.params import BadParameter, parse_mail, parse_path, parse_rcpt
from mss_sim.wire.receive import receive
from mss_sim.wire.sasl import SaslProtocol
from mss_sim.wire.secured import TlsFailed
from mss_sim.wire.session import Cut, Desk, MailTransaction
from mss_sim.wire.tls import ServerTls

_LOG: Final = logging.getLogger(__name__)


class MailProtocol(SaslProtocol):
    """One connection: the dialogue's order and words."""

    def __init__(
        self,
        desk: Desk,
        tls: ServerTls,
        *,
        hostname: str,
        size_limit: int,
        spool: Path,
        idle_seconds: float,
        loop: asyncio.AbstractEventLoop,
        pending: set["asyncio.Task[str]"],
        proxied: bool = False,
        implicit: bool = False,
    ) -> None:
        super().__init__(
            desk,
            tls,
            loop=loop,
            proxied=proxied,
            implicit=implicit,
            hostname=hostname,
            data_size_limit=size_limit,
            timeout=idle_seconds,
        )
        self._size_limit = size_limit
        self._spool = spool
        self._pending = pending
        """Messages whole on this side and not yet decided; the server waits for them when it stops."""
        self.mail: MailTransaction | None = None
        self.leaving = False
        """Told to stop: the mail under way finishes, then 421."""
        self.on_close: Callable[[], object] = lambda: None

    def connection_lost(self, error: Exception | None) -> None:
        self._abandon("connection lost")
        super().connection_lost(error)
        self.on_close()

    async def handle_exception(self, error: Exception) -> str:
        """The reply to what a command raised: unforeseen errors are logged, never told."""
        if isinstance(error, Cut | TlsFailed):
            if isinstance(error, TlsFailed):
                self._desk.handshake_failed("TLS" if self.implicit else "STARTTLS", self.link, error.finding)
            self.cut()
        elif not isinstance(error, ConnectionError):
            _LOG.error("smtp command failed", exc_info=error)
        return "451 4.3.0 Local error in processing"

    async def leave(self) -> None:
        """Stop: at once when no mail is under way, else after it."""
        self.leaving = True
        if self.mail is None:
            await self._goodbye()

    async def smtp_HELO(self, hostname: str) -> None:
        await self._hello(hostname, "HELO")

    async def smtp_EHLO(self, hostname: str) -> None:
        await self._hello(hostname, "EHLO")

    async def _hello(self, hostname: str, command: str) -> None:
        if not hostname:
            await self.push(f"501 5.5.4 Syntax: {command} hostname")
            return
        self._abandon(command)
        assert self.session is not None
        self.session.extended_smtp = command == "EHLO"
        self.session.host_name = hostname
        link = self.link
        refusal = await self._desk.opening("EHLO", hostname, link)
        if refusal is not None:
            await self.push(refusal, link)
            return
        secure = self.secure
        extensions = (
            f"SIZE {self._size_limit}",
            "8BITMIME",
            "PIPELINING",
            "ENHANCEDSTATUSCODES",
            "DSN",
            "AUTH PLAIN LOGIN XOAUTH2" if secure else "STARTTLS",
        )
        lines = (self.hostname, *extensions, "HELP") if command == "EHLO" else (self.hostname,)
        await self.push("".join(f"250-{line}\r\n" for line in lines[:-1]) + f"250 {lines[-1]}", link)

    async def smtp_STARTTLS(self, arg: str) -> None:
        if arg or self.secure:
            await self.push("501 5.5.4 Syntax: STARTTLS" if arg else "503 5.5.1 TLS already active")
            return
        try:
            context = await self._tls.context()
        except OSError:
            _LOG.exception("no TLS context")
            await self.push("454 4.7.0 TLS not available due to temporary reason")
            return
        self._abandon("STARTTLS")
        injected = len(self._take_input())  # sent in clear behind STARTTLS: forgotten (RFC 3207 §6)
        if injected:
            self._desk.injected(self.link, injected)
        link = self.link
        refusal = await self._desk.opening("STARTTLS", self.session.host_name or "" if self.session else "", link)
        await self.push(refusal or "220 2.0.0 Ready to start TLS", link)
        if refusal is None:
            await self._upgrade(context)

    async def smtp_AUTH(self, arg: str | None) -> None:
        if self.mail is not None:
            await self.push("503 5.5.1 AUTH is not permitted during a mail transaction")
        else:
            await super().smtp_AUTH(arg)

    async def smtp_MAIL(self, arg: str | None) -> None:
        if await self.check_helo_needed():
            return
        if self._account is None:
            await self.push("530 5.7.0 Authentication required")
        elif self.mail is not None:
            await self.push("503 5.5.1 Nested MAIL command")
        elif self.leaving:
            await self._goodbye()
        else:
            try:
                sender, rest = parse_path(arg or "", "FROM")
                params = parse_mail(rest)
            except BadParameter as error:
                await self.push(error.reply)
                return
            link = self.link
            begun = await self._desk.begin(self._account, sender, params, link, arg or "")
            if isinstance(begun, MailTransaction):
                self.mail = begun
                begun = "250 2.1.0 Sender ok"
            await self.push(begun, link)

    async def smtp_RCPT(self, arg: str | None) -> None:
        if self.mail is None:
            await self.push("503 5.5.1 MAIL first")
            return
        try:
            address, rest = parse_path(arg or "", "TO")
            params = parse_rcpt(rest)
            if not address:
                raise BadParameter("501 5.1.3 Recipient address expected")
        except BadParameter as error:
            await self.push(error.reply)
            return
        link = self.mail.link
        await self.push(await self._desk.recipient(self.mail, address, params, arg or ""), link)

    async def smtp_DATA(self, arg: str | None) -> None:
        mail = self.mail
        if arg or mail is None or not mail.recipients:
            await self.push("501 5.5.4 Syntax: DATA" if arg else "503 5.5.1 No valid recipients")
            return
        go = await self._desk.data(mail)
        await self.push(go, mail.link)
        if not go.startswith("354"):
            self.mail = None
            return
        received = await receive(
            self._reader, limit=self._size_limit, spool_folder=self._spool, alive=self._reset_timeout
        )
        # a client that leaves now cancels this task: what it sent whole is dealt with all the same
        decided = self.loop.create_task(self._desk.content(mail, received))
        self._pending.add(decided)
        decided.add_done_callback(self._pending.discard)
        self.mail = None
        await self.push(await asyncio.shield(decided), mail.link)
        if not received.in_step or self.leaving:
            await self._goodbye()

    async def smtp_RSET(self, arg: str | None) -> None:
        if arg:
            await self.push("501 5.5.4 Syntax: RSET")
            return
        self._abandon("RSET")
        await self.push("250 2.0.0 Ok")

    async def smtp_QUIT(self, arg: str) -> None:
        if not arg:
            self._abandon("QUIT")
        await super().smtp_QUIT(arg)

    async def smtp_VRFY(self, arg: str | None) -> None:
        await self.push("252 2.5.0 Cannot verify, but will accept the message and try to deliver it")

    async def _goodbye(self) -> None:
        if self.transport is not None and not self.transport.is_closing():
            await self.push(f"421 4.3.2 {self.hostname} closing connection")
        if self.transport is not None:
            self.transport.close()

    def _abandon(self, how: str) -> None:
        mail, self.mail = self.mail, None
        if mail is not None:
            self._desk.abandoned(mail, how)
