"""CSV of identities, read without trusting it (RFC 4180; ``;`` as French spreadsheets write it, or ``,`` or tabs)."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import Final

from socle.control.model import Person
from socle.identities.checking import Draft
from socle.identities.columns import BY_HEADER, COLUMNS, Column, plain, written_former
from socle.identities.problem import NotTaken, Problem, refused
from socle.identities.row import Row, place_of, quoted

MOST_ROWS: Final = 20_000
"""Persons of a file; ours."""
_SEPARATORS: Final = (";", ",", "\t")


class Encoding(StrEnum):
    """Of a file."""

    UTF8 = "utf-8"
    UTF8_BOM = "utf-8-sig"
    LATIN1 = "windows-1252"
    """With what it adds to Latin-1: ’, Œ, €."""


@dataclass(frozen=True, slots=True)
class Table:
    """What a CSV held."""

    drafts: tuple[Draft, ...]
    problems: tuple[Problem, ...]
    """Of the lines that are no drafts."""
    encoding: Encoding
    separator: str


def read(data: bytes, *, transliterate: bool = False) -> Table:
    """Raises ``NotTaken`` for what is no such table at all."""
    text, encoding = _decoded(data)
    separator, columns = _header(text)
    drafts: list[Draft] = []
    problems: list[Problem] = []
    for line, cells in _rows(text, separator):
        found = Row(line, columns, cells, transliterate)
        person = found.person()
        problems += found.problems
        if person is not None:
            drafts.append(Draft(person, partial(place_of, line)))
        if len(drafts) > MOST_ROWS:
            raise refused("file.rows", f"Plus de {MOST_ROWS} personnes.", f"More than {MOST_ROWS} persons.", status=413)
    if not drafts and not problems:
        raise refused("file.empty", "Aucune personne dans ce fichier.", "No person in this file.")
    return Table(tuple(drafts), tuple(problems), encoding, separator)


def write(
    persons: Iterable[Person], *, separator: str = ";", encoding: Encoding = Encoding.UTF8_BOM, english: bool = False
) -> Iterator[bytes]:
    """Line by line, with French headers unless told otherwise. What an encoding lacks becomes ``?`` (notes only)."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=separator, lineterminator="\r\n")
    writer.writerow(column.en if english else column.fr for column in COLUMNS)
    yield out.getvalue().encode(encoding, "replace")
    for person in persons:
        out.seek(0)
        out.truncate()
        writer.writerow(_cells(person))
        yield out.getvalue().encode(encoding.value.removesuffix("-sig"), "replace")


def _decoded(data: bytes) -> tuple[str, Encoding]:
    if data.startswith(b"PK\x03\x04"):
        raise refused(
            "file.zip",
            "Un classeur ou une archive, pas un CSV : l'enregistrer au format CSV.",
            "A workbook or an archive, not a CSV: save it as CSV.",
            status=415,
        )
    if b"\0" in data:
        raise refused(
            "file.encoding",
            "Octets nuls : UTF-8 ou Latin-1 attendu, ni UTF-16 ni binaire.",
            "NUL bytes: UTF-8 or Latin-1 is expected, neither UTF-16 nor binary.",
        )
    try:
        bom = data.startswith(b"\xef\xbb\xbf")
        return data.decode("utf-8-sig"), Encoding.UTF8_BOM if bom else Encoding.UTF8
    except UnicodeDecodeError as error:
        try:
            return data.decode("windows-1252"), Encoding.LATIN1
        except UnicodeDecodeError:
            raise refused(
                "file.encoding",
                f"Ni UTF-8 ni Latin-1 (octet {error.start}).",
                f"Neither UTF-8 nor Latin-1 (byte {error.start}).",
            ) from None


def _header(text: str) -> tuple[str, Sequence[Column]]:
    """The separator that gives most known columns, and the columns; raises ``NotTaken``."""
    lines = text.splitlines()[:1] or [""]
    if len(lines[0]) > 10_000:
        raise refused("file.header", "Première ligne trop longue.", "The first line is too long.")
    by_separator = {one: next(csv.reader(lines, delimiter=one), []) for one in _SEPARATORS}
    separator = max(_SEPARATORS, key=lambda one: sum(plain(cell) in BY_HEADER for cell in by_separator[one]))
    cells = by_separator[separator]
    names = ", ".join(f"{column.fr} ({column.en})" for column in COLUMNS)
    unknown = [cell[:40] for cell in cells if plain(cell) not in BY_HEADER]
    columns = [BY_HEADER[plain(cell)] for cell in cells if plain(cell) in BY_HEADER]
    problems = [
        Problem("ligne 1", "file.column", f"Colonne inconnue : {cell!r}.", f"Unknown column: {cell!r}.")
        for cell in unknown
    ]
    problems += [
        Problem("ligne 1", "file.column", f"Colonne absente : {column.fr}.", f"Missing column: {column.en}.")
        for column in COLUMNS
        if column.required and column not in columns
    ]
    problems += [
        Problem("ligne 1", "file.column", f"Colonne répétée : {column.fr}.", f"Column given twice: {column.en}.")
        for column in dict.fromkeys(columns)
        if columns.count(column) > 1
    ]
    if problems:
        known = Problem("ligne 1", "file.columns", f"Colonnes connues : {names}.", f"Known columns: {names}.")
        raise NotTaken([*problems, known])
    return separator, columns


def _rows(text: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    """(number of the line it ends on, cells) below the header; empty lines left out. Raises ``NotTaken``."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        next(reader, None)
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield reader.line_num, cells
    except csv.Error as error:
        raise refused(
            "file.quotes",
            f"Guillemets ou champ mal formés ({error}).",
            f"Malformed quotes or field ({error}).",
            where=place_of(reader.line_num),
        ) from None


def _cells(person: Person) -> list[str]:
    number = person.ins
    return [
        person.id,
        person.birth_name,
        " ".join(person.given_names),
        person.sex,
        str(person.birth_date),
        person.birth_place or "",
        number.matricule if number else "",
        (number.key or "") if number else "",
        number.oid if number else "",
        str(number.valid_from or "") if number else "",
        str(number.valid_to or "") if number else "",
        "|".join(map(written_former, person.history)),
        "oui" if person.known_to_insi else "non",
        person.outcome or "",
        person.dmp,
        person.citizen_mailbox,
        quoted(" ".join(person.note.split())),
    ]
