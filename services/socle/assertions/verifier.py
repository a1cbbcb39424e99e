"""Judge the signature of an assertion within its message: the element that is read is the element that is verified."""

from collections.abc import Sequence
from dataclasses import dataclass

from lxml import etree

from socle.assertions import rules
from socle.assertions.signatory import Signatory, judge_certificate
from socle.clock import Clock, SystemClock
from socle.pki.folder import Pki
from socle.rules import Finding
from socle.soap.offload import in_thread
from socle.xmldsig.problem import SignatureRefused
from socle.xmldsig.verify import verify

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


class Verifier:
    """Knows the sandbox's authorities."""

    def __init__(self, pki: Pki, clock: Clock | None = None) -> None:
        """``clock`` is the real one: certificates do not follow a workspace's."""
        self._pki = pki
        self._clock = clock or SystemClock()

    async def judge(
        self, root: etree._Element, assertion: etree._Element, known: Sequence[etree._Element] = ()
    ) -> Judged:
        """Verify ``assertion`` in the message ``root``, in a thread: revocations are read from disk, and the
        authorities are made when they are first asked for. ``known`` are other assertions that may be there."""
        return await in_thread(self.judge_now, root, assertion, known)

    def judge_now(
        self, root: etree._Element, assertion: etree._Element, known: Sequence[etree._Element] = ()
    ) -> Judged:
        """The same, blocking."""
        allowed = {assertion, *known}
        found = _ASSERTIONS(root)
        assert isinstance(found, list)
        if any(one not in allowed for one in found):
            return Judged(
                [rules.SINGLE.finding(where="//Assertion", expected=str(len(allowed)), found=str(len(found)))]
            )
        identifier = assertion.get("ID", "")
        if identifier and _IDS(root, id=identifier) != 1:
            return Judged([rules.UNIQUE_ID.finding(where="//Assertion/@ID", found=identifier[:80])])
        try:
            certificate = verify(assertion, identifier)
        except SignatureRefused as refused:
            rule = rules.BY_PROBLEM[refused.problem]
            where = f"//Assertion/{refused.where}".rstrip("/")
            return Judged([rule.finding(where=where, expected=refused.expected, found=refused.found)])
        return Judged(*judge_certificate(certificate, self._pki, self._clock.now()))
