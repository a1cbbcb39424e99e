"""Whom a call is about, also when its traits are not as they should be: an attempt that fails is an attempt."""

import re
from collections.abc import Iterable, Sequence
from datetime import date

from ins_sim.domain.mending import transcribed
from ins_sim.homologation.called import Called, Sent
from ins_sim.homologation.model import Case, Known, Select

_ENOUGH = 2
"""Of birth name, first name and birth date, so many must be the person's: no two persons of the book share two."""
_NO_LETTER = re.compile(r"[^A-Z]")


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
    for person in case.persons:
        likeness = _likeness(case, person, sent)
        if likeness > most:
            best, most = person, likeness
    return best


def _likeness(case: Case, person: Known, sent: Sent) -> int:
    names, given = case.erased
    wanted = {_letters(one) for one in (person.birth_name, case.typed.name, *names)}
    first = {_letters(one) for one in _tokens((*person.given_names, case.typed.given, *given))}
    sent_given = {_letters(one) for one in sent.tokens}
    return (_letters(sent.name) in wanted) + bool(first & sent_given) + _same_day(sent.born, person.birth_date)


def _selected(select: Select, sent: Sent) -> bool:
    return select is Select.ALL or bool(sent.place.strip()) is (select is Select.WITH_PLACE)


def _tokens(texts: Sequence[str]) -> list[str]:
    return " ".join(texts).split()


def _letters(text: str) -> str:
    """What is left when apostrophes, hyphens, accents and case do not count."""
    return _NO_LETTER.sub("", transcribed(text, given=False))


def _same_day(text: str, day: date) -> bool:
    """In whichever order year, month and day were written."""
    digits = re.sub(r"\D", "", text)
    return digits in {day.strftime(form) for form in ("%Y%m%d", "%d%m%Y", "%m%d%Y")}
