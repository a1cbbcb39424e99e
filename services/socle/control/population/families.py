"""Vitale cards that follow from the persons without being stored: a million persons cost nothing more.

Everybody who has a NIR and is old enough has a card of his own. Generated persons stand in households of four by their
ids: the young ones are beneficiaries on the cards of the first two who could be their parents. All of it is ours; a
card that the population holds under the same number goes before the one that follows from here.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date

from socle.control.model import CardHolder, Person, VitaleCard
from socle.identifiers.ins import OID_NIA, ins_key

PersonOf = Callable[[str], Person | None]

_HOUSEHOLD = 4
_PARENTS = 2
_OWN_CARD_BORN_BEFORE = date(2010, 1, 1)
"""Sixteen years before the youngest generated person's birth, whatever the workspace's clock says."""
_PARENT_OLDER_BY = range(18, 51)
"""Years."""
_GENERATED = re.compile(r"(p|g[0-9]{1,12}-)([0-9]{6,9})", re.ASCII)
"""Ids of the common population's generated persons, and of those made for a workspace (``/_sandbox/identities``)."""


def own_card(person: Person, person_of: PersonOf) -> VitaleCard | None:
    """The card of which ``person`` is the insured; None: too young, without a number, or with a provisional one."""
    if not _is_insured(person):
        return None
    assert person.ins is not None
    household = list(_household(person, person_of))
    children = [one for one in household if _is_child(one) and person in _parents(one, household)]
    holders = tuple(_holder(one, household) for one in (person, *children))
    number = person.ins
    return VitaleCard(f"card-{person.id}", number.matricule, number.key or ins_key(number.matricule), holders)


def insured_for(person: Person, person_of: PersonOf) -> Iterator[Person]:
    """Those whose own cards name ``person``: himself, or his parents."""
    if _is_insured(person):
        yield person
    elif _is_child(person):
        yield from _parents(person, list(_household(person, person_of)))


def _household(person: Person, person_of: PersonOf) -> Iterator[Person]:
    found = _GENERATED.fullmatch(person.id)
    if found is None:
        yield person
        return
    first = (int(found[2]) - 1) // _HOUSEHOLD * _HOUSEHOLD + 1
    for number in range(first, first + _HOUSEHOLD):
        other = person_of(f"{found[1]}{number:06d}")
        if other is not None:
            yield other


def _parents(child: Person, household: Iterable[Person]) -> list[Person]:
    could_be = [
        one for one in household if _is_insured(one) and child.birth_date.year - one.birth_date.year in _PARENT_OLDER_BY
    ]
    return could_be[:_PARENTS]


def _is_insured(person: Person) -> bool:
    return _nir(person) is not None and person.birth_date < _OWN_CARD_BORN_BEFORE


def _is_child(person: Person) -> bool:
    return person.birth_date >= _OWN_CARD_BORN_BEFORE


def _nir(person: Person) -> str | None:
    """No number that is still provisional (a NIA: by its OID, or first digit 7 or 8) stands on a card."""
    number = person.ins
    if number is None or number.oid == OID_NIA or number.matricule[0] in "78":
        return None
    return number.matricule


def _birth(person: Person) -> tuple[str, date, str | None]:
    return person.birth_name, person.birth_date, person.birth_place


def _holder(person: Person, household: Iterable[Person]) -> CardHolder:
    born = person.birth_date
    generated = _GENERATED.fullmatch(person.id)
    # a day of birth that a foreign register does not tell: the 1st among the traits, 00 on the card
    lunar = generated is not None and born.day == 1 and (person.birth_place or "").startswith("99")
    # a third of the young ones are too new on the card for their NIR to be certified there
    certified = generated is None or not _is_child(person) or int(generated[2]) % 3 != 0
    twins = [one.id for one in household if _birth(one) == _birth(person)]
    return CardHolder(
        person_id=person.id,
        birth_date=f"{born:%Y-%m}-00" if lunar else born.isoformat(),
        rank=1 + twins.index(person.id),
        number=_nir(person) if certified else None,
    )
