"""One path of the provider as a plain ASGI application (D1): from its request's first byte to the journal (D9)."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial

from psc_sim.domain import rules
from psc_sim.domain.model import Policy
from psc_sim.wire import redaction
from psc_sim.wire.call import FORM, MOST_BYTES, Call, nothing, read_pairs
from psc_sim.wire.injection import FaultHook
from psc_sim.wire.reply import Denied, Refused, error_reply, json_reply
from socle.address import header
from socle.admission import Admission, Overloaded
from socle.control.database import ControlUnavailable
from socle.control.port import Control, FaultPoint
from socle.exchange import Exchange, Outcome
from socle.faults.interruptions import Busy
from socle.journal.port import Journal
from socle.rules import Finding, refusing
from socle.store.port import StoreBusy, StoreFailed
from socle.web.endpoint import HttpEndpoint, Reply, Request, whole_body

Handler = Callable[[Call], Awaitable[Reply]]
OnError = Callable[[str, str, int | None], Reply]
SERVICE = "psc_sim"
_AWAY = "Trop de demandes, ou base absente : réessayer plus tard / too busy, or no database: try again later"


@dataclass(frozen=True, slots=True)
class Gate:
    """What all paths share."""

    control: Control
    journal: Journal
    admission: Admission
    policy: Callable[[Mapping[str, str]], Policy]
    """Of a workspace's options."""


class Endpoint(HttpEndpoint[Call]):
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
        super().__init__(SERVICE, gate.control, gate.journal, gate.admission)
        self._policy = gate.policy
        self._operation = operation
        self._methods = methods
        self._handler = handler
        self._prepare = prepare
        self._on_error = on_error
        self._hook = FaultHook(gate.control, SERVICE, gate.admission)

    def _open(self, request: Request) -> Call:
        exchange, workspace = request.exchange, request.workspace
        exchange.operation = self._operation
        exchange.request.headers = redaction.headers(exchange.request.headers)
        policy = self._policy(workspace.options)
        call = Call(request.scope, request.receive, exchange, workspace, policy, request.now, request.base)
        call.on_error = self._on_error
        call.before_commit = partial(self._hook.pass_by, FaultPoint.BEFORE_COMMIT, call)
        return call

    def _close(self, call: Call, reply: Reply | None) -> None:
        call.before_commit = nothing  # it refers to the call: a cycle would wait for the collector
        _hide(call.exchange, reply)

    def _failed(self, error: Exception, call: Call) -> Reply:
        exchange = call.exchange
        if isinstance(error, Refused | Denied):
            return _refused(error, call)
        if isinstance(error, Overloaded | StoreBusy | StoreFailed | ControlUnavailable | Busy):
            if not isinstance(error, Busy):
                away = isinstance(error, StoreFailed | ControlUnavailable)
                exchange.outcome = Outcome.ERROR if away else Outcome.OVERLOAD
                exchange.findings.append(rules.BUSY.finding())
            reply = error_reply("temporarily_unavailable", _AWAY)
            reply.headers.append(("retry-after", "1"))
            return reply
        self._unexpected(error, exchange)
        return json_reply({"error": "server_error", "error_description": f"exchange {exchange.id}"}, 500)

    async def _handle(self, call: Call, unknown: str | None) -> Reply:
        if unknown is not None:
            raise Refused(rules.WORKSPACE.finding(where="workspace", found=unknown[:80]), 404)
        if call.asgi["method"] not in self._methods:
            call.exchange.outcome = Outcome.REFUSED
            return Reply(405, headers=[("allow", ", ".join(self._methods))])
        await self._read(call)
        if self._prepare is not None:
            await self._prepare(call)
        await self._hook.pass_by(FaultPoint.RECEIVED, call)
        reply = await self._handler(call)
        await self._hook.pass_by(FaultPoint.BEFORE_ANSWER, call)
        return reply

    async def _read(self, call: Call) -> None:
        exchange = call.exchange
        pairs, call.query = read_pairs(call.asgi.get("query_string", b""), "query")
        if pairs:
            exchange.request.headers.append(("(query)", redaction.pairs(pairs)))
        if call.asgi["method"] != "POST":
            return
        body = await whole_body(call.receive, MOST_BYTES)
        if body is None:
            raise Refused(rules.MALFORMED.finding(where="body", expected=f"≤ {MOST_BYTES}", found="…"), 413)
        kind = (header(call.asgi, b"content-type") or "").partition(";")[0].strip().lower()
        if body and kind != FORM:
            raise Refused(rules.MALFORMED.finding(where="Content-Type", expected=FORM, found=kind[:80]))
        pairs, call.form = read_pairs(body, "body")
        exchange.request.body = (redaction.pairs(pairs).encode(),)


def _refused(error: Refused | Denied, call: Call) -> Reply:
    exchange = call.exchange
    if isinstance(error, Refused):
        exchange.findings.append(error.finding)
    if exchange.outcome is Outcome.ACCEPTED:
        exchange.outcome = Outcome.REFUSED
    exchange.code = error.error
    return call.on_error(error.error, error.description, error.status)


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
