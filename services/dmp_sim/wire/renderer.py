"""How the DMP words overload and injected refusals: XDS codes in a RegistryResponse, DMP codes in a SOAP fault."""

from dmp_sim.domain.verdict import RegistryError
from dmp_sim.wire import iti18, iti41, iti43
from dmp_sim.wire.response import failure
from socle.control.port import Fault
from socle.soap.model import Call, FaultCode, Reply, SoapFault
from socle.soap.render import BUSY_FR, REFUSED_FR, CxfRenderer, Rendered, addressing_header, content_type_of

_REGISTRY_CODES = ("XDS", "InvalidDocument", "Unresolved", "References", "Unmodifiable")
_LIVE_TEXTS = {
    "DMPInvalidCertificate": "Le certificat ayant signé le VIHF est invalide : Not a valid signature certificate"
}
"""Texts that the live service was seen to give with a code."""


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
        code = fault.code or ""
        reason = fault.reason or _LIVE_TEXTS.get(code, REFUSED_FR)
        if code.startswith(_REGISTRY_CODES):
            error = RegistryError(code, reason)
            if call.exchange.operation == "iti43":
                return Reply(iti43.render((), (error,))[0], action=iti43.RESPONSE_ACTION)
            return Reply(self._failure(error), action=self._action)
        return SoapFault(
            FaultCode.SENDER if code.startswith("DMP") else FaultCode.RECEIVER, reason, subcode=code or None
        )

    def _failure(self, error: RegistryError) -> bytes:
        return iti18.render_failure([error]) if self._registry else failure([error])
