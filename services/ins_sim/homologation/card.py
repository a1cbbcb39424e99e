"""The cases of the Vitale card: attempts at them, from the searches with that card."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta

from ins_sim.domain import rules_vitale as rules
from ins_sim.domain.model import CodeCR
from ins_sim.homologation.called import Called, Told
from ins_sim.homologation.checks import otherwise, refused, spoilt, unnamed
from ins_sim.homologation.model import Attempt, Case, Kind, Known, Reason, State
from ins_sim.homologation.said import Said

LIFETIME = timedelta(minutes=20)
"""Of a Vitale assertion (CNDA test 1.02)."""
_CARD = frozenset(rule.id for rule in (rules.CARD_UNKNOWN, rules.CARD_BENEFICIARY, rules.CARD_NUMBER, rules.CARD_NAME))
_INCOHERENT = frozenset(
    rule.id
    for rule in (
        rules.CARD_BENEFICIARY,
        rules.CARD_NUMBER,
        rules.CARD_NAME,
        rules.COVERAGE_INSURED,
        rules.COVERAGE_NUMBER,
        rules.COVERAGE_BIRTH,
        rules.COVERAGE_RANK,
        rules.ASSERTION_INSURED,
    )
)
_ABSENT = Said("L'assertion de la carte Vitale manque", "The Vitale card's assertion is missing")
_JOIN = "Joindre dans wsse:Security l'assertion de la carte Vitale, à côté de celle du professionnel."
_UNDATED = Said(
    "L'assertion de la carte Vitale n'a pas d'IssueInstant lisible", "The Vitale assertion has no readable IssueInstant"
)
_STALE = Said("L'assertion de la carte Vitale est périmée", "The Vitale card's assertion is out of date")
_RENEW = "Produire une nouvelle assertion au bout de 20 minutes."


def card_attempts(case: Case, calls: Sequence[Called], *, trust: bool) -> list[Attempt]:
    """The oldest first. ``calls``: of one software, the oldest first."""
    assert case.card is not None
    insured = case.card.insured
    mine = [call for call in calls if call.operation == case.operation and call.sent.insured == insured]
    return list(_KINDS[case.kind](case, mine, trust))


def _searches(case: Case, calls: Sequence[Called], trust: bool) -> Iterator[Attempt]:
    """1.01, 1.10: the beneficiary's INS, with the card's assertion."""
    for call in calls:
        person = _chosen(case, call)
        if person is not None:
            yield _held(case, [call], person, trust)


def _renewals(case: Case, calls: Sequence[Called], trust: bool) -> Iterator[Attempt]:
    """1.02: what is sent once the assertion of an earlier search is out of date, or was from the start."""
    for position, call in enumerate(calls):
        before = next((one for one in reversed(calls[:position]) if _aged(one, call)), None)
        if before is None and not _aged(call, call):
            continue
        yield _held(case, [call] if before is None else [before, call], _chosen(case, call), trust)


def _contradictions(case: Case, calls: Sequence[Called], trust: bool) -> Iterator[Attempt]:
    """1.03: what a software that looks at the card would not have sent."""
    for call in calls:
        reasons = [_reason(finding) for finding in call.findings if finding.rule in _INCOHERENT]
        if reasons:
            yield Attempt(State.FAILED, [call], reasons)


_KINDS: Mapping[Kind, Callable[[Case, Sequence[Called], bool], Iterator[Attempt]]] = {
    Kind.CARD: _searches,
    Kind.RENEWED: _renewals,
    Kind.COHERENT: _contradictions,
}


def _held(case: Case, calls: Sequence[Called], person: Known | None, trust: bool) -> Attempt:
    """The last of the calls judged."""
    call = calls[-1]
    reason = spoilt(call)
    if reason is not None:
        return Attempt(State.ASIDE, calls, [reason])
    reasons = [*refused(call), *unnamed(call, trust=trust), *_assertion(call)]
    reasons += [_reason(finding) for finding in call.findings if finding.rule in _CARD]
    if reasons:
        return Attempt(State.FAILED, calls, reasons)
    aside = otherwise(call, CodeCR.FOUND, person)
    return Attempt(State.PASSED, calls) if aside is None else Attempt(State.ASIDE, calls, [aside])


def _assertion(call: Called) -> Iterator[Reason]:
    vitale = call.vitale
    if vitale is None:
        if rules.ASSERTION_ABSENT.id not in {finding.rule for finding in call.findings}:
            yield Reason(_ABSENT, remedy=_JOIN)
    elif vitale.issued is None:
        yield Reason(_UNDATED)
    elif _aged(call, call):
        yield Reason(_STALE, f"> {call.at - LIFETIME:%H:%M:%SZ}", f"{vitale.issued:%H:%M:%SZ}", remedy=_RENEW)


def _aged(call: Called, now: Called) -> bool:
    """Whether the assertion of one call is out of date when another is made."""
    issued = call.vitale.issued if call.vitale is not None else None
    return issued is not None and now.at - issued >= LIFETIME


def _chosen(case: Case, call: Called) -> Known | None:
    """The beneficiary, by his birth date; who is none of the case's is not what the case is about."""
    return next((one for one in case.persons if one.birth_date.isoformat() == call.sent.born), None)


def _reason(finding: Told) -> Reason:
    return Reason(finding.title, finding.expected, finding.found, finding.rule, finding.remedy)
