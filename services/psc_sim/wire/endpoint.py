"""One path of the provider as a plain ASGI application (D1): from its request's first byte to the journal (D9)."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

import structlog

from psc_sim.domain import rules
from psc_sim.domain.model import Policy
from psc_sim.wire import redaction
from psc_sim.wire.call import FORM, MOST_BYTES, Call, nothing, read_pairs
from psc_sim.wire.injection import Busy, Cut, FaultHook, Injected
from psc_sim.wire.reply import Denied, Refused, Reply, error_reply, json_reply
from socle.address import base_url, header, open_exchange
from socle.admission import Admission, Overloaded
from socle.control.database import ControlUnavailable
from socle.control.model import DEFAULT_WORKSPACE, Workspace
from socle.control.port import Control, FaultPoint
from socle.exchange import Exchange, Outcome
from socle.journal.port import Journal
from socle.rules import Finding, refusing
from socle.service import Receive, Scope, Send
from socle.soap.answer import Answer, cut
from socle.soap.leaving import leave
from socle.store.port import StoreBusy, StoreFailed

log = structlog.get_logger(__name__)
Handler = Callable[[Call], Awaitable[Reply]]
OnError = Callable[[str, str, int | None], Reply]
SERVICE = "psc_sim"
_AWAY = "Trop de demandes, ou base absente : réessayer plus tard / too busy, or no database: try again later"


class ClientGone(Exception):
    """The client left before its request was complete."""


@dataclass(frozen=True, slots=True)
class Gate:
    """What all paths share."""

    control: Control
    journal: Journal
    admission: Admission
    policy: Callable[[Mapping[str, str]], Policy]
    """Of a workspace's options."""


class Endpoint:
    """``prepare`` runs before the fault hook: it finds out how the call is to be told of an error."""

    def __init__(
        self,
        gate: Gate,
        operation: str,
        methods: tuple[str, ...],
        handler: Handler,
        *,
        prepare: Callable[[Call], Awaitable[None]] | None = None,
        on_error: OnError = error_reply,
    ) -> None:
        self._gate = gate
        self._operation = operation
        self._methods = methods
        self._handler = handler
        self._prepare = prepare
        self._on_error = on_error
        self._hook = FaultHook(gate.control, SERVICE, gate.admission)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        state = scope.get("state", {})
        workspace = state.get("workspace") or self._gate.control.workspace(DEFAULT_WORKSPACE)
        workspace = workspace or Workspace(DEFAULT_WORKSPACE)
        exchange = open_exchange(
            scope, "http", SERVICE, workspace=workspace.name, epoch=workspace.epoch, now=datetime.now(UTC)
        )
        exchange.operation = self._operation
        exchange.request.headers = redaction.headers(exchange.request.headers)
        policy = self._gate.policy(workspace.options)
        now = self._gate.control.clock(workspace.name).now()
        call = Call(scope, exchange, workspace, policy, now, base_url(scope))
        call.on_error = self._on_error
        call.before_commit = partial(self._hook.pass_by, FaultPoint.BEFORE_COMMIT, call)
        reply: Reply | None = None
        try:
            reply = await self._reply(call, receive, state.get("unknown_workspace"))
            answer = _answer(reply, call, self._gate.admission)
            if answer.leaving is None:
                answer.record(exchange)
                await answer.send(send)
            else:
                await leave(answer, exchange, scope, receive, send)
        except (Cut, ClientGone):
            exchange.outcome = Outcome.FAULT
            await cut(scope, receive, send)
        finally:
            call.before_commit = nothing  # it refers to the call: a cycle would wait for the collector
            _hide(exchange, reply)
            exchange.finish()
            self._gate.journal.record(exchange)

    async def _reply(self, call: Call, receive: Receive, unknown: str | None) -> Reply:
        exchange = call.exchange
        try:
            async with self._gate.admission:
                return await self._handled(call, receive, unknown)
        except (Cut, ClientGone):
            raise
        except Injected as injected:
            return injected.reply
        except (Refused, Denied) as error:
            return _refused(error, call)
        except (Overloaded, StoreBusy, StoreFailed, ControlUnavailable, Busy) as error:
            if not isinstance(error, Busy):
                away = isinstance(error, StoreFailed | ControlUnavailable)
                exchange.outcome = Outcome.ERROR if away else Outcome.OVERLOAD
                exchange.findings.append(rules.BUSY.finding())
            reply = error_reply("temporarily_unavailable", _AWAY)
            reply.headers.append(("retry-after", "1"))
            return reply
        except Exception as error:
            log.error("psc.unexpected", exchange=exchange.id, operation=exchange.operation, exc_info=error)
            exchange.outcome = Outcome.ERROR
            return json_reply({"error": "server_error", "error_description": f"exchange {exchange.id}"}, 500)

    async def _handled(self, call: Call, receive: Receive, unknown: str | None) -> Reply:
        if unknown is not None:
            raise Refused(rules.WORKSPACE.finding(where="workspace", found=unknown[:80]), 404)
        if call.asgi["method"] not in self._methods:
            call.exchange.outcome = Outcome.REFUSED
            return Reply(405, headers=[("allow", ", ".join(self._methods))])
        await self._read(call, receive)
        if self._prepare is not None:
            await self._prepare(call)
        await self._hook.pass_by(FaultPoint.RECEIVED, call)
        reply = await self._handler(call)
        await self._hook.pass_by(FaultPoint.BEFORE_ANSWER, call)
        return reply

    async def _read(self, call: Call, receive: Receive) -> None:
        exchange = call.exchange
        pairs, call.query = read_pairs(call.asgi.get("query_string", b""), "query")
        if pairs:
            exchange.request.headers.append(("(query)", redaction.pairs(pairs)))
        if call.asgi["method"] != "POST":
            return
        body = await _body(receive)
        kind = (header(call.asgi, b"content-type") or "").partition(";")[0].strip().lower()
        if body and kind != FORM:
            raise Refused(rules.MALFORMED.finding(where="Content-Type", expected=FORM, found=kind[:80]))
        pairs, call.form = read_pairs(body, "body")
        exchange.request.body = (redaction.pairs(pairs).encode(),)


async def _body(receive: Receive) -> bytes:
    read, more = bytearray(), True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientGone
        read += message.get("body", b"")
        more = message.get("more_body", False)
        if len(read) > MOST_BYTES:
            raise Refused(rules.MALFORMED.finding(where="body", expected=f"≤ {MOST_BYTES}", found="…"), 413)
    return bytes(read)


def _refused(error: Refused | Denied, call: Call) -> Reply:
    exchange = call.exchange
    if isinstance(error, Refused):
        exchange.findings.append(error.finding)
    if exchange.outcome is Outcome.ACCEPTED:
        exchange.outcome = Outcome.REFUSED
    exchange.code = error.error
    return call.on_error(error.error, error.description, error.status)


def _answer(reply: Reply, call: Call, admission: Admission) -> Answer:
    told: Mapping[str, str | None] = {
        "content-type": reply.content_type,
        "content-length": str(len(reply.body)),
        "x-socles-exchange": f"{call.base}/_sandbox/exchanges/{call.exchange.id}",
    }
    pairs = [*((name, value) for name, value in told.items() if value is not None), *reply.headers]
    headers = [(name.encode(), value.encode("latin-1", "replace")) for name, value in pairs]
    return Answer(reply.status, headers, [reply.body], call.leaving, admission.stopping)


def _hide(exchange: Exchange, reply: Reply | None) -> None:
    """The journal gets no secret, nor a part of one that left under a fault rule."""
    exchange.response.headers = redaction.headers(exchange.response.headers)
    if reply is not None and reply.shown is not None and exchange.response.body:
        exchange.response.body = (reply.shown,)


def refuse_first(findings: list[Finding], call: Call) -> None:
    """Keep the findings; raise ``Refused`` for the first that refuses in the workspace's strictness."""
    stopping = refusing(findings, call.workspace.strictness)
    call.exchange.findings += [finding for finding in findings if finding not in stopping[:1]]
    if stopping:
        raise Refused(stopping[0])
