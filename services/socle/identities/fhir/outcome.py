"""OperationOutcome: how FHIR says what went wrong."""

from collections.abc import Iterable
from typing import Any

from socle.identities.problem import MOST_TOLD, Problem

DETAILS = "urn:socles:code"


def issue(problem: Problem, *, severity: str = "error", kind: str = "invalid", path: bool = True) -> dict[str, Any]:
    """One issue; ``path``: the problem's place is a FHIRPath."""
    found: dict[str, Any] = {
        "severity": severity,
        "code": kind,
        "details": {"coding": [{"system": DETAILS, "code": problem.code}], "text": problem.message_fr},
        "diagnostics": problem.message,
    }
    if problem.where and path:
        found["expression"] = [problem.where]
    return found


def operation_outcome(issues: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """The resource."""
    return {"resourceType": "OperationOutcome", "issue": list(issues)}


def outcome_of(problems: Iterable[Problem]) -> dict[str, Any]:
    """Of a refused file: its first problems, and how many more there are."""
    told = list(problems)
    issues = [issue(problem) for problem in told[:MOST_TOLD]]
    if len(told) > MOST_TOLD:
        more = len(told) - MOST_TOLD
        issues.append(issue(Problem("", "more", f"… et {more} autres.", f"… and {more} more."), severity="information"))
    return operation_outcome(issues)
