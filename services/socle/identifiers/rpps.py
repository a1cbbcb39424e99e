"""RPPS: the number of a health professional in the national register."""

import re
from dataclasses import dataclass

from socle.identifiers.errors import InvalidIdentifier
from socle.identifiers.luhn import luhn_digit, luhn_sum

_RPPS = re.compile(r"[0-9]{11}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Rpps:
    """Eleven digits, the last one a Luhn digit."""

    value: str

    @classmethod
    def parse(cls, text: str) -> "Rpps":
        """Read an RPPS number, or a PS_IdNat of twelve digits that says so by its prefix 8 (domain/dmp.md §3.3)."""
        value = text.strip()
        if len(value) == 12 and value.startswith("8"):
            value = value[1:]
        if _RPPS.fullmatch(value) is None:
            raise InvalidIdentifier(f"an RPPS number has 11 digits; {text!r} was given")
        return cls(value)

    @property
    def luhn_is_valid(self) -> bool:
        return luhn_sum(self.value) % 10 == 0

    @property
    def ps_id_nat(self) -> str:
        """As it stands in VIHF and XDS: prefix 8, then the number."""
        return "8" + self.value


def make_rpps(first10: str) -> str:
    """Complete ten digits with the check digit."""
    return first10 + luhn_digit(first10)
