"""SMTP spoken by hand, byte for byte: what no library would send."""

import asyncio
import base64
import contextlib
import ssl
from typing import Self


class RawSmtp:
    """One connection; ``say`` sends bytes as they are, ``reply`` reads one whole reply."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, context: ssl.SSLContext) -> None:
        self.reader, self.writer, self.context = reader, writer, context

    @classmethod
    async def open(cls, port: int, context: ssl.SSLContext) -> Self:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        client = cls(reader, writer, context)
        assert (await client.reply()).startswith("220 ")
        return client

    @classmethod
    async def ready(cls, port: int, context: ssl.SSLContext, login: str) -> Self:
        """Connected, secured, authenticated."""
        client = await cls.open(port, context)
        await client.ask("EHLO test")
        await client.secure()
        await client.ask("EHLO test")
        secret = base64.b64encode(f"\0{login}\0socles".encode()).decode()
        assert (await client.ask(f"AUTH PLAIN {secret}")).startswith("235")
        return client

    async def say(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def reply(self) -> str:
        """All lines of a reply, joined; empty at the end of the connection."""
        lines = []
        async with asyncio.timeout(40):
            while line := (await self.reader.readline()).decode():
                lines.append(line.rstrip())
                if line[3:4] != "-":
                    break
        return "\n".join(lines)

    async def ask(self, command: str) -> str:
        await self.say(command.encode() + b"\r\n")
        return await self.reply()

    async def secure(self) -> None:
        assert (await self.ask("STARTTLS")).startswith("220")
        await self.writer.start_tls(self.context)

    async def close(self) -> None:
        self.writer.close()
        with contextlib.suppress(OSError):
            await self.writer.wait_closed()
