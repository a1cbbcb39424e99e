"""From a request of WS_INS2 to its answer: software, controls, search, in the order of the real front end and INSi."""

from collections.abc import Iterable

from ins_sim.domain import rules, rules_batch
from ins_sim.domain.behaviour import as_asked
from ins_sim.domain.erreur import UNKNOWN_SOFTWARE, Erreur, invalid, missing
from ins_sim.domain.front import check_empty_coverage, check_front
from ins_sim.domain.lexical import check_traits
from ins_sim.domain.model import Answer, Directory, Request
from ins_sim.domain.policy import Policy
from ins_sim.domain.search import search
from socle.rules import Finding, refusing


def check(request: Request, policy: Policy) -> list[Finding]:
    """Everything worth saying about a request, what refuses it and what the live service tolerates alike."""
    return [*check_front(request, policy), *check_empty_coverage(request), *check_traits(request.traits)]


def decide(request: Request, policy: Policy, directory: Directory) -> Answer | Erreur:
    """What the search gives, of a request that is not refused."""
    return as_asked(search(request.traits, directory), policy)


def refusal(findings: Iterable[Finding], policy: Policy) -> Erreur | None:
    """The fault of the first finding that the strictness in force refuses for; None: there is none."""
    refusals = refusing(findings, policy.strictness)
    return erreur_of(refusals[0]) if refusals else None


def erreur_of(finding: Finding) -> Erreur:
    """The fault that a refusing finding becomes on the wire."""
    rule = finding.rule
    if rule is rules.IDAM:
        return UNKNOWN_SOFTWARE
    if rule.error_code == rules.MISSING.error_code:
        return missing(finding.expected)
    if rule in (rules_batch.TOO_LARGE, rules_batch.TOO_MANY):
        return invalid(rule.error_code or "", f"{rule.title_fr} : {finding.found}, {finding.expected}")
    element = finding.where.rpartition("/")[2]
    return invalid(rule.error_code or "socles_200", f"{rule.title_fr} ({element})" if element else rule.title_fr)
