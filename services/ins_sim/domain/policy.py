"""How a workspace wants INSi to behave."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from socle.rules import Finding, Strictness


class Behaviour(StrEnum):
    """Whom INSi answers like."""

    TEST_BOOK = "test-book"
    """The conformity tests' book."""
    QUALIFICATION = "qualification-2026"
    """The qualification server, as editors saw it answer in 2025 and 2026 (``ins_sim.domain.behaviour``)."""


class Unknown(StrEnum):
    """What an unknown person gets."""

    NONE = "01"
    """As the conformity tests' book says."""
    TECHNICAL = "insi_102"
    """As the qualification server was seen to do: a technical fault of INSi …"""
    UNAVAILABLE = "desir_1020"
    """… or of its front end."""


UNKNOWN_BY = {Behaviour.TEST_BOOK: Unknown.NONE, Behaviour.QUALIFICATION: Unknown.TECHNICAL}
"""What an unknown person gets when nothing finer is said."""


@dataclass(frozen=True, slots=True)
class BatchLimits:
    """Of batch verification. ``delay`` and ``keep`` are seconds of the workspace's clock."""

    lines: int = 500
    """Most lines of one demand."""
    delay: int = 60
    """From a demand to its result."""
    keep: int = 7 * 86400
    """For how long the result can be fetched."""
    demands: int = 1000
    """Most demands whose results are kept at a time."""


@dataclass(frozen=True, slots=True)
class Policy:
    """What the call, the workspace and the settings say, in that order.

    ``accepted`` empty: every authorisation number passes but those of ``refused``, since none was issued here.
    """

    strictness: Strictness = Strictness.OFFICIAL
    accepted: frozenset[str] = frozenset()
    refused: frozenset[str] = frozenset({"FAKE-IDAM"})
    unknown: Unknown = Unknown.NONE
    behaviour: Behaviour = Behaviour.TEST_BOOK
    batch: BatchLimits = BatchLimits()
    misread: Sequence[Finding] = ()
    """What of it could not be read."""

    def knows(self, idam: str) -> bool:
        """The authorisation number is accepted."""
        if self.accepted:
            return idam in self.accepted
        return bool(idam) and idam not in self.refused
