"""Whom a call is about, also when its traits are not as they should be: an attempt that fails is an attempt."""

import re
from collections.abc import Iterable
from functools import lru_cache

from ins_sim.domain.mending import transcribed
from ins_sim.homologation.called import Called, Sent
from ins_sim.homologation.model import Case, Known, Marks, Select

_ENOUGH = 2
"""Of birth name, first name and birth date, so many must be the person's: no two persons of the book share two."""
_NO_LETTER = re.compile(r"[^A-Z]")
_NO_DIGIT = re.compile(r"\D")
_DATES = ("%Y%m%d", "%d%m%Y", "%m%d%Y")


def attempts_at(case: Case, calls: Iterable[Called]) -> list[Called]:
    """The calls that are attempts at this case, in their order."""
    return [
        call
        for call in calls
        if call.operation == case.operation and _selected(case.select, call.sent) and about(case, call.sent) is not None
    ]


def about(case: Case, sent: Sent) -> Known | None:
    """The person of the case that these traits mean; the nearest when there are several. None: somebody else."""
    best, most = None, _ENOUGH - 1
    for person, marks in zip(case.persons, case.marks, strict=True):
        likeness = _likeness(marks, sent)
        if likeness > most:
            best, most = person, likeness
    return best


def marks_of(person: Known, names: Iterable[str], given: Iterable[str]) -> Marks:
    """``names`` and ``given``: what is typed for him, and what softwares are known to make of that."""
    return Marks(
        frozenset(map(_letters, (person.birth_name, *names))),
        frozenset(map(_letters, " ".join([*person.given_names, *given]).split())),
        frozenset(person.birth_date.strftime(form) for form in _DATES),
    )


def _likeness(marks: Marks, sent: Sent) -> int:
    name = _letters(sent.name) in marks.names
    given = any(_letters(one) in marks.given for one in sent.tokens)
    return name + given + (_NO_DIGIT.sub("", sent.born) in marks.days)


def _selected(select: Select, sent: Sent) -> bool:
    return select is Select.ALL or bool(sent.place.strip()) is (select is Select.WITH_PLACE)


@lru_cache(20_000)
def _letters(text: str) -> str:
    """What is left when apostrophes, hyphens, accents and case do not count."""
    return _NO_LETTER.sub("", transcribed(text, given=False))
