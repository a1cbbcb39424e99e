"""An endpoint over HTTP that speaks no SOAP: from a request's first byte to the journal (D1, D9, D10, D16)."""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Generic, TypeVar

import structlog

from socle.address import base_url, open_exchange
from socle.admission import Admission
from socle.control.model import DEFAULT_WORKSPACE, Workspace
from socle.control.port import Control
from socle.exchange import Exchange, Outcome
from socle.faults.interruptions import Call, Cut, Imposed
from socle.journal.port import Journal
from socle.service import Receive, Scope, Send
from socle.soap.answer import Answer, cut
from socle.soap.leaving import leave
from socle.soap.request import ClientGone

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Reply:
    """A status, a body, and headers beside those that every answer has."""

    status: int
    body: bytes = b""
    content_type: str | None = None
    headers: list[tuple[str, str]] = field(default_factory=list)
    shown: bytes | None = None
    """What the journal keeps in place of the body."""


@dataclass(frozen=True, slots=True)
class Request:
    """What every call begins with."""

    scope: Scope
    receive: Receive
    exchange: Exchange
    workspace: Workspace
    now: datetime
    """By the workspace's clock."""
    base: str
    """What the client called us: see ``socle.address.base_url``."""


C = TypeVar("C", bound=Call)


class HttpEndpoint(ABC, Generic[C]):
    """A plain ASGI application (D1). What a service says in its own words is left to it."""

    def __init__(self, service: str, control: Control, journal: Journal, admission: Admission) -> None:
        self._service = service
        self._control = control
        self._journal = journal
        self._admission = admission

    @abstractmethod
    def _open(self, request: Request) -> C:
        """The call, its exchange named after the operation. Must not raise."""

    @abstractmethod
    async def _handle(self, call: C, unknown: str | None) -> Reply:
        """Within admission; ``unknown`` is the workspace that was named and does not exist."""

    @abstractmethod
    def _failed(self, error: Exception, call: C) -> Reply:
        """For whatever ended the call, ``Overloaded`` included; see :meth:`_unexpected`. Must not raise."""

    def _close(self, call: C, reply: Reply | None) -> None:
        """The last word before the exchange goes to the journal."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        state = scope.get("state", {})
        workspace = state.get("workspace") or self._control.workspace(DEFAULT_WORKSPACE)
        workspace = workspace or Workspace(DEFAULT_WORKSPACE)
        exchange = open_exchange(
            scope, "http", self._service, workspace=workspace.name, epoch=workspace.epoch, now=datetime.now(UTC)
        )
        now = self._control.clock(workspace.name).now()
        base = base_url(scope)
        call = self._open(Request(scope, receive, exchange, workspace, now, base))
        reply: Reply | None = None
        try:
            reply = await self._reply(call, state.get("unknown_workspace"))
            link = f"{base}/_sandbox/exchanges/{exchange.id}"
            answer = Answer(
                reply.status,
                list(_headers(reply, link)),
                [b"" if scope["method"] == "HEAD" else reply.body],
                call.leaving,
                self._admission.stopping,
            )
            if answer.leaving is None:
                answer.record(exchange)
                await answer.send(send)
            else:
                await leave(answer, exchange, scope, receive, send)
        except (Cut, ClientGone):
            exchange.outcome = Outcome.FAULT
            await cut(scope, receive, send)
        finally:
            self._close(call, reply)
            exchange.finish()
            self._journal.record(exchange)

    async def _reply(self, call: C, unknown: str | None) -> Reply:
        try:
            async with self._admission:
                return await self._handle(call, unknown)
        except (Cut, ClientGone):
            raise
        except Imposed as imposed:
            answer: Reply = imposed.reply
            return answer
        except Exception as error:
            return self._failed(error, call)

    def _unexpected(self, error: Exception, exchange: Exchange) -> None:
        """Our own error: into the log, and no more of it than the exchange's id into the answer (D8)."""
        log.error(
            "http.unexpected",
            service=self._service,
            exchange=exchange.id,
            operation=exchange.operation,
            exc_info=error,
        )
        exchange.outcome = Outcome.ERROR


async def whole_body(receive: Receive, most: int) -> bytes | None:
    """A request's body; None: it has more than ``most`` bytes. Raises ``ClientGone``."""
    read, more = bytearray(), True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientGone
        read += message.get("body", b"")
        more = message.get("more_body", False)
        if len(read) > most:
            return None
    return bytes(read)


def _headers(reply: Reply, link: str) -> Iterable[tuple[bytes, bytes]]:
    told = {"content-length": str(len(reply.body)), "x-socles-exchange": link}
    kind = [("content-type", reply.content_type)] if reply.content_type is not None else []
    for name, value in (*kind, *told.items(), *reply.headers):
        yield name.encode(), value.encode("latin-1", "replace")
