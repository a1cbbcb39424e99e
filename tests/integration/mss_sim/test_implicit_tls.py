"""Submission with TLS before the first word (RFC 8314 §3.3), as the benches of real editors also speak it."""

import asyncio
import smtplib
import socket
import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from socle.control.model import BoxType
from socle.exchange import Outcome
from socle.pki.files import certificates_pem, pem
from socle.pki.kinds import Flaw, Kind
from socle.pki.names import Range
from support.mails import mail
from support.mss_served import Mss, mss
from support.signed import holder, pki

PROXY = b"PROXY TCP4 192.0.2.7 192.0.2.1 40123 2465\r\n"


@pytest.fixture
async def served(tmp_path: Path) -> AsyncIterator[Mss]:
    async with mss(tmp_path, smtps_port=0) as running:
        yield running


def trusting(others: Range = Range.ORGANISATIONS) -> ssl.SSLContext:
    root = pki().root(others)
    return ssl.create_default_context(cadata=certificates_pem([root]).decode())


def port(served: Mss) -> int:
    assert served.service.smtps_address is not None
    return served.service.smtps_address[1]


def connect(served: Mss, context: ssl.SSLContext) -> smtplib.SMTP_SSL:
    """As any script does, the name verified."""
    return smtplib.SMTP_SSL("localhost", port(served), timeout=20, context=context)


async def told(served: Mss) -> tuple[str, Outcome, list[str]]:
    """The newest exchange, once there is one."""
    async with asyncio.timeout(20):
        while not served.journal.exchanges:
            await asyncio.sleep(0.02)
    last = served.journal.last
    return last.operation, last.outcome, [finding.rule.id for finding in last.findings]


async def test_a_mail_goes_by_smtp_ssl(served: Mss) -> None:
    sender, recipient = served.boxes(BoxType.PER)[0].address, served.boxes(BoxType.ORG)[0].address

    def send() -> tuple[bytes, int]:
        with connect(served, trusting()) as client:
            extensions = client.ehlo()[1]
            again = client.docmd("STARTTLS")[0]
            client.login(sender, "socles")
            assert client.sendmail(sender, [recipient], mail()) == {}
        return extensions, again

    extensions, again = await asyncio.to_thread(send)
    assert (b"AUTH PLAIN LOGIN XOAUTH2" in extensions, b"STARTTLS" in extensions, again) == (True, False, 503)
    exchange = served.journal.last
    assert (exchange.outcome, exchange.tls is not None and exchange.tls.startswith("TLSv1.")) == (
        Outcome.ACCEPTED,
        True,
    )
    await served.events(2)


async def test_a_client_that_does_not_know_the_authorities_is_told_of(served: Mss) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        await asyncio.to_thread(lambda: connect(served, trusting(Range.PERSONS)))
    assert await told(served) == ("TLS", Outcome.REFUSED, ["tls.server.distrusted"])


async def test_a_revoked_certificate_ends_the_connection(served: Mss, tmp_path: Path) -> None:
    shown = tmp_path / "shown.pem"
    shown.write_bytes(await asyncio.to_thread(lambda: pem(holder(Kind.ORG_AUTH_CLI, Flaw.REVOKED))))
    context = trusting()
    context.load_cert_chain(shown)
    with pytest.raises((OSError, smtplib.SMTPException)):
        await asyncio.to_thread(connect, served, context)
    assert await told(served) == ("TLS", Outcome.REFUSED, ["tls.client.revoked"])


async def test_who_speaks_in_clear_hears_nothing(served: Mss) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port(served))
    writer.write(b"EHLO test\r\n")
    async with asyncio.timeout(20):
        try:
            heard = await reader.read()
        except ConnectionResetError:
            heard = b""
    writer.close()
    assert b"220" not in heard
    assert await told(served) == ("TLS", Outcome.REFUSED, ["tls.handshake.not-tls"])


async def test_beyond_the_bound_the_connection_ends_without_a_word(tmp_path: Path) -> None:
    async with mss(tmp_path, smtps_port=0, max_connections=1) as served:
        _, first = await asyncio.open_connection("127.0.0.1", port(served))
        async with asyncio.timeout(20):
            while not served.service._server._open:
                await asyncio.sleep(0.02)
        reader, second = await asyncio.open_connection("127.0.0.1", port(served))
        async with asyncio.timeout(20):
            assert await reader.read() == b""
        for writer in (first, second):
            writer.close()


async def test_behind_a_proxy_whose_word_comes_with_the_client_s_first(tmp_path: Path) -> None:
    async with mss(tmp_path, smtps_port=0, proxy_protocol=True) as served:
        greeting, refused = await asyncio.to_thread(_by_proxy, port(served))
        assert (greeting[:4], refused[:4]) == (b"220 ", b"535 ")
        assert served.journal.last.peer == "192.0.2.7:40123"


def _by_proxy(where: int) -> tuple[bytes, bytes]:
    """The greeting, and what a wrong login is told; the proxy's line and the ClientHello leave in one piece."""
    read, write = ssl.MemoryBIO(), ssl.MemoryBIO()
    tls = trusting().wrap_bio(read, write, server_hostname="localhost")
    with socket.create_connection(("127.0.0.1", where), 20) as connection:
        first = [PROXY]

        def exchange() -> None:
            connection.sendall(b"".join([*first, write.read()]))
            first.clear()
            read.write(connection.recv(1 << 16))

        def line() -> bytes:
            while True:
                try:
                    return tls.read(1 << 12)
                except ssl.SSLWantReadError:
                    exchange()

        while True:
            try:
                tls.do_handshake()
                break
            except ssl.SSLWantReadError:
                exchange()
        greeting = line()
        tls.write(b"EHLO test\r\n")
        line()
        tls.write(b"AUTH PLAIN AHgAeA==\r\n")
        return greeting, line()
