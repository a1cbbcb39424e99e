"""A thrifty submission client: STARTTLS, AUTH PLAIN, commands pipelined, connections kept for each sender."""

import asyncio
import base64
import ssl
from collections import defaultdict
from contextlib import suppress

from sandbox.load.http import Lost, Unreached


class Refused(Exception):
    """The server refused before it had the message; ``reply`` is its line."""

    def __init__(self, reply: str) -> None:
        super().__init__(reply)
        self.reply = reply


class _Session:
    """One authenticated connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        self.mails = 0

    async def login(self, context: ssl.SSLContext, login: str, password: str) -> None:
        await self._expect("220")
        await self._command("EHLO hopital.socles.example", "250")
        await self._command("STARTTLS", "220")
        await self._writer.start_tls(context)
        secret = base64.b64encode(f"\0{login}\0{password}".encode()).decode()
        self._writer.write(f"EHLO hopital.socles.example\r\nAUTH PLAIN {secret}\r\n".encode())
        await self._expect("250")
        await self._expect("235")

    async def send(self, sender: str, recipient: str, content: bytes) -> str:
        """The final reply. Raises :class:`Refused` when it came before the message, ``OSError`` when none came."""
        self.mails += 1
        self._writer.write(f"MAIL FROM:<{sender}>\r\nRCPT TO:<{recipient}>\r\nDATA\r\n".encode())
        replies = [await self._reply() for _ in range(3)]
        refused = next((reply for reply in replies[:2] if not reply.startswith("250")), None)
        if refused is None and not replies[2].startswith("354"):
            refused = replies[2]
        if refused is not None:
            self.close()  # simpler than asking it to forget what it took
            raise Refused(refused)
        self._writer.write(content)
        await self._writer.drain()
        return await self._reply()

    async def _command(self, line: str, wanted: str) -> None:
        self._writer.write(line.encode() + b"\r\n")
        await self._expect(wanted)

    async def _expect(self, wanted: str) -> None:
        reply = await self._reply()
        if not reply.startswith(wanted):
            raise Refused(reply)

    async def _reply(self) -> str:
        while True:
            line = await self._reader.readline()
            if not line.endswith(b"\n"):
                raise ConnectionResetError("closed")
            if line[3:4] != b"-":
                return line.decode("ascii", "replace").strip()

    @property
    def usable(self) -> bool:
        return not self._writer.is_closing() and not self._reader.at_eof()

    def close(self) -> None:
        self._writer.transport.abort()


class SmtpPool:
    """Connections to one submission server, by sender; ``reuse`` mails on each, 0 for as many as it takes."""

    def __init__(
        self,
        host: str,
        port: int,
        context: ssl.SSLContext,
        *,
        workspace: str,
        reuse: int,
        connections: int,
        timeout: float,
    ) -> None:
        self._address = host, port
        self._context = context
        self._workspace = workspace
        self._reuse = reuse
        self._timeout = timeout
        self._gate = asyncio.Semaphore(connections)
        self._idle: dict[str, list[_Session]] = defaultdict(list)

    async def send(self, sender: str, password: str, recipient: str, content: bytes) -> str:
        """The final reply, or the refusal that came earlier. Raises :class:`Unreached` or :class:`Lost`."""
        async with self._gate:
            under_way = False
            session: _Session | None = None
            try:
                async with asyncio.timeout(self._timeout):
                    session = await self._session(sender, password)
                    under_way = True
                    reply = await session.send(sender, recipient, content)
            except Refused as refused:
                return refused.reply
            except (OSError, TimeoutError) as error:  # a time-out is an OSError too, by name another
                if session is not None:
                    session.close()
                reason = "timeout" if isinstance(error, TimeoutError) else type(error).__name__
                raise (Lost if under_way else Unreached)(reason) from error
            if session.usable and (not self._reuse or session.mails < self._reuse):
                self._idle[sender].append(session)
            else:
                session.close()
            return reply

    async def _session(self, sender: str, password: str) -> _Session:
        while self._idle[sender]:
            session = self._idle[sender].pop()
            if session.usable:
                return session
        session = _Session(*await asyncio.open_connection(*self._address))
        try:
            await session.login(self._context, f"{self._workspace}/{sender}", password)
        except BaseException:
            session.close()
            raise
        return session

    def close(self) -> None:
        """Drop the idle connections."""
        for sessions in self._idle.values():
            for session in sessions:
                with suppress(OSError):
                    session.close()
        self._idle.clear()
