"""The Vitale cards that test books and samples name (domain/insi.md §3), read from ``cards.yaml``."""

from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from socle.control.model import CardHolder, Person, VitaleCard
from socle.control.population.published import published


@cache
def published_cards() -> tuple[VitaleCard, ...]:
    """All of them, in the order of the file. Their holders are published identities."""
    text = files("socle.control.population").joinpath("cards.yaml").read_text("utf-8")
    people = {identity.person.id: identity.person for identity in published()}
    entries: list[dict[str, Any]] = yaml.safe_load(text)
    return tuple(_card(entry, people) for entry in entries)


def _card(entry: dict[str, Any], people: dict[str, Person]) -> VitaleCard:
    insured = people[entry["insured"]].ins
    assert insured is not None
    assert insured.key is not None
    holders = tuple(_holder(people[one["person"]], certified=one["certified"]) for one in entry["holders"])
    return VitaleCard(entry["id"], insured.matricule, insured.key, holders, entry["label"])


def _holder(person: Person, *, certified: bool) -> CardHolder:
    number = person.ins.matricule if certified and person.ins is not None else None
    return CardHolder(person.id, person.birth_date.isoformat(), number=number)
