"""What is wrong with an identity, and where; and the refusal of a whole file."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

MOST_TOLD: Final = 100
"""Problems that a refusal tells; it counts them all."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing, said in both languages. It never repeats a number: files may hold real ones by mistake."""

    where: str
    """``ligne 4, colonne sexe``, a FHIRPath, or the path of a JSON member."""
    code: str
    message_fr: str
    message: str


class NotTaken(Exception):
    """The whole is refused, and nothing of it is kept."""

    def __init__(self, problems: Iterable[Problem], *, status: int = 422) -> None:
        self.problems = tuple(problems)
        self.status = status
        super().__init__(f"{len(self.problems)} problems, first: {self.problems[0].message}")


def refused(code: str, message_fr: str, message: str, *, where: str = "", status: int = 422) -> NotTaken:
    """A refusal for one reason."""
    return NotTaken([Problem(where, code, message_fr, message)], status=status)
