"""Behind an edge proxy, the journal names the client."""

import asyncio
from pathlib import Path

from support.mss_served import mss
from support.raw_smtp import RawSmtp


async def test_the_journal_names_the_client_that_the_proxy_tells_before_and_after_tls(tmp_path: Path) -> None:
    async with mss(tmp_path, proxy_protocol=True) as served:
        reader, writer = await asyncio.open_connection("127.0.0.1", served.port)
        client = RawSmtp(reader, writer, served.context)
        await client.say(b"PROXY TCP4 192.0.2.7 192.0.2.1 40123 2587\r\n")
        assert (await client.reply()).startswith("220 ")

        await client.ask("EHLO test")
        await client.secure()
        await client.ask("EHLO test")
        assert (await client.ask("AUTH PLAIN AHgAeA==")).startswith("535")
        await client.close()

        assert served.journal.last.peer == "192.0.2.7:40123"


async def test_a_connection_that_does_not_come_by_the_proxy_is_closed(tmp_path: Path) -> None:
    async with mss(tmp_path, proxy_protocol=True) as served:
        reader, writer = await asyncio.open_connection("127.0.0.1", served.port)
        client = RawSmtp(reader, writer, served.context)

        assert not await client.ask("EHLO test")
        await client.close()
