"""The letters of INSi: what a name may hold, and how other spellings are brought to it (domain/insi.md §2)."""

import re
import unicodedata

BIRTH_NAME = re.compile(r"'?[A-Z]+(?:(?:-{1,2}|[' ])[A-Z]+)*")
GIVEN_NAME = re.compile(r"'?[A-Z]+(?:[-' ][A-Z]+)*")
LONGEST = 100
"""Characters of a birth name, or of all first names: what an INS datamatrix holds."""

_LETTERS = str.maketrans(
    {
        "Æ": "AE",
        "Œ": "OE",
        "ẞ": "SS",
        "Ø": "O",
        "Ł": "L",
        "Đ": "D",
        "Ð": "D",
        "Þ": "TH",
        "’": "'",
        "‘": "'",
        "ʼ": "'",
        "´": "'",
        "‐": "-",
        "‑": "-",
        "–": "-",
        "\u00a0": " ",
        "\u202f": " ",
    }
)


def transliterated(text: str) -> str:
    """é → E, œ → OE, ’ → ', capitals, single spaces. What has no counterpart (digits …) stays, to be refused."""
    capitals = text.upper().translate(_LETTERS)
    plain = "".join(char for char in unicodedata.normalize("NFD", capitals) if not unicodedata.combining(char))
    return " ".join(plain.split())
