"""The published test identities (domain/insi.md §3), read from ``published.yaml``."""

from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from socle.control.model import InsNumber, Person
from socle.identifiers.ins import OID_NIR, make_ins
from socle.rules import Certainty

_ARC = OID_NIR.rpartition(".")[0]


@dataclass(frozen=True, slots=True)
class PublishedIdentity:
    """A person of the test bases, what the INSi is known to answer for it, and how far that is trusted."""

    person: Person
    expected: str
    """``00``, ``01`` or a fault code, for a call with all traits."""
    certainty: Certainty


@cache
def published() -> tuple[PublishedIdentity, ...]:
    """All of them, in the order of the file."""
    text = files("socle.control.population").joinpath("published.yaml").read_text("utf-8")
    return tuple(_identity(entry) for entry in _load(text))


def _load(text: str) -> list[dict[str, Any]]:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    entries: list[dict[str, Any]] = yaml.load(text, Loader=loader)  # noqa: S506 - both are safe loaders
    return entries


def _identity(entry: dict[str, Any]) -> PublishedIdentity:
    number = entry.get("ins")
    person = Person(
        id=entry["id"],
        birth_name=entry["name"],
        given_names=tuple(entry["given"]),
        sex=entry["sex"],
        birth_date=entry["born"],
        birth_place=entry.get("place"),
        ins=_number(number, entry) if number else None,
        history=tuple(_number(former, entry) for former in entry.get("history", ())),
        known_to_insi=number is not None or "outcome" in entry,
        outcome=entry.get("outcome"),
        dmp="open" if number else "none",
        citizen_mailbox="open" if number else "none",
        note=entry.get("note", ""),
    )
    return PublishedIdentity(person, entry["expected"], Certainty(entry["certainty"]))


def _number(number: dict[str, Any], entry: dict[str, Any]) -> InsNumber:
    oid = f"{_ARC}.{number['oid']}"
    since: date | None = number.get("from")
    until: date | None = number.get("to")
    if "number" in number:
        return InsNumber(number["number"][:13], number["number"][13:], oid, since, until)
    born: date = entry["born"]
    made = make_ins(
        sex=entry["sex"], year=born.year, month=born.month, place=number["place"], order=number["order"], oid=oid
    )
    return InsNumber(made.matricule, made.key, oid, since, until)
