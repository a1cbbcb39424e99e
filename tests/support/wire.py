"""An echo SOAP endpoint with fakes behind it, alone or on a real server, and the bytes to send it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from socle.admission import Admission
from socle.clock import Clock, SystemClock
from socle.control.model import DEFAULT_WORKSPACE, Workspace
from socle.control.port import Attributes, Fault, FaultPoint, Population
from socle.exchange import Exchange, Outcome
from socle.http_protocol import HttpProtocol
from socle.http_server import HttpServer, listen
from socle.service import ASGIApp, Message
from socle.soap.endpoint import SoapEndpoint
from socle.soap.include import content_of
from socle.soap.model import SOAP12, WSA, Call, Operation, Reply

ECHO = "urn:socles:test"
ACTION = "urn:socles:test:echo"
PLAIN = {"Content-Type": f'application/soap+xml; charset=UTF-8; action="{ACTION}"', "Host": "sandbox.test:8080"}
"""Headers of a plain SOAP 1.2 request."""


class FakeControl:
    """A control plane with one workspace and, perhaps, one fault per point."""

    def __init__(self, workspace: Workspace | None = None) -> None:
        self.known = workspace or Workspace(DEFAULT_WORKSPACE)
        self.faults: dict[FaultPoint, Fault] = {}
        self.asked: list[tuple[FaultPoint, str, Mapping[str, str]]] = []

    def workspace(self, name: str) -> Workspace | None:
        return self.known if name == self.known.name else None

    def clock(self, workspace: str) -> Clock:
        return SystemClock()

    def population(self, workspace: str) -> Population:
        raise NotImplementedError(workspace)

    def patient_ref(self, matricule: str) -> str:
        return f"ref-{matricule}"

    def revoked(self, workspace: str, ids: Iterable[str]) -> bool:
        return False

    def may_fault(self, workspace: str) -> bool:
        return True

    async def fault(
        self, point: FaultPoint, *, workspace: str, service: str, operation: str, attributes: Attributes
    ) -> Fault | None:
        said = {name: value for name in ("path", "action", "peer") if (value := attributes(name)) is not None}
        self.asked.append((point, operation, said))
        return self.faults.get(point)


@dataclass
class FakeJournal:
    """Keeps exchanges in memory."""

    kept: list[Exchange] = field(default_factory=list)

    def record(self, exchange: Exchange) -> None:
        self.kept.append(exchange)

    @property
    def last(self) -> Exchange:
        return self.kept[-1]


@dataclass
class Echo:
    """The endpoint, its fakes, and what its operation got."""

    spool: Path
    control: FakeControl = field(default_factory=FakeControl)
    journal: FakeJournal = field(default_factory=FakeJournal)
    admission: Admission = field(default_factory=lambda: Admission("echo"))
    calls: list[Call] = field(default_factory=list)
    app: SoapEndpoint = field(init=False)
    options: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.app = SoapEndpoint(
            service="echo",
            operations=[Operation("Echo", frozenset({f"{{{ECHO}}}Echo"}), self.echo, frozenset({ACTION}))],
            control=self.control,
            journal=self.journal,
            admission=self.admission,
            spool=self.spool,
            **self.options,
        )

    async def echo(self, call: Call) -> Reply:
        """Answer with the size and SHA-1 of every document, in the order of the body."""
        self.calls.append(call)
        await call.before_commit()
        found = [await content_of(element, call) for element in call.envelope.body.iterchildren()]
        texts = "".join(f'<Document size="{part.blob.size}" sha1="{part.sha1}"/>' for part in found)
        return Reply(f'<EchoResponse xmlns="{ECHO}">{texts}</EchoResponse>'.encode(), action=f"{ACTION}Response")

    @property
    def rules(self) -> list[str]:
        """Ids of the rules the last exchange's findings name."""
        return [finding.rule.id for finding in self.journal.last.findings]

    @property
    def spooled(self) -> list[str]:
        return [path.name for path in self.spool.glob("*")]


def envelope(
    body: str = "", *, version: str = SOAP12, header: str | None = None, message_id: str = "urn:uuid:1"
) -> str:
    """An envelope around an Echo request."""
    if header is None:
        header = f'<a:MessageID xmlns:a="{WSA}">{message_id}</a:MessageID>'
    return (
        f'<s:Envelope xmlns:s="{version}"><s:Header>{header}</s:Header>'
        f'<s:Body><Echo xmlns="{ECHO}">{body}</Echo></s:Body></s:Envelope>'
    )


def include(*cids: str) -> str:
    """The body children that refer to parts."""
    xop = "http://www.w3.org/2004/08/xop/include"
    return "".join(f'<Document><x:Include xmlns:x="{xop}" href="cid:{cid}"/></Document>' for cid in cids)


def multipart(
    parts: Sequence[tuple[str, bytes]], *, boundary: str = "b", eol: str = "\r\n", preamble: str = "", last: str = ""
) -> bytes:
    """A multipart body from (header lines, content) pairs; ``last`` follows the closing delimiter."""
    end = eol.encode()
    out = preamble.encode()
    for index, (head, content) in enumerate(parts):
        opening = end if index or preamble else b""
        lines = [line.encode() for line in head.splitlines()]
        out += opening + b"--" + boundary.encode() + end + b"".join(line + end for line in lines) + end + content
    return out + end + f"--{boundary}--{last}".encode()


async def asgi(
    app: ASGIApp,
    body: bytes | Sequence[bytes] = b"",
    *,
    headers: Mapping[str, str] | None = None,
    method: str = "POST",
    query: str = "",
    state: Mapping[str, Any] | None = None,
    disconnect: bool = False,
) -> tuple[int, dict[str, str], bytes]:
    """Call an ASGI application directly: status, headers and body. ``disconnect``: the client leaves mid-body."""
    chunks = [body] if isinstance(body, bytes) else list(body)
    messages: list[Message] = [
        {"type": "http.request", "body": chunk, "more_body": disconnect or index < len(chunks) - 1}
        for index, chunk in enumerate(chunks)
    ]
    sent: list[Message] = []

    async def receive() -> Message:
        await asyncio.sleep(0)
        return messages.pop(0) if messages else {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": method,
        "path": "/echo",
        "query_string": query.encode(),
        "scheme": "http",
        "client": ("127.0.0.1", 4321),
        "server": ("127.0.0.1", 80),
        "headers": [(k.lower().encode(), v.encode()) for k, v in (headers or {}).items()],
        "state": dict(state or {}),
    }
    await app(scope, receive, send)
    if not sent:
        return 0, {}, b""
    answered = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], answered, b"".join(message.get("body", b"") for message in sent[1:])


async def when_full(make: Callable[[FakeControl, FakeJournal, Admission], ASGIApp]) -> tuple[list[str], bytes]:
    """A GET while as many are under way as may be: ids of the rules told of, and the body of the 503."""
    journal, admission = FakeJournal(), Admission("full", active=1, queue=0)
    app = make(FakeControl(), journal, admission)
    async with admission:
        status, headers, body = await asgi(app, method="GET")
    assert (status, headers["retry-after"], journal.last.outcome) == (503, "1", Outcome.OVERLOAD)
    return [finding.rule.id for finding in journal.last.findings], body


@asynccontextmanager
async def serving(app: ASGIApp, protocol: type[HttpProtocol] = HttpProtocol) -> AsyncIterator[tuple[str, int]]:
    """A real server with our own protocol class; gives host and port."""
    sock = listen("127.0.0.1", 0)
    server = HttpServer(app, [sock], stop_seconds=2, protocol=protocol)
    await server.start()
    try:
        yield server.addresses[0]
    finally:
        await server.stop()


async def raw(address: tuple[str, int], *portions: bytes, pause: float = 0.0, half_close: bool = False) -> bytes:
    """Send bytes on a bare socket and read until the server closes it."""
    reader, writer = await asyncio.open_connection(*address)
    for portion in portions:
        writer.write(portion)
        await writer.drain()
        if pause:
            await asyncio.sleep(pause)
    if half_close:
        writer.write_eof()
    try:
        return await asyncio.wait_for(reader.read(), 10)
    except ConnectionError:
        return b""
    finally:
        writer.close()
