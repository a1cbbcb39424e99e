"""FINESS numbers of legal entities (EJ) and sites (EG) (domain/indicators.md §5.1)."""

import re
from dataclasses import dataclass

from socle.identifiers.errors import InvalidIdentifier
from socle.identifiers.luhn import luhn_digit, luhn_sum

_FINESS = re.compile(r"[0-9A-Z]{9}", re.ASCII)
_LETTERS = str.maketrans({"A": "1", "B": "2"})


@dataclass(frozen=True, slots=True)
class Finess:
    """Nine characters. No official text states the check digit: a wrong one is a warning, never a refusal."""

    value: str

    @classmethod
    def parse(cls, text: str) -> "Finess":
        """Read a FINESS number, displayed with spaces (``01 078 005 4``) or not; raises ``InvalidIdentifier``."""
        value = "".join(text.split()).upper()
        if _FINESS.fullmatch(value) is None:
            raise InvalidIdentifier(f"a FINESS number has 9 letters or digits; {text!r} was given")
        return cls(value)

    @property
    def luhn_is_valid(self) -> bool:
        """Luhn over the nine characters, Corsica's A read as 1 and B as 2 (2A → 21, 2B → 22)."""
        digits = self.value.translate(_LETTERS)
        return digits.isdigit() and luhn_sum(digits) % 10 == 0


def make_finess(first8: str) -> str:
    """Complete eight characters (``"2A000123"``) with the check digit."""
    return first8 + luhn_digit(first8.translate(_LETTERS))
