"""The SOAP endpoint: a plain ASGI application (D1) that takes an act from its first byte to its last.

The way: admission → read and parse → workspace → dispatch → fault hook *received* → the operation (which awaits the
hook *before commit*) → fault hook *before answer* → render → send → journal. The hook comes after parsing, so that its
rules can name an operation and its refusals carry the right SOAP version and RelatesTo.
"""

from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import structlog

from socle.admission import Admission, Overloaded
from socle.clock import Clock, SystemClock
from socle.control.model import DEFAULT_WORKSPACE, Workspace
from socle.control.port import Control, FaultPoint
from socle.exchange import Exchange, Outcome
from socle.journal.port import Journal
from socle.service import Receive, Scope, Send
from socle.soap import envelope_rules as rules
from socle.soap.answer import MULTIPART_OPTION, Answer, cut, package
from socle.soap.dispatch import Dispatcher
from socle.soap.injection import Busy, Cut, FaultHook, Injected
from socle.soap.leaving import leave
from socle.soap.limits import DEFAULT_LIMITS, Limits
from socle.soap.model import Call, FaultCode, Operation, Reply, SoapFault, nothing
from socle.soap.other_methods import other_method
from socle.soap.refusal import EnvelopeRefused, Refused
from socle.soap.rehearsal import Rehearsal, Rehearsed, once, rehearsed_scope, stop_here
from socle.soap.render import CxfRenderer, Rendered, Renderer
from socle.soap.request import ClientGone, SoapRequest
from socle.soap.unread import look, unread
from socle.store.port import StoreBusy, StoreFailed

_UNEXPECTED_FR = "Une erreur interne est survenue. Référence de l'échange : {id}"

log = structlog.get_logger(__name__)


class SoapEndpoint:
    """One path's ASGI application. It is told its ports and owns no state but its tables."""

    def __init__(
        self,
        *,
        service: str,
        operations: Sequence[Operation],
        control: Control,
        journal: Journal,
        admission: Admission,
        spool: Path,
        renderer: Renderer | None = None,
        limits: Limits = DEFAULT_LIMITS,
        clock_real: Clock | None = None,
        multipart: bool = False,
        wsdl: Callable[[str], bytes] | None = None,
        magic: Callable[[Call], str | None] | None = None,
    ) -> None:
        """``spool`` is a folder on the blob store's disk. ``multipart``: answer as multipart/related also without
        documents, faults included. ``wsdl`` gets the endpoint's own URL and gives what ``GET ?wsdl`` answers.
        ``magic`` finds the id of the fault that a message asks for (D10); it must not raise."""
        self._service = service
        self._dispatcher = Dispatcher(operations)
        self._control = control
        self._journal = journal
        self._admission = admission
        self._spool = spool
        self._renderer: Renderer = renderer or CxfRenderer()
        self._limits = limits
        self._clock = clock_real or SystemClock()
        self._multipart = multipart
        self._wsdl = wsdl
        self._hook = FaultHook(control, service, self._renderer, admission, magic)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = SoapRequest(scope, receive, self._limits, self._spool)
        workspace, unknown = self._workspace(scope)
        exchange = request.open_exchange(self._service, workspace.name, workspace.epoch, self._clock.now())
        looked = False
        try:
            if scope["method"] == "POST":
                answer = await self._answer(request, exchange, workspace, unknown, scope)
            else:
                answer = other_method(scope, exchange, request.base_url, self._wsdl)
                answer.headers.append(_link(request, exchange))
            if answer.leaving is None:
                looked = await self._look(request, exchange)  # first: the journal has it for who follows its link
                answer.record(exchange)
                await answer.send(send)
            else:
                await leave(answer, exchange, scope, receive, send)
        except Cut:
            await cut(scope, receive, send)
        except ClientGone:
            exchange.outcome = Outcome.FAULT
            exchange.findings.append(rules.DISCONNECTED.finding())
            await cut(scope, receive, send)
        finally:
            looked = looked or await self._look(request, exchange)
            exchange.request.body = request.recorded()
            exchange.finish()
            self._journal.record(exchange)
            await request.discard()

    async def _look(self, request: SoapRequest, exchange: Exchange) -> bool:
        """See whether a refused request that nobody judged may tell of a real person (D11). True: done."""
        if exchange.outcome is not Outcome.ACCEPTED and unread(exchange):
            exchange.request.body = request.recorded()
            await look(exchange, self._control.population)
        return True

    @asynccontextmanager
    async def rehearsal(
        self, path: str, headers: Iterable[tuple[str, str]], body: bytes, workspace: Workspace
    ) -> AsyncIterator["Rehearsal"]:
        """Take a request as far as its commit, and no further: nothing is stored, emitted, journalled or answered, and
        no fault rule is asked. The exchange tells the findings."""
        scope = rehearsed_scope(path, headers)
        request = SoapRequest(scope, once(body), self._limits, self._spool)
        exchange = request.open_exchange(self._service, workspace.name, workspace.epoch, self._clock.now())
        rehearsal = Rehearsal(exchange)
        try:
            rehearsal.call, operation = await self._receive(request, exchange, workspace, None, scope)
            rehearsal.call.before_commit = stop_here
            await operation.handler(rehearsal.call)
        except Rehearsed:
            pass
        except Exception as error:
            self._fault(_as_fault(error, exchange), request, exchange)
        try:
            yield rehearsal
        finally:
            await request.discard()

    def _workspace(self, scope: Scope) -> tuple[Workspace, str | None]:
        """The workspace the outer application found, and the name it could not find, if there was one."""
        state = scope.get("state", {})
        workspace = state.get("workspace") or self._control.workspace(DEFAULT_WORKSPACE)
        return workspace or Workspace(DEFAULT_WORKSPACE), state.get("unknown_workspace")

    async def _answer(
        self, request: SoapRequest, exchange: Exchange, workspace: Workspace, unknown: str | None, scope: Scope
    ) -> Answer:
        reply: Reply | None = None
        call: Call | None = None
        try:
            async with self._admission:
                call, operation = await self._receive(request, exchange, workspace, unknown, scope)
                try:
                    reply = await self._perform(call, operation, scope["path"])
                finally:
                    call.before_commit = nothing  # it refers to the call: a cycle would hold the tree until collected
                rendered = (
                    self._renderer.render_reply(call, reply)
                    if reply.content_type is None
                    else Rendered(reply.http_status, reply.content_type, reply.body)
                )
        except (Cut, ClientGone):
            raise
        except Busy:
            rendered = self._renderer.render_overload(request.version, request.message_id)
        except (Overloaded, StoreBusy):
            exchange.outcome = Outcome.OVERLOAD
            exchange.findings.append(rules.OVERLOAD.finding())
            rendered = self._renderer.render_overload(request.version, request.message_id)
        except StoreFailed as error:
            log.warning("soap.not-committed", exchange=exchange.id, operation=exchange.operation, reason=str(error))
            exchange.outcome = Outcome.ERROR
            exchange.findings.append(rules.NOT_STORED.finding())
            rendered = self._renderer.render_overload(request.version, request.message_id)
        except Exception as error:
            rendered = self._fault(_as_fault(error, exchange), request, exchange)
        option = workspace.options.get(MULTIPART_OPTION)
        wanted = self._multipart if option is None else option == "on"
        bare = reply is not None and reply.content_type is not None
        answer = package(
            rendered,
            request.version,
            reply.attachments if reply else (),
            multipart=not bare and (wanted or (reply is not None and reply.multipart)),
            more_headers=[_link(request, exchange)],
        )
        if call is not None and call.leaving is not None:
            answer.leaving, answer.hurry = call.leaving, self._admission.stopping
        return answer

    async def _receive(
        self, request: SoapRequest, exchange: Exchange, workspace: Workspace, unknown: str | None, scope: Scope
    ) -> tuple[Call, Operation]:
        envelope = await request.envelope()
        if unknown is not None:
            raise EnvelopeRefused(rules.UNKNOWN_WORKSPACE.finding(where="workspace", found=unknown[:80]))
        operation = self._dispatcher.find(envelope)
        exchange.operation = operation.name
        call = Call(
            envelope=envelope,
            parts=request.parts,
            multipart=request.kind.is_multipart,
            exchange=exchange,
            clock=self._control.clock(workspace.name),
            strictness=workspace.strictness,
            options=workspace.options,
            peer_ou=scope.get("state", {}).get("peer_ou"),
            peer=scope.get("state", {}).get("peer"),
        )
        call.before_commit = partial(self._hook.pass_by, FaultPoint.BEFORE_COMMIT, call, operation, scope["path"])
        return call, operation

    async def _perform(self, call: Call, operation: Operation, path: str) -> Reply:
        try:
            try:
                await self._hook.pass_by(FaultPoint.RECEIVED, call, operation, path)
            except Exception:
                if operation.guard is not None:
                    await operation.guard(call)
                raise
            reply = await operation.handler(call)
            await self._hook.pass_by(FaultPoint.BEFORE_ANSWER, call, operation, path)
        except Injected as injected:
            return injected.reply
        return reply

    def _fault(self, fault: SoapFault, request: SoapRequest, exchange: Exchange) -> Rendered:
        known = {id(finding) for finding in exchange.findings}
        exchange.findings.extend(finding for finding in fault.findings if id(finding) not in known)
        if exchange.outcome is Outcome.ACCEPTED:
            exchange.outcome = Outcome.REFUSED if fault.code is FaultCode.SENDER or fault.findings else Outcome.FAULT
        if exchange.code is None and fault.subcode:
            exchange.code = fault.subcode.rpartition("}")[2]
        return self._renderer.render_fault(request.version, fault, request.message_id)


def _link(request: SoapRequest, exchange: Exchange) -> tuple[bytes, bytes]:
    """The header that leads from any answer to its exchange (D8)."""
    return b"x-socles-exchange", f"{request.base_url}/_sandbox/exchanges/{exchange.id}".encode("latin-1")


def _as_fault(error: Exception, exchange: Exchange) -> SoapFault:
    """What went wrong, in the protocol's words; of the unexpected only the exchange's id leaves the process (D8)."""
    if isinstance(error, SoapFault):
        return error
    if isinstance(error, Refused):
        return SoapFault(FaultCode.SENDER, error.reason, findings=[error.finding])
    log.error("soap.unexpected", exchange=exchange.id, operation=exchange.operation, exc_info=error)
    exchange.outcome = Outcome.ERROR
    return SoapFault(FaultCode.RECEIVER, _UNEXPECTED_FR.format(id=exchange.id), findings=[rules.UNEXPECTED.finding()])
