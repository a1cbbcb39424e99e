"""Whether the signature of a lot is to be believed, as strictly as the workspace asks (option ``assertions.lots``)."""

from datetime import UTC, datetime

from dmp_sim.domain.check_links import SIGNATURE
from dmp_sim.domain.check_lot_signature import check_lot_signer, check_manifest, check_properties
from dmp_sim.domain.lot_signature import LotSignature
from dmp_sim.domain.model import Deposit, Document
from dmp_sim.domain.rules_lot_signature import BY_PROBLEM, CERTIFICATE
from dmp_sim.domain.vihf import Vihf
from dmp_sim.wire.lot_signature import read_lot_signature
from socle.assertions.policy import AssertionSettings, Mode
from socle.assertions.signatory import Signatory, judge_certificate
from socle.assertions.trusted import Trusted
from socle.control.once import OncePerOptions
from socle.pki.folder import Pki
from socle.rules import Finding, Severity
from socle.soap.model import Call
from socle.soap.offload import in_thread
from socle.xmldsig.problem import SignatureRefused


class Lots:
    """Judges the signature of each deposit."""

    def __init__(self, pki: Pki, settings: AssertionSettings) -> None:
        self._pki = pki
        self._policy = OncePerOptions(settings.policy)

    async def judge(self, call: Call, deposit: Deposit, vihf: Vihf | None) -> Trusted:
        """Nothing where the workspace verifies no lots, nor of a message without one. An absent signature is told
        elsewhere, and refused here."""
        policy = self._policy(call.options).for_lots()
        if policy.mode is Mode.OFF or len(deposit.submission_sets) != 1:
            return Trusted()
        document = _signature_of(deposit)
        if document is None:
            return Trusted(refusing=Trusted.of([SIGNATURE.finding(found="(absente)")], policy).refusing)
        read = await in_thread(self._read, deposit, document)
        if isinstance(read, Finding):
            return Trusted.of([read], policy)
        signature, findings, signatory = read
        if not any(one.rule.severity is Severity.ERROR for one in findings):
            findings += check_lot_signer(vihf, signatory)
        findings += check_properties(signature, call.clock.now(), policy.skew)
        findings += check_manifest(deposit, signature)
        return Trusted.of(findings, policy)

    def _read(self, deposit: Deposit, document: Document) -> Finding | tuple[LotSignature, list[Finding], Signatory]:
        """The signature and its signer; a finding when it does not verify."""
        try:
            signature, certificate = read_lot_signature(deposit, document)
        except SignatureRefused as refused:
            rule = BY_PROBLEM[refused.problem]
            return rule.finding(where=refused.where, expected=refused.expected, found=refused.found, part=document.part)
        # certificates live in real time, as TLS does (D13)
        return signature, *judge_certificate(certificate, self._pki, datetime.now(UTC), CERTIFICATE)


def _signature_of(deposit: Deposit) -> Document | None:
    entry = next((one for one in deposit.entries if one.is_signature), None)
    return deposit.document_of(entry) if entry is not None else None
