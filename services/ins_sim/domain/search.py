"""The search by traits (source: inferred from the national test identities and the clients' test books).

Birth name, sex and birth date are equal; the first names asked, in order, are the first of the person's list; the
place of birth only narrows. Hyphen, apostrophe and space are three different things, and case counts: our choice, no
source tells.
"""

from collections.abc import Sequence
from datetime import date

from ins_sim.domain.erreur import CATALOGUE, Erreur
from ins_sim.domain.model import Answer, CodeCR, Directory, Individual, Traits


def search(traits: Traits, directory: Directory) -> Answer | Erreur:
    """Look the traits up. An individual with a documented outcome gives that one instead (``insi_102`` …)."""
    born = calendar_date(traits.birth_date)
    if born is None:
        return Answer(CodeCR.NONE)
    asked = traits.tokens
    found = [
        person
        for person in directory.persons_by_birth(traits.birth_name, traits.sex, born)
        if begins_with(person.given_names, asked) and traits.birth_place in ("", person.birth_place)
    ]
    return conclude(found)


def conclude(found: Sequence[Individual]) -> Answer | Erreur:
    """What is answered when these persons match. A documented outcome goes before the search's own."""
    for person in found:
        if person.outcome is not None and person.outcome in CATALOGUE:
            return CATALOGUE[person.outcome]
    known = [person for person in found if is_known(person)]
    if not known:
        return Answer(CodeCR.NONE)
    if len(known) > 1 or known[0].outcome == CodeCR.SEVERAL:
        return Answer(CodeCR.SEVERAL)
    return Answer(CodeCR.FOUND, known[0])


def calendar_date(text: str) -> date | None:
    """``AAAA-MM-JJ`` only: the other ISO 8601 forms are no birth dates here, nor are lunar ones (month or day 00)."""
    if len(text) != 10 or text[4] != "-" or text[7] != "-":
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def is_lunar(text: str) -> bool:
    """``AAAA-MM-JJ`` with 00 for an unknown month or day, the rest a date of the calendar."""
    month, day = text[5:7], text[8:]
    if "00" not in (month, day):
        return False
    return calendar_date(f"{text[:5]}{month if month != '00' else '12'}-{day if day != '00' else '01'}") is not None


def is_known(person: Individual) -> bool:
    """INSi has this person and a number to give."""
    return person.known_to_insi and person.ins is not None and person.outcome != CodeCR.NONE


def begins_with(names: Sequence[str], asked: Sequence[str]) -> bool:
    """``asked`` is not empty and is the beginning of ``names``, each name taken whole."""
    have = " ".join(names).split()
    return bool(asked) and have[: len(asked)] == list(asked)
