"""``--socles-fail-on``: a test that passes although its messages break rules fails after all."""

from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase

from socles.testing.core import Core
from socles.testing.exchanges import Exchange, Finding
from socles.testing.failure import finding_lines

LEVELS = {"error": frozenset({"error"}), "warning": frozenset({"error", "warning"}), "never": frozenset[str]()}
"""Which severities fail a test."""
DEFAULT = "error"
"""Under the strictness ``official`` an error refuses the act: a test that passes all the same, and did not say that it
expects a refusal, has most likely not looked at the answer."""


def judge(core: Core, level: str, allow: Sequence[str]) -> str | None:
    """What the workspace's exchanges are reproached with, in words; None: nothing.

    ``allow``: ids of rules, or patterns (``dmp.entry.*``). Exchanges that the test expected (``expect_refused``,
    ``expect_call``) are left out.
    """
    if not (severities := LEVELS[level]):
        return None
    breaches = list(_breaches(core, severities, allow))
    if not breaches:
        return None
    rules = sorted({finding.rule for _, findings in breaches for finding in findings})
    lines = [
        f"Non conforme / not conforming (--socles-fail-on={level}): {', '.join(rules)}",
        f'Voulu / intended? @pytest.mark.socles(allow=["{rules[0]}"])',
    ]
    for exchange, findings in breaches:
        lines += [f"● {exchange.service} {exchange.operation} : {exchange.outcome.upper()}", f"  {exchange.link}"]
        lines += finding_lines(findings)
    return "\n".join(lines)


def _breaches(
    core: Core, severities: frozenset[str], allow: Sequence[str]
) -> Iterator[tuple[Exchange, Sequence[Finding]]]:
    """In the order of arrival."""
    for exchange in reversed(list(core.journal.find())):
        if exchange.rules and exchange.id not in core.expected:
            found = [one for one in exchange.findings if one.severity in severities and not _allowed(one.rule, allow)]
            if found:
                yield exchange, found


def _allowed(rule: str, allow: Sequence[str]) -> bool:
    return any(fnmatchcase(rule, pattern) for pattern in allow)
