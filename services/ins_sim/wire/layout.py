"""Answers laid out as the live service does: no SOAP header, and prefixes that clients' regular expressions rely on.

An answer of INSi stands in ``env:Body`` under ``soap:Envelope``, with ``S`` declared beside ``env``; a fault of the
front end stands in ``soap:Body``. SOAP 1.1, which the real service does not speak, is answered in kind.
"""

from ins_sim.domain.erreur import UNAVAILABLE, Erreur
from ins_sim.domain.injected import INJECTED, NOBODY, read_code
from ins_sim.domain.verification import VerificationCR, Verified
from ins_sim.wire import verification, ws_ins2
from ins_sim.wire.faults import Dialect, render_fault, render_fault11
from ins_sim.wire.names import OPERATION, VITALE_OPERATION
from socle.control.port import Fault
from socle.soap.model import SOAP11, SOAP12, Call, FaultCode, Reply, SoapFault
from socle.soap.render import CxfRenderer, Rendered, content_type_of

_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'
_OPEN = {
    version: (
        f'{_DECLARATION}<soap:Envelope xmlns:soap="{version}"><env:Body xmlns:S="{version}" xmlns:env="{version}">'
    ).encode()
    for version in (SOAP11, SOAP12)
}
_CLOSE = b"</env:Body></soap:Envelope>"
_OPEN_FRONT = {
    version: f'{_DECLARATION}<soap:Envelope xmlns:soap="{version}"><soap:Body>'.encode() for version in (SOAP11, SOAP12)
}
_CLOSE_FRONT = b"</soap:Body></soap:Envelope>"


class InsFault(SoapFault):
    """A catalogued fault in the dialect of the caller's workspace."""

    def __init__(self, erreur: Erreur, dialect: Dialect, http_status: int = 500) -> None:
        super().__init__(FaultCode(erreur.side.value), erreur.reason, subcode=erreur.siram, http_status=http_status)
        self.erreur = erreur
        self.dialect = dialect


class InsRenderer(CxfRenderer):
    """See ``socle.soap.render.Renderer``. What is no fault of INSi (not XML …) keeps the default one."""

    def render_reply(self, call: Call, reply: Reply) -> Rendered:
        version = call.envelope.version
        body = b"".join((_OPEN[version], reply.body, _CLOSE))
        return Rendered(reply.http_status, content_type_of(version, None), body)

    def render_fault(self, version: str, fault: SoapFault, message_id: str | None) -> Rendered:
        if isinstance(fault, InsFault):
            rendered = _rendered(version, fault.erreur, message_id, fault.dialect)
            rendered.status = fault.http_status
            return rendered
        rendered = super().render_fault(version, fault, None)
        rendered.body = _DECLARATION.encode() + rendered.body
        return rendered

    def render_overload(self, version: str, message_id: str | None) -> Rendered:
        # Clients lose the code of a fault unless the status is 500: insi.md §1.9, seen with 503.
        rendered = _rendered(version, UNAVAILABLE, message_id, Dialect.AUTO)
        rendered.headers.append((b"retry-after", b"1"))
        return rendered

    def refusal(self, call: Call, fault: Fault) -> Reply | SoapFault:
        asked = read_code(fault.code or UNAVAILABLE.code)
        answer = _answer(call.exchange.operation, asked.code)
        if answer is not None:
            call.exchange.code = asked.code
            return Reply(answer)
        erreur = INJECTED.get(asked.code)
        if erreur is None:
            return super().refusal(call, fault)
        call.exchange.code = erreur.outcome
        return InsFault(erreur, Dialect.of(asked.dialect or call.options.get("insi.dialect")), asked.http)


def _answer(operation: str, code: str) -> bytes | None:
    """What the operation answers with that CodeCR, and nobody's identity; None: no answer of its own."""
    if operation in (OPERATION, VITALE_OPERATION) and code in NOBODY:
        return ws_ins2.render(NOBODY[code])
    if operation == verification.OPERATION and code == VerificationCR.KO:
        return verification.render(Verified(VerificationCR.KO))
    return None


def _rendered(version: str, erreur: Erreur, message_id: str | None, dialect: Dialect) -> Rendered:
    if version == SOAP11:
        body = b"".join((_OPEN_FRONT[version], render_fault11(erreur, message_id, dialect), _CLOSE_FRONT))
    else:
        fault = render_fault(erreur, message_id, dialect)
        front = fault.startswith(b"<soap:")
        opening, closing = (_OPEN_FRONT, _CLOSE_FRONT) if front else (_OPEN, _CLOSE)
        body = b"".join((opening[version], fault, closing))
    return Rendered(500, content_type_of(version, None), body)
