"""How the DMP words overload and what fault rules ask for: XDS codes in a RegistryResponse, others in a SOAP fault.

``soap:XDSDocumentUniqueIdError`` is that code in a SOAP fault; ``soap:Sender`` a fault without a subcode.
"""

from dmp_sim.domain.faults.broken import EMPTY_DOCUMENT, MISSING_PART, NOT_SAVED, WRONG_RELATES_TO
from dmp_sim.domain.verdict import RegistryError
from dmp_sim.wire import iti18, iti41, iti43
from dmp_sim.wire.response import SUCCESS_BODY, failure, warned
from socle.blobs import Blob
from socle.control.port import Fault
from socle.soap.model import Call, FaultCode, Reply, SoapFault
from socle.soap.render import (
    BUSY_FR,
    REFUSED_FR,
    CxfRenderer,
    Rendered,
    addressing_header,
    content_type_of,
    gateway_page,
)

_REGISTRY_CODES = ("XDS", "InvalidDocument", "Unresolved", "References", "Unmodifiable")
_LIVE_TEXTS = {
    "DMPInvalidCertificate": "Le certificat ayant signé le VIHF est invalide : Not a valid signature certificate"
}
"""Texts that the live service was seen to give with a code."""
NOBODYS_MESSAGE = "urn:uuid:00000000-0000-4000-8000-000000000000"


class DmpRenderer(CxfRenderer):
    """Layout of one of the two paths; ``registry`` says that it is /registry."""

    def __init__(self, *, registry: bool = False) -> None:
        self._registry = registry
        self._action = iti18.RESPONSE_ACTION if registry else iti41.RESPONSE_ACTION

    def render_overload(self, version: str, message_id: str | None) -> Rendered:
        code = "XDSRegistryBusy" if self._registry else "XDSRepositoryBusy"
        header = addressing_header(self._action, message_id)
        body = self._failure(RegistryError(code, BUSY_FR))
        return Rendered(200, content_type_of(version, self._action), self.envelope(version, header, body))

    def refusal(self, call: Call, fault: Fault) -> Reply | SoapFault:
        code, _, more = (fault.code or "").partition(";")
        reason = fault.reason or _LIVE_TEXTS.get(code, REFUSED_FR)
        call.exchange.code = code.rpartition("}")[2] or None
        answer = gateway_page(code) or self._broken(call, code, reason)
        if answer is not None:
            return answer
        if code.startswith(_REGISTRY_CODES):
            error = RegistryError(code, reason)
            if call.exchange.operation == "iti43":
                return Reply(iti43.render((), (error,))[0], action=iti43.RESPONSE_ACTION)
            return Reply(self._failure(error), action=self._action)
        subcode = code.removeprefix("soap:")
        return SoapFault(
            FaultCode.SENDER if code.startswith(("DMP", "soap:", "{")) else FaultCode.RECEIVER,
            reason,
            subcode=subcode if subcode and subcode != FaultCode.SENDER else None,
            http_status=400 if more == "http=400" else 500,
        )

    def _broken(self, call: Call, code: str, reason: str) -> Reply | None:
        """Answers that say Success and are to be distrusted; None for any other code."""
        if code in (MISSING_PART, EMPTY_DOCUMENT):
            asked = iti43.read_requests(call.envelope.body)
            content = Blob.of(b"") if code == EMPTY_DOCUMENT else None
            body, attachments = iti43.render_broken(asked[0].unique_id if asked else "", content)
            return Reply(body, action=iti43.RESPONSE_ACTION, attachments=attachments, multipart=True)
        if code == NOT_SAVED:
            return Reply(warned([RegistryError(code, reason)]), action=iti41.RESPONSE_ACTION)
        if code == WRONG_RELATES_TO:
            return Reply(SUCCESS_BODY, action=iti41.RESPONSE_ACTION, relates_to=NOBODYS_MESSAGE)
        return None

    def _failure(self, error: RegistryError) -> bytes:
        return iti18.render_failure([error]) if self._registry else failure([error])
