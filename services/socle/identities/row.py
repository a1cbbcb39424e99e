"""One line of a CSV of identities to a person, or to what is wrong with it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Final, TypeVar

from socle.control.model import Person
from socle.identities.alphabet import transliterated
from socle.identities.checking import id_of, placed, spelled
from socle.identities.columns import COLUMNS, Column, read_date, read_former, read_number, read_sex, read_truth
from socle.identities.problem import Problem

T = TypeVar("T")
_REQUIRED: Final = frozenset(column.member for column in COLUMNS if column.required)
_STATES: Final = {"dmp": ("open", "closed", "none"), "citizen_mailbox": ("open", "closed", "full", "none")}
_FORMULA: Final = ("=", "+", "-", "@", "'")


class Row:
    """One line of a table; ``problems`` are what is wrong with it."""

    def __init__(self, line: int, columns: Sequence[Column], cells: Sequence[str], transliterate: bool) -> None:
        self._line = line
        self._transliterate = transliterate
        self.problems: list[Problem] = []
        if len(cells) > len(columns):
            self._tell("", "file.cells", f"{len(cells)} champs pour {len(columns)} colonnes.", "Too many fields.")
        self._cells: Mapping[str, str] = {
            column.member: cell.strip() for column, cell in zip(columns, cells, strict=False)
        }

    def person(self) -> Person | None:
        """None: something is wrong."""
        names = {member: self._name(member) for member in ("birth_name", "given_names")}
        sex = self._read("sex", read_sex, "M ou F", "M or F")
        born = self._read("birth_date", read_date, "AAAA-MM-JJ ou JJ/MM/AAAA", "YYYY-MM-DD or DD/MM/YYYY")
        number = self._read(
            "ins",
            lambda text: read_number(text, self._cells.get("key", ""), self._cells.get("oid", "")),
            "13 ou 15 caractères, la clé de 2 chiffres une seule fois",
            "13 or 15 characters, the key of 2 digits once",
        )
        day_fr, day = "AAAA-MM-JJ ou JJ/MM/AAAA", "YYYY-MM-DD or DD/MM/YYYY"
        since, until = (self._read(member, read_date, day_fr, day) for member in ("valid_from", "valid_to"))
        shape_fr, shape = "matricule et clé, OID, début/fin", "number and key, OID, start/end"
        history = self._read("history", read_former, shape_fr, shape) or ()
        known = self._read("known_to_insi", read_truth, "oui ou non", "yes or no")
        states = {member: self._state(member, allowed, number is not None) for member, allowed in _STATES.items()}
        place = self._cells.get("birth_place", "").upper() or None
        if self.problems or sex is None or born is None:
            # what is asked of a person is told with the rest: who mends a file wants to know all of it
            at = partial(place_of, self._line)
            if names["birth_name"]:
                self.problems += spelled(names["birth_name"], names["given_names"].split(), at)
            self.problems += placed(place, at)
            return None
        person = Person(
            id=self._cells.get("id", ""),
            birth_name=names["birth_name"],
            given_names=tuple(names["given_names"].split()),
            sex=sex,
            birth_date=born,
            birth_place=place,
            ins=replace(number, valid_from=since, valid_to=until) if number is not None else None,
            history=history,
            known_to_insi=number is not None if known is None else known,
            outcome=self._cells.get("outcome") or None,
            note=_unquoted(self._cells.get("note", "")),
            **states,
        )
        return person if person.id else replace(person, id=id_of(person))

    def _name(self, member: str) -> str:
        text = self._cells.get(member, "")
        if not text:
            self._tell(member, "value.missing", "Valeur obligatoire.", "A value is mandatory.")
        return transliterated(text) if self._transliterate else text

    def _state(self, member: str, allowed: Sequence[str], numbered: bool) -> str:
        text = self._cells.get(member, "") or ("open" if numbered else "none")
        if text not in allowed:
            told = ", ".join(allowed)
            self._tell(member, "value.unknown", f"Une valeur parmi {told}.", f"One of {told}.")
        return text

    def _read(self, member: str, reader: Callable[[str], T], expected_fr: str, expected: str) -> T | None:
        text = self._cells.get(member, "")
        if not text:
            if member in _REQUIRED:
                self._tell(member, "value.missing", f"Valeur obligatoire : {expected_fr}.", f"Missing: {expected}.")
            return None
        try:
            return reader(text)
        except (ValueError, KeyError):
            self._tell(member, "value.form", f"Attendu : {expected_fr}.", f"Expected: {expected}.")
            return None

    def _tell(self, member: str, code: str, fr: str, en: str) -> None:
        self.problems.append(Problem(place_of(self._line, member), code, fr, en))


def quoted(text: str) -> str:
    """A note as it is written: spreadsheets take what begins so for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def _unquoted(text: str) -> str:
    return text[1:] if text[:1] == "'" and text[1:2] in _FORMULA else text


def place_of(line: int, member: str = "") -> str:
    """``ligne 4, colonne sexe``."""
    column = next((one.fr for one in COLUMNS if one.member == member), "")
    return f"ligne {line}, colonne {column}" if column else f"ligne {line}"
