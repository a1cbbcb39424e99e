"""How a workspace wants INSi to behave."""

from dataclasses import dataclass
from enum import StrEnum

from socle.rules import Strictness


class Unknown(StrEnum):
    """What an unknown person gets."""

    TEST_BOOK = "01"
    """As the conformity tests' book says."""
    QUALIFICATION = "insi_102"
    """As the qualification server was seen to do: a technical fault."""


@dataclass(frozen=True, slots=True)
class Policy:
    """What the workspace and the settings say of this call.

    ``accepted`` empty: every authorisation number passes but those of ``refused``, since none was issued here.
    """

    strictness: Strictness = Strictness.OFFICIAL
    accepted: frozenset[str] = frozenset()
    refused: frozenset[str] = frozenset({"FAKE-IDAM"})
    unknown: Unknown = Unknown.TEST_BOOK

    def knows(self, idam: str) -> bool:
        """The authorisation number is accepted."""
        if self.accepted:
            return idam in self.accepted
        return bool(idam) and idam not in self.refused
