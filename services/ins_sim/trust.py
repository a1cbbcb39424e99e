"""Whether the caller is who he says: the assertion's signature, signer and age, as strictly as the workspace asks."""

from collections.abc import Iterator

from ins_sim.domain.assertion import ABSENT, check_assertion, check_card
from ins_sim.domain.model import Assertion, Mode
from ins_sim.domain.rules_vitale import ASSERTION_ABSENT, ASSERTION_INSURED
from ins_sim.wire.contexts import Assertions, find_assertions, insured_of
from socle.assertions import rules
from socle.assertions.freshness import check_instants
from socle.assertions.policy import AssertionSettings, Policy
from socle.assertions.policy import Mode as Verified
from socle.assertions.reading import read_instants
from socle.assertions.trusted import Trusted
from socle.assertions.verifier import Verifier
from socle.control.once import OncePerOptions
from socle.rules import Finding
from socle.soap.model import Call


class Trust:
    """Judges the assertion of each call."""

    def __init__(self, verifier: Verifier, settings: AssertionSettings) -> None:
        self._verifier = verifier
        self._policy = OncePerOptions(settings.policy)

    async def judge(self, call: Call, assertion: Assertion, *, card: str | None = None) -> Trusted:
        """Nothing where the workspace verifies no assertions, nor of a call by the software's certificate alone.
        ``card``: the insured number of the Vitale card whose assertion the operation wants too, on either channel."""
        policy = self._policy(call.options)
        if policy.mode is Verified.OFF:
            return Trusted(verified=call.peer is not None and card is None)
        found = find_assertions(call.envelope.header, card=card is not None)
        vitale = list(_vitale(call, found, policy, card))
        if found.main is None:
            nobody = [] if call.peer else [ABSENT.finding(where="Header/Security", found="(absent)")]
            return Trusted.of([*nobody, *_single(found), *vitale], policy)
        findings = [*check_assertion(assertion), *await self._signature(call, assertion, found)]
        # nothing is told of the age of one from Pro Santé Connect, whose token has its own
        if assertion.mode is not Mode.PSC:
            findings += check_instants(assertion.instants, call.clock.now(), policy)
        return Trusted.of([*findings, *vitale], policy)

    async def _signature(self, call: Call, assertion: Assertion, found: Assertions) -> list[Finding]:
        assert found.main is not None
        if assertion.mode is Mode.PSC:  # unsigned, as the package of 2025 has it
            return _single(found)
        known = [] if found.vitale is None else [found.vitale]
        size = len(call.envelope.raw)
        judged = await self._verifier.judge(call.envelope.root, found.main, known, size=size)
        if judged.signer is None:
            return list(judged.findings)
        return [*judged.findings, *check_card(assertion, judged.signer)]


def _single(found: Assertions) -> list[Finding]:
    return [rules.SINGLE.finding(where="//Assertion", found=str(found.count))] if found.others else []


def _vitale(call: Call, found: Assertions, policy: Policy, card: str | None) -> Iterator[Finding]:
    """Of the Vitale card's assertion the age is judged, by the workspace's clock, and whose card it is where it says so
    as the sandbox's signer does: no source tells its form, nor who signs it."""
    if found.vitale is None:
        if card is not None:
            yield ASSERTION_ABSENT.finding(where="Header/Security", expected="2 Assertion", found=str(found.count))
        return
    yield from check_instants(read_instants(found.vitale), call.clock.now(), policy, vitale=True)
    insured = insured_of(found.vitale)
    if card is not None and insured and insured[:13] != card[:13]:
        yield ASSERTION_INSURED.finding(where="//Assertion/Subject/NameID", expected=card, found=insured[:20])
