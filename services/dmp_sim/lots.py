"""Whether the signature of a lot is to be believed, as strictly as the workspace asks (option ``assertions.lots``)."""

from collections.abc import Awaitable, Callable
from functools import partial

from cryptography.x509 import Certificate

from dmp_sim.domain.check_links import SIGNATURE
from dmp_sim.domain.check_lot_signature import check_lot_signer, check_manifest, check_properties
from dmp_sim.domain.lot_signature import LotSignature
from dmp_sim.domain.model import Deposit, Document
from dmp_sim.domain.rules_lot_signature import BY_PROBLEM, CERTIFICATE
from dmp_sim.domain.vihf import Vihf
from dmp_sim.wire.lot_signature import read_lot_signature
from socle.assertions.policy import AssertionSettings, Mode
from socle.assertions.trusted import Trusted
from socle.assertions.verifier import Verifier
from socle.control.once import OncePerOptions
from socle.soap.model import Call
from socle.soap.offload import by_size, in_thread
from socle.xmldsig.problem import SignatureRefused


class Lots:
    """Judges the signature of each deposit."""

    def __init__(self, verifier: Verifier, settings: AssertionSettings) -> None:
        self._verifier = verifier
        self._policy = OncePerOptions(lambda options: settings.policy(options).for_lots())

    async def judge(self, call: Call, deposit: Deposit, vihf: Vihf | None) -> Trusted:
        """Nothing where the workspace verifies no lots, nor of a message without one. An absent signature is told
        elsewhere, and refused here."""
        policy = self._policy(call.options)
        if policy.mode is Mode.OFF or len(deposit.submission_sets) != 1:
            return Trusted()
        document = _signature_of(deposit)
        if document is None:
            return Trusted(refusing=Trusted.of([SIGNATURE.finding(found="(absente)")], policy).refusing)
        try:
            signature, certificate = await _off_the_loop(deposit)(read_lot_signature, deposit, document)
        except SignatureRefused as refused:
            rule = BY_PROBLEM[refused.problem]
            told = rule.finding(where=refused.where, expected=refused.expected, found=refused.found, part=document.part)
            return Trusted.of([told], policy)
        judged = await self._verifier.verdict(certificate, CERTIFICATE)
        findings = list(judged.findings)
        if judged.signer is not None:
            findings += check_lot_signer(vihf, judged.signer)
        findings += check_properties(signature, call.clock.now(), policy.skew)
        findings += check_manifest(deposit, signature)
        return Trusted.of(findings, policy)


def _off_the_loop(deposit: Deposit) -> Callable[..., Awaitable[tuple[LotSignature, Certificate]]]:
    """A thread for what is large or lies on disk; small documents are canonicalised where they are."""
    blobs = [one.blob for one in deposit.documents]
    return in_thread if any(one.path for one in blobs) else partial(by_size, sum(one.size for one in blobs))


def _signature_of(deposit: Deposit) -> Document | None:
    entry = deposit.signature
    return deposit.document_of(entry) if entry is not None else None
