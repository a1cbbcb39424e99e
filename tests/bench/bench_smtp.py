"""SMTP acceptance against a bare aiosmtpd sink: same dialogue, same TLS, same 20 kB mail."""

import asyncio
import base64
import itertools
import logging
import random
import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP

from bench.harness import Run, bench, served
from mss_sim.app import build
from mss_sim.settings import MssSettings
from mss_sim.wire.tls import server_context
from socle.control.model import BoxType
from socle.control.plane import ControlPlane
from socle.control.settings import ControlSettings
from socle.ground import Ground
from socle.journal.store import JournalStore
from socle.pki.folder import Pki
from socle.settings import GroundSettings
from support.mails import PDF_A, cda, mail, xdm

MAILS = 400
CONNECTIONS = 8
_SIZE = 20_044
_FILLER = random.Random(1).randbytes(30_000)


def with_archive() -> bytes:
    """A mail of about 20 kB: CDA of level 3 in its IHE_XDM archive, and a PDF that takes what is left."""
    text = b"<component><section><title>Conclusion</title><text>" + b"Examen sans particularite. " * 4
    body = b"<structuredBody>" + (text + b"</text></section></component>") * 60 + b"</structuredBody>"
    archive = xdm(cda().replace(b"<structuredBody/>", body))
    short = len(mail(archive))
    return mail(archive, pdf=PDF_A + _FILLER[: (_SIZE - short) * 3 // 4])


def without_archive() -> bytes:
    """The same size: text, and the rest as an attached PDF."""
    message = EmailMessage(policy=SMTP_POLICY)
    for name, value in (
        ("From", "a@sink.fr"),
        ("Subject", "Bonjour"),
        ("Message-ID", "<1@sink.fr>"),
        ("X-MSS-NIL", "1"),
    ):
        message[name] = value
    message.set_content("Veuillez trouver ci-joint le compte rendu.\n" * 10)
    message.add_attachment(PDF_A + _FILLER[:13_800], maintype="application", subtype="pdf", filename="cr.pdf")
    return message.as_bytes()


@asynccontextmanager
async def ours(folder: Path) -> AsyncIterator[int]:
    """MSSanté with control plane, store, relay and journal."""
    settings = GroundSettings(data_dir=folder)
    control = ControlPlane(settings, ControlSettings(establishments=20, patients_per_establishment=5))
    ground = Ground(settings, control, JournalStore(settings))
    service = build(ground, MssSettings(smtp_port=0))
    async with ground:
        await service.start()
        boxes = sorted(box.address for box in control.population("default").boxes if box.type is BoxType.PER)
        (folder / "boxes").write_text("\n".join(boxes[:2]), "utf-8")
        try:
            yield service.smtp_address[1]
        finally:
            await service.stop()


class _Sink:
    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        return "250 OK"


@asynccontextmanager
async def sink(folder: Path) -> AsyncIterator[int]:
    """aiosmtpd as it comes: it reads the mail and forgets it."""
    logging.getLogger("mail.log").setLevel(logging.ERROR)
    context = await asyncio.to_thread(server_context, Pki(folder / "sink"), None, "localhost")
    loop = asyncio.get_running_loop()

    def connection() -> SMTP:
        return SMTP(
            _Sink(),
            hostname="sink",
            tls_context=context,
            auth_callback=lambda *_: True,
            loop=loop,
            enable_SMTPUTF8=False,
        )

    server = await loop.create_server(connection, "127.0.0.1", 0)
    (folder / "boxes").write_text("a@sink.fr\nb@sink.fr", "utf-8")
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


def smtp_load(port: int, addresses: Sequence[str], raw: bytes, *, mails: int = MAILS) -> int:
    """Send ``mails`` copies over a few connections kept open, waiting for each reply as most software does."""
    asyncio.run(_load(port, addresses, raw, mails))
    return mails


async def _load(port: int, addresses: Sequence[str], raw: bytes, mails: int) -> None:
    stuffed = raw.replace(b"\r\n.", b"\r\n..") + b".\r\n"
    left = itertools.repeat(None, mails)
    async with asyncio.TaskGroup() as group:
        for _ in range(CONNECTIONS):
            group.create_task(_connection(port, addresses, stuffed, left))


async def _connection(port: int, addresses: Sequence[str], stuffed: bytes, left: Any) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 18)
    sender, receiver = addresses
    await _reply(reader)
    await _say(reader, writer, b"EHLO bench\r\n")
    await _say(reader, writer, b"STARTTLS\r\n")
    await writer.start_tls(context)
    await _say(reader, writer, b"EHLO bench\r\n")
    secret = base64.b64encode(f"\0{sender}\0socles".encode())
    await _say(reader, writer, b"AUTH PLAIN " + secret + b"\r\n", b"235")
    for _ in left:
        await _say(reader, writer, f"MAIL FROM:<{sender}> SIZE={len(stuffed)}\r\n".encode())
        await _say(reader, writer, f"RCPT TO:<{receiver}>\r\n".encode())
        await _say(reader, writer, b"DATA\r\n", b"354")
        await _say(reader, writer, stuffed)
    await _say(reader, writer, b"QUIT\r\n", b"221")
    writer.close()


async def _say(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, line: bytes, code: bytes = b"2") -> None:
    writer.write(line)
    answer = await _reply(reader)
    if not answer.startswith(code):
        raise RuntimeError(f"{line[:60]!r} → {answer!r}")


async def _reply(reader: asyncio.StreamReader) -> bytes:
    while (line := await reader.readline())[3:4] == b"-":
        pass
    return line


@bench("SMTP accept against a bare aiosmtpd sink", bar=0.8)
def smtp_accept(run: Run) -> None:
    plain, archived = without_archive(), with_archive()
    with served(ours) as a, served(sink) as b:
        mine, theirs = ((side.folder / "boxes").read_text("utf-8").split() for side in (a, b))
        run.compare(
            ours=a.batch(lambda port: smtp_load(port, mine, plain)),
            ceiling=b.batch(lambda port: smtp_load(port, theirs, plain)),
        )
        run.compare(
            name="… the mail carries an IHE_XDM archive, opened and checked",
            ours=a.batch(lambda port: smtp_load(port, mine, archived)),
            ceiling=b.batch(lambda port: smtp_load(port, theirs, archived)),
        )
        run.note(f"mails of {len(plain)} and {len(archived)} bytes, {CONNECTIONS} connections, STARTTLS on both sides")
        run.note("both: MIME read, check report, store, events, relay, journal; the sink stores and reads nothing")
        run.note(f"resident {a.resident_mb:.0f} MiB after the run")
