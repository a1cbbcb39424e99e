"""Words in both languages."""

from typing import NamedTuple


class Said(NamedTuple):
    """One thing in both languages."""

    fr: str
    en: str
