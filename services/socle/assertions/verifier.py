"""Judge the signature of an assertion within its message: the element that is read is the element that is verified."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from time import monotonic
from typing import TypeVar

from cryptography import x509
from lxml import etree

from socle.assertions import rules
from socle.assertions.signatory import OF_ASSERTIONS, CertificateRules, Signatory, judge_certificate
from socle.clock import Clock, SystemClock
from socle.pki.folder import Pki
from socle.rules import Finding, Severity
from socle.soap.offload import by_size, in_thread
from socle.xmldsig.problem import SignatureRefused
from socle.xmldsig.verify import verify

FRESH_SECONDS = 0.2
"""After which dates and revocation of a signer are looked at again: what changes is seen as soon as D14 has it."""
KEPT = 4096
"""Assertions remembered: some 200 bytes each. Ours."""
K = TypeVar("K")
V = TypeVar("V")
_SAMLS = ("urn:oasis:names:tc:SAML:2.0:assertion", "urn:oasis:names:tc:SAML:1.0:assertion")
_ASSERTIONS = etree.XPath(
    "//a:Assertion | //b:Assertion | //a:EncryptedAssertion", namespaces=dict(zip("ab", _SAMLS, strict=True))
)
_IDS = etree.XPath("count(//@*[. = $id][contains('|ID|Id|id|AssertionID|', concat('|', local-name(), '|'))])")


@dataclass(frozen=True, slots=True)
class Judged:
    """What came of it; the signer is known when the signature itself is right."""

    findings: Sequence[Finding]
    signatory: Signatory | None = None

    @property
    def signer(self) -> Signatory | None:
        """None unless nothing is wrong with the signature and its certificate."""
        return None if any(one.rule.severity is Severity.ERROR for one in self.findings) else self.signatory


class Verifier:
    """Knows the sandbox's authorities, and the assertions that it has verified (decision 0020)."""

    def __init__(self, pki: Pki, clock: Clock | None = None) -> None:
        """``clock`` is the real one: certificates do not follow a workspace's."""
        self._pki = pki
        self._clock = clock or SystemClock()
        self._right: dict[bytes, x509.Certificate] = {}
        """The signer, by the digest of the bytes whose signature was found right."""
        self._verdicts: dict[tuple[x509.Certificate, CertificateRules], tuple[float, Judged]] = {}

    async def judge(
        self, root: etree._Element, assertion: etree._Element, known: Sequence[etree._Element] = (), *, size: int
    ) -> Judged:
        """Verify ``assertion`` in the message ``root`` of ``size`` bytes. ``known``: others that may be there.

        Large messages are verified in a thread, and so is what is asked of a certificate: revocations are read from
        disk, and the authorities are made when they are first asked for.
        """
        told = _alone(root, assertion, known)
        if told is not None:
            return Judged([told])
        digest = await by_size(size, _digest, assertion)
        signer = self._right.get(digest)
        if signer is None:
            try:
                signer = await by_size(size, verify, assertion, assertion.get("ID", ""))
            except SignatureRefused as refused:
                return Judged([_refusal(refused)])
            _keep(self._right, digest, signer)
        return await self.verdict(signer)

    def judge_now(
        self, root: etree._Element, assertion: etree._Element, known: Sequence[etree._Element] = ()
    ) -> Judged:
        """The same, blocking and without memory."""
        told = _alone(root, assertion, known)
        if told is not None:
            return Judged([told])
        try:
            signer = verify(assertion, assertion.get("ID", ""))
        except SignatureRefused as refused:
            return Judged([_refusal(refused)])
        return self._look(signer)

    async def verdict(self, signer: x509.Certificate, told: CertificateRules = OF_ASSERTIONS) -> Judged:
        """What its issuer, dates and revocation say, at most :data:`FRESH_SECONDS` old."""
        now, known = monotonic(), self._verdicts.get((signer, told))
        if known is not None and now - known[0] < FRESH_SECONDS:
            return known[1]
        judged = await in_thread(self._look, signer, told)
        _keep(self._verdicts, (signer, told), (now, judged))
        return judged

    def _look(self, signer: x509.Certificate, told: CertificateRules = OF_ASSERTIONS) -> Judged:
        return Judged(*judge_certificate(signer, self._pki, self._clock.now(), told))


def _alone(root: etree._Element, assertion: etree._Element, known: Sequence[etree._Element]) -> Finding | None:
    """Whether another assertion, or another element with its ID, stands in the message."""
    allowed = {assertion, *known}
    found = _ASSERTIONS(root)
    assert isinstance(found, list)
    if any(one not in allowed for one in found):
        return rules.SINGLE.finding(where="//Assertion", expected=str(len(allowed)), found=str(len(found)))
    identifier = assertion.get("ID", "")
    if identifier and _IDS(root, id=identifier) != 1:
        return rules.UNIQUE_ID.finding(where="//Assertion/@ID", found=identifier[:80])
    return None


def _refusal(refused: SignatureRefused) -> Finding:
    rule = rules.BY_PROBLEM[refused.problem]
    where = f"//Assertion/{refused.where}".rstrip("/")
    return rule.finding(where=where, expected=refused.expected, found=refused.found)


def _digest(assertion: etree._Element) -> bytes:
    """Of all that :func:`verify` looks at: the element as text, with the declarations that are in scope."""
    return sha256(etree.tostring(assertion, encoding="utf-8", with_tail=False)).digest()


def _keep(memory: dict[K, V], key: K, value: V) -> None:
    """The oldest goes first."""
    memory.pop(key, None)
    memory[key] = value
    while len(memory) > KEPT:
        memory.pop(next(iter(memory)), None)
