"""SIREN and SIRET: enterprises and their sites (INSEE)."""

import re
from dataclasses import dataclass

from socle.identifiers.errors import InvalidIdentifier
from socle.identifiers.luhn import luhn_digit, luhn_sum

_SIRET = re.compile(r"[0-9]{14}", re.ASCII)
_LA_POSTE = "356000000"


@dataclass(frozen=True, slots=True)
class Siret:
    """Fourteen digits: SIREN (9) and NIC (5)."""

    value: str

    @classmethod
    def parse(cls, text: str) -> "Siret":
        """Read a SIRET, displayed with spaces or not; raises ``InvalidIdentifier``."""
        value = "".join(text.split())
        if _SIRET.fullmatch(value) is None:
            raise InvalidIdentifier(f"a SIRET has 14 digits; {text!r} was given")
        return cls(value)

    @property
    def siren(self) -> str:
        return self.value[:9]

    @property
    def luhn_is_valid(self) -> bool:
        """Luhn over the fourteen digits; the sites of La Poste have a plain digit sum that five divides instead."""
        if luhn_sum(self.value) % 10 == 0:
            return True
        return self.siren == _LA_POSTE and sum(map(int, self.value)) % 5 == 0


def make_siret(first8: str, nic4: str) -> str:
    """Complete eight digits to a SIREN and four to a NIC, both check digits right."""
    siren = first8 + luhn_digit(first8)
    return siren + nic4 + luhn_digit(siren + nic4)
