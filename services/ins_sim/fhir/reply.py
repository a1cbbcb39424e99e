"""Answers in FHIR, and refusals as OperationOutcome."""

from collections.abc import Iterable
from typing import Any, Final

from ins_sim.fhir import rules
from socle.control.known import NOT_FICTITIOUS
from socle.identities.fhir.outcome import issue, operation_outcome
from socle.identities.fhir.writing import ENCODE
from socle.identities.problem import Problem
from socle.rules import Finding
from socle.web.endpoint import Reply

TYPE: Final = "application/fhir+json; charset=utf-8"
_STATUS: Final = {
    rules.WORKSPACE: 404,
    rules.METHOD: 405,
    rules.INTERACTION: 404,
    rules.NOT_FOUND: 404,
    rules.FORMAT: 406,
    rules.BUSY: 503,
    NOT_FICTITIOUS: 403,
}
"""HTTP status by rule; the others are 400."""


class Refused(Exception):
    """Ends the request with these findings."""

    def __init__(self, *findings: Finding) -> None:
        super().__init__(findings[0].rule.id)
        self.findings = findings


def resource(content: dict[str, Any], status: int = 200) -> Reply:
    """Any resource."""
    return Reply(status, ENCODE(content), TYPE, [("cache-control", "no-store")])


def issue_of(finding: Finding, severity: str = "error") -> dict[str, Any]:
    """A finding in FHIR's words; ``expected`` and ``found`` go into the diagnostics."""
    rule = finding.rule
    told = [rule.title_en]
    told += [f"{name}: {value}" for name, value in (("expected", finding.expected), ("found", finding.found)) if value]
    problem = Problem(finding.where, rule.id, f"{rule.title_fr}. {rule.remedy}", "; ".join(told))
    kind = rule.error_code or ("forbidden" if rule is NOT_FICTITIOUS else "not-supported")
    found = issue(problem, severity=severity, kind=kind, path=False)
    return found | ({"location": [finding.where]} if finding.where else {})


def refusal(findings: Iterable[Finding]) -> Reply:
    """Of the first finding's status, with an issue for each."""
    told = list(findings)
    reply = resource(operation_outcome(map(issue_of, told)), _STATUS.get(told[0].rule, 400))
    if reply.status == 405:
        reply.headers.append(("allow", "GET, HEAD, POST"))
    if reply.status == 503:
        reply.headers.append(("retry-after", "1"))
    return reply


def failure(code: str, text: str, status: int) -> Reply:
    """What is no finding: a fault on demand, or an error of our own."""
    return resource(operation_outcome([issue(Problem("", code, text, text), kind="exception")]), status)
