"""What came of an assertion, as strictly as the workspace asks."""

from collections.abc import Sequence
from dataclasses import dataclass

from socle.assertions.policy import Mode, Policy
from socle.rules import Finding, Strictness, refusing


@dataclass(frozen=True, slots=True)
class Trusted:
    """What is wrong with the assertion, and what of it refuses the act."""

    findings: Sequence[Finding] = ()
    refusing: Sequence[Finding] = ()
    verified: bool = True
    """False: who calls was not looked at."""

    @classmethod
    def of(cls, findings: Sequence[Finding], policy: Policy) -> "Trusted":
        """In ``strict`` every error refuses, whatever the workspace's strictness; in ``warn`` nothing does."""
        return cls(findings, refusing(findings, Strictness.OFFICIAL) if policy.mode is Mode.STRICT else ())
