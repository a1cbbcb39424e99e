"""Behind an edge proxy: the journal names the client, and all replicas show one certificate."""

import asyncio
import ssl
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from mss_sim.wire.tls import server_context
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


def test_replicas_that_start_at_once_show_one_certificate(tmp_path: Path) -> None:
    pem = tmp_path / "shared" / "smtp.pem"

    with ThreadPoolExecutor(4) as pool:
        contexts = list(pool.map(lambda _: server_context(pem, "smtp.socles.localhost"), range(4)))

    shown = {_certificate(context) for context in contexts}
    assert len(shown) == 1
    assert {_certificate(server_context(pem, "smtp.socles.localhost"))} == shown
    assert [path.name for path in pem.parent.iterdir()] == ["smtp.pem"]


def _certificate(context: ssl.SSLContext) -> bytes | None:
    """What a client of this context is shown, by a handshake in memory."""
    trusting = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
    there, back = ssl.MemoryBIO(), ssl.MemoryBIO()
    server, client = context.wrap_bio(there, back, server_side=True), trusting.wrap_bio(back, there)
    for _ in range(4):
        for side in (client, server):
            try:
                side.do_handshake()
            except ssl.SSLWantReadError:
                continue
    return client.getpeercert(binary_form=True)
