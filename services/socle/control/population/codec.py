"""How people and places lie in the database: one JSON document each, decoded straight into the value objects."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import msgspec

from socle.control.model import Box, Establishment, Person, Professional, VitaleCard
from socle.control.population.packed import held

Item = Person | Establishment | Professional | Box | VitaleCard


class Kind(StrEnum):
    """What a stored item is."""

    PERSON = "person"
    ESTABLISHMENT = "establishment"
    PROFESSIONAL = "professional"
    BOX = "box"
    CARD = "card"
    """A virtual Vitale card."""
    ALLOWED_INS = "allowed-ins"
    """The keyed hash of a number, never the number itself."""


@dataclass(frozen=True, slots=True)
class Items:
    """People and places, unindexed. ``allowed`` holds keyed hashes of allow-listed numbers (D11)."""

    persons: Sequence[Person] = ()
    """A tuple, or ``PackedPersons`` when they are many."""
    establishments: tuple[Establishment, ...] = ()
    professionals: tuple[Professional, ...] = ()
    boxes: tuple[Box, ...] = ()
    allowed: tuple[str, ...] = ()
    cards: tuple[VitaleCard, ...] = ()

    def rows(self) -> Iterable[tuple[Kind, str, bytes]]:
        """(kind, key, JSON) of each item."""
        for person in self.persons:
            yield Kind.PERSON, person.id, _ENCODE(person)
        for site in self.establishments:
            yield Kind.ESTABLISHMENT, site.finess_eg, _ENCODE(site)
        for professional in self.professionals:
            yield Kind.PROFESSIONAL, professional.rpps, _ENCODE(professional)
        for box in self.boxes:
            box = replace(box, address=box.address.lower())  # noqa: PLW2901 - addresses compare in lower case
            yield Kind.BOX, box.address, _ENCODE(box)
        for card in self.cards:
            yield Kind.CARD, card.id, _ENCODE(card)
        for digest in self.allowed:
            yield Kind.ALLOWED_INS, digest, b"null"


_ENCODE = msgspec.json.Encoder().encode
_PERSON = msgspec.json.Decoder(Person)
_ESTABLISHMENT = msgspec.json.Decoder(Establishment)
_PROFESSIONAL = msgspec.json.Decoder(Professional)
_BOX = msgspec.json.Decoder(Box)
_CARD = msgspec.json.Decoder(VitaleCard)


def from_rows(rows: Iterable[tuple[str, str, bytes]]) -> Items:
    """The inverse of ``Items.rows``, in the order given. Many persons never lie there as value objects."""
    sites: list[Establishment] = []
    professionals: list[Professional] = []
    boxes: list[Box] = []
    allowed: list[str] = []
    cards: list[VitaleCard] = []

    def persons() -> Iterator[Person]:
        for kind, key, body in rows:
            if kind == Kind.PERSON:
                yield _PERSON.decode(body)
            elif kind == Kind.BOX:
                boxes.append(_BOX.decode(body))
            elif kind == Kind.PROFESSIONAL:
                professionals.append(_PROFESSIONAL.decode(body))
            elif kind == Kind.ESTABLISHMENT:
                sites.append(_ESTABLISHMENT.decode(body))
            elif kind == Kind.CARD:
                cards.append(_CARD.decode(body))
            else:
                allowed.append(key)

    people = held(persons())
    return Items(people, tuple(sites), tuple(professionals), tuple(boxes), tuple(allowed), tuple(cards))
