"""The test book: one file a case under ``cases``, its persons those of the published population."""

from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from ins_sim.homologation.model import Case, Kind, Place, Select, Step, Typed
from ins_sim.homologation.recognise import marks_of
from ins_sim.homologation.said import Said
from ins_sim.wire.names import OPERATION
from socle.control.model import Person
from socle.control.population.published import published
from socle.control.population.published_cards import published_cards
from socle.rules import Certainty


@cache
def book() -> tuple[Case, ...]:
    """All cases, in the book's order; one that follows another comes after it. Raises ``KeyError`` or ``ValueError``
    for a file that is wrong."""
    persons = {identity.person.id: identity.person for identity in published()}
    folder = files("ins_sim.homologation").joinpath("cases")
    texts = [one.read_text("utf-8") for one in folder.iterdir() if one.name.endswith(".yaml")]
    cases: dict[str, Case] = {}
    for entry in sorted(map(yaml.safe_load, texts), key=lambda entry: str(entry["id"])):
        cases[entry["id"]] = _case(entry, persons, cases)
    return tuple(cases.values())


def chosen(wanted: Sequence[str]) -> tuple[Case, ...]:
    """The cases whose id begins with one of ``wanted`` (``2``, ``2.03``, ``2.03-1``); all when there is none."""
    return tuple(case for case in book() if not wanted or any(_within(case.id, one) for one in wanted))


def _within(case: str, wanted: str) -> bool:
    return case == wanted or case.startswith((f"{wanted}.", f"{wanted}-"))


def _case(entry: Mapping[str, Any], persons: Mapping[str, Person], before: Mapping[str, Case]) -> Case:
    about = tuple(persons[one] for one in entry["persons"])
    typed, erased = _typed(about[0], entry.get("typed", {})), entry.get("erased", {})
    return Case(
        id=entry["id"],
        title=Said(**entry["title"]),
        asks=Said(**entry["asks"]),
        kind=Kind(entry.get("kind", Kind.CALLS)),
        operation=entry.get("operation", OPERATION),
        persons=about,
        typed=typed,
        card=next(card for card in published_cards() if card.id == entry["card"]) if "card" in entry else None,
        by_hand=entry.get("by_hand", False),
        marks=tuple(
            marks_of(person, (typed.name, *erased.get("name", ())), (typed.given, *erased.get("given", ())))
            for person in about
        ),
        enter=tuple(Said(**one) for one in entry["enter"]),
        steps=tuple(map(_step, entry["steps"])),
        select=Select(entry.get("select", Select.ALL)),
        after=before[entry["after"]] if "after" in entry else None,
        checks=tuple(Said(**one) for one in entry["checks"]),
        certainty=Certainty(entry["certainty"]),
        source=entry["source"],
    )


def _typed(person: Person, told: Mapping[str, str]) -> Typed:
    return Typed(
        name=told.get("name", person.birth_name),
        given=told.get("given", " ".join(person.given_names)),
        sex=person.sex,
        born=person.birth_date.isoformat(),
        place=told.get("place", person.birth_place or ""),
    )


def _step(told: Mapping[str, Any]) -> Step:
    given = told.get("given")
    return Step(
        code=told["code"],
        given=tuple(given) if given else None,
        place=Place(told.get("place", Place.FREE)),
        optional=told.get("optional", False),
        said=Said(**told["said"]) if "said" in told else None,
    )
