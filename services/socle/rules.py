"""Rules, findings and verdicts (D8, D12): every check of the sandbox speaks through these.

A rule is registered once, with its source and how far we trust it; a finding is one breach of a rule in one message.
The verdict follows from the findings and the strictness in force; checks never decide on their own.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How much a breach matters to the real service."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Certainty(StrEnum):
    """The fidelity ledger's marks (D12)."""

    FAITHFUL = "faithful"
    """Seen in a source: a specification, a live capture, a real client."""
    SIMPLIFIED = "simplified"
    """Based on a source, but we check less than it asks."""
    OURS = "ours"
    """No source could be read: our own choice, never presented as official."""


class Official(StrEnum):
    """What the national service does with a breach, whatever the sandbox does."""

    REFUSES = "refuses"
    """A source says so, or shows it."""
    TOLERATES = "tolerates"
    """Real clients break the rule, and were answered."""
    UNKNOWN = "unknown"
    """No source that could be read tells."""


OWN_CODES = "socles_"
"""What error codes of our own begin with: no software can take them for official ones."""


class Strictness(StrEnum):
    """How a workspace turns findings into an answer."""

    OFFICIAL = "official"
    """Answer as the real service would: an error refuses."""
    LENIENT = "lenient"
    """Report only; what cannot be processed at all is still refused."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing the sandbox checks.

    ``error_code`` is the wire code used when a breach refuses the act (``XDSPatientIdDoesNotMatch``, ``insi_19`` …).
    ``structural`` rules refuse in every strictness: the act cannot be processed when they are broken.
    """

    id: str
    title_fr: str
    title_en: str
    source: str
    certainty: Certainty
    remedy: str
    severity: Severity = Severity.ERROR
    source_version: str = ""
    error_code: str | None = None
    structural: bool = False
    official: Official = Official.UNKNOWN

    @property
    def official_code(self) -> str | None:
        """The code with which the national service refuses; None: it does not, or its code is unknown."""
        known = self.error_code is not None and not self.error_code.startswith(OWN_CODES)
        return self.error_code if known and self.official is Official.REFUSES else None

    @property
    def service(self) -> str:
        """The first segment of the id: ``dmp``, ``insi``, ``mss``, ``soap`` …"""
        return self.id.split(".", 1)[0]

    def finding(
        self, *, where: str = "", expected: str = "", found: str = "", line: int | None = None, part: str | None = None
    ) -> "Finding":
        """Report one breach of this rule; ``where`` is an XPath, a header name or a field."""
        return Finding(self, where, expected, found, line, part)


@dataclass(frozen=True, slots=True)
class Finding:
    """One breach of one rule in one message: where it is, what was expected and what was found."""

    rule: Rule
    where: str = ""
    expected: str = ""
    found: str = ""
    line: int | None = None
    part: str | None = None

    def as_dict(self) -> dict[str, object]:
        """The finding as it goes into the journal, events and APIs."""
        rule = self.rule
        return {
            "rule": rule.id,
            "severity": rule.severity.value,
            "certainty": rule.certainty.value,
            "official": rule.official.value,
            "titleFr": rule.title_fr,
            "titleEn": rule.title_en,
            "where": self.where,
            "line": self.line,
            "part": self.part,
            "expected": self.expected,
            "found": self.found,
            "remedy": rule.remedy,
            "source": rule.source,
            "sourceVersion": rule.source_version,
        }


class RuleRegistry:
    """All rules of the product, by id."""

    def __init__(self) -> None:
        self._rules: dict[str, Rule] = {}

    def add(self, rule: Rule) -> Rule:
        """Register a rule and give it back; a second rule under the same id is a programming error."""
        if rule.id in self._rules:
            raise ValueError(f"rule {rule.id!r} is registered twice")
        self._rules[rule.id] = rule
        return rule

    def __getitem__(self, rule_id: str) -> Rule:
        return self._rules[rule_id]

    def __iter__(self) -> Iterator[Rule]:
        return iter(sorted(self._rules.values(), key=lambda rule: rule.id))

    def __len__(self) -> int:
        return len(self._rules)


REGISTRY = RuleRegistry()
"""The one registry: ``REGISTRY.add(Rule(...))`` at module level, next to the check it belongs to."""


def refusing(findings: Iterable[Finding], strictness: Strictness) -> list[Finding]:
    """The findings that refuse the act under ``strictness``; empty means accepted."""
    return [
        finding
        for finding in findings
        if finding.rule.structural or (strictness is Strictness.OFFICIAL and finding.rule.severity is Severity.ERROR)
    ]
