"""What fault rules do to an answer on its way (D10), read from a bare socket; and what the journal says left."""

import asyncio
import time
from pathlib import Path

import pytest

from socle.admission import Admission
from socle.blobs import Blob, BlobRef
from socle.control.port import Fault, FaultEffect, FaultPoint
from socle.exchange import Exchange, Outcome
from socle.soap.model import Call, FaultCode, Reply, SoapFault
from support.wire import PLAIN, Echo, envelope, raw, serving

DOCUMENT = b"%PDF-1.7 " + bytes(range(256)) * 4000
SHA256 = Blob.of(DOCUMENT).sha256


class Giving(Echo):
    """Answers with a document, as a repository does."""

    document: Blob | None = None

    async def echo(self, call: Call) -> Reply:
        await call.before_commit()
        given = self.document
        attachments = [("doc@socles", "application/pdf", given)] if given is not None else []
        return Reply(b"<EchoResponse/>", attachments=attachments)


@pytest.fixture
def echo(tmp_path: Path) -> Giving:
    return Giving(tmp_path / "spool")


def on_disk(folder: Path) -> Blob:
    path = folder / "document"
    path.write_bytes(DOCUMENT)
    return Blob(SHA256, len(DOCUMENT), path=path)


def request() -> bytes:
    text = envelope().encode()
    head = f"POST /echo HTTP/1.1\r\nHost: h\r\nContent-Type: {PLAIN['Content-Type']}\r\nConnection: close\r\n"
    return f"{head}Content-Length: {len(text)}\r\n\r\n".encode() + text


async def answered(echo: Echo, fault: Fault | None, point: FaultPoint = FaultPoint.RECEIVED) -> tuple[int, bytes]:
    """(Content-Length, the bytes of the body that came)."""
    echo.control.faults = {point: fault} if fault is not None else {}
    before = len(echo.journal.kept)
    async with serving(echo.app) as address:
        answer = await raw(address, request())
        await asyncio.wait_for(_journalled(echo, before + 1), 30)
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 ")
    said = next(line for line in head.split(b"\r\n") if line.lower().startswith(b"content-length"))
    return int(said.partition(b":")[2]), body


async def _journalled(echo: Echo, count: int) -> None:
    while len(echo.journal.kept) < count:
        await asyncio.sleep(0.01)


def left(exchange: Exchange) -> bytes:
    return b"".join(DOCUMENT if isinstance(part, BlobRef) else part for part in exchange.response.body)


@pytest.mark.parametrize("point", list(FaultPoint))
@pytest.mark.parametrize("share", [0.0, 0.3, 0.999, 1.0])
async def test_cut_in_the_middle_of_an_answer(echo: Giving, tmp_path: Path, share: float, point: FaultPoint) -> None:
    echo.document = on_disk(tmp_path)
    whole, _ = await answered(echo, None)
    said, body = await answered(echo, Fault("f", FaultEffect.CUT_ANSWER, share=share), point)
    exchange = echo.journal.last
    assert (said, len(body)) == (whole, int(whole * share))
    assert left(exchange) == body
    assert (exchange.fault, exchange.outcome, exchange.status) == ("f", Outcome.FAULT, 200)


async def test_truncated_multipart_is_a_well_formed_http_answer_without_its_closing_boundary(
    echo: Giving, tmp_path: Path
) -> None:
    echo.document = on_disk(tmp_path)
    whole, full = await answered(echo, None)
    boundary = full[2 : full.index(b"\r\n", 2)].removeprefix(b"--")
    assert full.endswith(b"--" + boundary + b"--")
    said, body = await answered(echo, Fault("f", FaultEffect.TRUNCATE))
    assert (said, len(body)) == (whole // 2, whole // 2)
    assert body.count(b"--uuid:") == 2
    assert not body.endswith(b"--")
    assert left(echo.journal.last) == body
    assert echo.journal.last.outcome is Outcome.FAULT
    assert dict(echo.journal.last.response.headers)["content-length"] == str(said)


async def test_a_refusal_is_cut_too_when_the_rule_stands_at_its_arrival(echo: Giving) -> None:
    async def refuse(call: Call) -> Reply:
        raise SoapFault(FaultCode.SENDER, "non")

    echo.echo = refuse  # type: ignore[method-assign]
    echo.__post_init__()
    said, body = await answered(echo, Fault("f", FaultEffect.CUT_ANSWER))
    assert len(body) == said // 2


async def test_drip_gives_the_whole_answer_at_the_pace_asked_for(echo: Giving) -> None:
    whole, full = await answered(echo, None)
    began = time.perf_counter()
    said, body = await answered(echo, Fault("f", FaultEffect.DRIP, bytes_per_second=whole * 2))
    took = time.perf_counter() - began
    assert (said, len(body)) == (whole, len(full))
    assert 0.4 <= took < 20
    assert (echo.journal.last.fault, echo.journal.last.outcome) == ("f", Outcome.ACCEPTED)
    assert left(echo.journal.last) == body


async def test_drip_streams_attachments_and_ends_when_the_client_leaves(echo: Giving, tmp_path: Path) -> None:
    echo.document = on_disk(tmp_path)
    echo.control.faults = {FaultPoint.BEFORE_ANSWER: Fault("f", FaultEffect.DRIP, bytes_per_second=20_000)}
    async with serving(echo.app) as address:
        reader, writer = await asyncio.open_connection(*address)
        writer.write(request())
        await reader.readuntil(b"\r\n\r\n")
        body = await reader.readexactly(5000)
        writer.close()
        await asyncio.wait_for(_journalled(echo, 1), 30)
    exchange = echo.journal.last
    assert DOCUMENT[:1000] in body
    assert left(exchange).startswith(body)
    assert 5000 <= len(left(exchange)) < 20_000
    assert exchange.outcome is Outcome.FAULT


async def test_drip_hurries_when_the_process_stops(echo: Giving) -> None:
    echo.control.faults = {FaultPoint.RECEIVED: Fault("f", FaultEffect.DRIP, bytes_per_second=1)}
    async with serving(echo.app) as address:
        reader, writer = await asyncio.open_connection(*address)
        writer.write(request())
        head = await reader.readuntil(b"\r\n\r\n")
        await reader.readexactly(1)
        began = time.perf_counter()
        echo.admission.stopping.set()
        body = await reader.read()
        writer.close()
    assert time.perf_counter() - began < 30
    assert f"content-length: {len(body) + 1}".encode() in head
    assert echo.journal.last.outcome is Outcome.ACCEPTED


@pytest.mark.parametrize("point", list(FaultPoint))
async def test_overload_is_what_admission_answers(tmp_path: Path, point: FaultPoint) -> None:
    echo = Echo(tmp_path, admission=Admission("busy", active=1, queue=0))
    async with echo.admission:
        _, really = await answered(echo, None)
    _, injected = await answered(echo, Fault("f", FaultEffect.OVERLOAD), point)
    assert injected[:40] == really[:40]
    assert "momentanément saturé" in injected.decode()
    assert (echo.journal.last.status, echo.journal.last.outcome, echo.rules) == (503, Outcome.FAULT, ["fault.overload"])


async def test_who_waits_for_a_rule_takes_no_place_from_others(tmp_path: Path) -> None:
    echo = Echo(tmp_path, admission=Admission("narrow", active=1, queue=0))
    echo.control.faults = {FaultPoint.RECEIVED: Fault("f", FaultEffect.LATENCY, latency_ms=4000)}
    async with serving(echo.app) as address:
        slow = asyncio.create_task(raw(address, request()))
        while not echo.control.asked:
            await asyncio.sleep(0.01)
        echo.control.faults = {}
        began = time.perf_counter()
        assert (await raw(address, request())).startswith(b"HTTP/1.1 200 ")
        assert time.perf_counter() - began < 3.5
        assert (await slow).startswith(b"HTTP/1.1 200 ")
    assert (echo.admission.active, echo.admission.waiting) == (0, 0)


async def test_any_effect_may_wait_first(echo: Giving) -> None:
    began = time.perf_counter()
    await answered(echo, Fault("f", FaultEffect.CUT_ANSWER, latency_ms=200))
    assert time.perf_counter() - began > 0.2
