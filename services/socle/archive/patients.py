"""References of patients in an archive: hashes made with a key that another installation does not have.

A part tells, for each reference in it, the number it stands for, if that number is in the part too: in a document's
row, a stay, a person of the workspace. Where the key is another one, references are made anew from these. One whose
number is not told stays as it is: acts before the restore still belong together, later ones get another reference.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from socle.archive.errors import wrong

_REFERENCE = re.compile(rb"(?<![0-9a-zA-Z-])[0-9a-f]{32}(?![0-9a-zA-Z-])")
_MATRICULE = re.compile(rb"(?<![0-9A-Z])([1-478][0-9]{4}(?:[0-9]{2}|2[AB])[0-9]{6})(?:[0-9]{2})?(?![0-9A-Z])")
_WHOLE = re.compile(r"[1-478][0-9]{4}(?:[0-9]{2}|2[AB])[0-9]{6}", re.ASCII)


class Seen:
    """What lines hold of references and numbers, while they are written."""

    def __init__(self) -> None:
        self._references: set[bytes] = set()
        self._numbers: set[bytes] = set()

    def look(self, line: bytes) -> bytes:
        """Take note; gives the line back."""
        self._references.update(_REFERENCE.findall(line))
        self._numbers.update(_MATRICULE.findall(line))
        return line

    def told(self, patient_ref: Callable[[str], str], more: Iterable[str] = ()) -> dict[str, str]:
        """Reference → number, of those that were seen. ``more``: numbers of people who need not stand in a line."""
        found = {}
        for number in {*map(bytes.decode, self._numbers), *more}:
            reference = patient_ref(number)
            if reference.encode() in self._references:
                found[reference] = number[:13]
        return found


class Renamed:
    """References as this installation makes them."""

    def __init__(self, told: Any, patient_ref: Callable[[str], str]) -> None:
        """``told``: as an archive has it. Raises :class:`BadArchive`."""
        if not isinstance(told, dict) or not all(
            isinstance(number, str) and _WHOLE.fullmatch(number) and re.fullmatch(r"[0-9a-f]{32}", reference)
            for reference, number in told.items()
        ):
            raise wrong("its patients are not references and numbers")
        self._new: Mapping[bytes, bytes] = {
            reference.encode(): new.encode()
            for reference, number in told.items()
            if (new := patient_ref(number)) != reference
        }

    def line(self, line: bytes) -> bytes:
        """With references made anew."""
        if not self._new:
            return line
        return _REFERENCE.sub(lambda match: self._new.get(match[0], match[0]), line)
