"""The national health identity: matricule INS (NIR or NIA), its key and its OID (domain/insi.md §2)."""

import re
from dataclasses import dataclass

from socle.identifiers.errors import InvalidIdentifier
from socle.identifiers.oid import is_oid

OID_NIR = "1.2.250.1.213.1.4.8"
OID_NIA = "1.2.250.1.213.1.4.9"
OID_TEST = "1.2.250.1.213.1.4.10"
OID_DEMO = "1.2.250.1.213.1.4.11"
OID_INS_C = "1.2.250.1.213.1.4.2"
"""The former calculated INS: another number altogether, never a matricule."""

INS_OIDS = frozenset({OID_NIR, OID_NIA, OID_TEST, OID_DEMO})
"""The OIDs under which a matricule is an INS."""
PRODUCTION_OIDS = frozenset({OID_NIR, OID_NIA})
"""The OIDs a real person's matricule travels with (D11)."""

_MATRICULE = re.compile(r"[0-9]{5}(?:[0-9]{2}|2[AB])[0-9]{6}", re.ASCII)
_KEY = re.compile(r"[0-9]{2}", re.ASCII)
_CORSICA = {"2A": "19", "2B": "18"}


def is_matricule(text: str) -> bool:
    """13 characters in the form of a matricule."""
    return _MATRICULE.fullmatch(text) is not None


def ins_key(matricule13: str) -> str:
    """The two-digit key of a 13-character matricule: 97 − (n mod 97), with 2A read as 19 and 2B as 18.

    Raises ``InvalidIdentifier`` when the 13 characters are not a matricule.
    """
    if _MATRICULE.fullmatch(matricule13) is None:
        raise InvalidIdentifier(
            f"a matricule has 13 digits, or 2A/2B as its département; {_shape(matricule13)} was given"
        )
    department = matricule13[5:7]
    number = int(matricule13[:5] + _CORSICA.get(department, department) + matricule13[7:])
    return f"{97 - number % 97:02d}"


def key_of(matricule13: str) -> str | None:
    """The same; None when the 13 characters are not a matricule."""
    return ins_key(matricule13) if is_matricule(matricule13) else None


@dataclass(frozen=True, slots=True)
class Ins:
    """A matricule with the OID it travels with: "un matricule ne voyage jamais seul"."""

    matricule: str
    """13 characters."""
    key: str
    """2 digits, as received: right or wrong."""
    oid: str

    @classmethod
    def parse(cls, text15: str, oid: str) -> "Ins":
        """Read 15 characters (13 + key) and an OID; spaces around are dropped, those within are refused.

        Raises ``InvalidIdentifier`` on a wrong shape of either, never on a wrong key. The message does not repeat
        the number, so that it may be logged.
        """
        text = text15.strip()
        if len(text) != 15 or _MATRICULE.fullmatch(text[:13]) is None or _KEY.fullmatch(text[13:]) is None:
            raise InvalidIdentifier(f"an INS has 13 characters and a key of 2 digits; {_shape(text)} was given")
        if not is_oid(oid):
            raise InvalidIdentifier(f"an INS travels with its OID; {oid!r} is none")
        return cls(text[:13], text[13:], oid)

    @property
    def value(self) -> str:
        """The 15 characters."""
        return self.matricule + self.key

    @property
    def key_is_valid(self) -> bool:
        return self.key == ins_key(self.matricule)

    @property
    def is_production(self) -> bool:
        """The OID is that of real persons (which the official qualification server uses for fictitious ones too)."""
        return self.oid in PRODUCTION_OIDS


def make_ins(
    *, sex: str, year: int, month: int, place: str, order: int, oid: str = OID_TEST, provisional: bool = False
) -> Ins:
    """A well-formed INS with a valid key, under the test OID unless told otherwise.

    ``sex`` is M or F; ``place`` a COG of 5 characters (``63220``, ``2A004``); ``order`` 1 to 999. A ``provisional``
    number begins with 7 or 8 (numéro d'attente), as NIAs do.
    """
    first = {"M": 1, "F": 2}[sex] + (6 if provisional else 0)
    matricule = f"{first}{year % 100:02d}{month:02d}{place}{order:03d}"
    return Ins(matricule, ins_key(matricule), oid)


def _shape(text: str) -> str:
    """What may be said of a refused number without saying the number."""
    classes = "".join("9" if char.isdigit() else "A" if char.isalpha() else char for char in text[:24])
    return f"{len(text)} characters of shape {classes!r}"
