"""Virtual Vitale cards in JSON (``socle.control.model.VitaleCard``)."""

from collections.abc import Container, Iterable, Iterator
from typing import Annotated

from pydantic import Field

from socle.control.model import CardHolder, Person, VitaleCard
from socle.control.port import Population
from socle.identifiers.ins import OID_NIR, Ins, ins_key
from socle.identities.problem import Problem
from socle.web.invalid import worded
from socle.web.model import Json

_ID = worded(
    r"^[A-Za-z0-9][A-Za-z0-9._-]{0,59}$",
    "1 à 60 lettres sans accent, chiffres, « . », « _ » et « - », le premier une lettre ou un chiffre",
    "1 to 60 ASCII letters, digits, '.', '_' and '-', the first a letter or a digit",
)
Nir = Annotated[
    str,
    Field(
        pattern=worded(
            r"^[0-9]{5}([0-9]{2}|2[AB])[0-9]{6}([0-9]{2})?$",
            "un NIR de 13 caractères, ou de 15 avec sa clé",
            "a NIR of 13 characters, or of 15 with its key",
        ),
        description="13 characters, or 15 with the key, right or wrong",
        examples=["277076322082910"],
    ),
]
Born = Annotated[
    str,
    Field(
        pattern=worded(r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$", "AAAA-MM-JJ", "YYYY-MM-DD"),
        description="As the card has it: a lunar date may hold 00, or a day or month outside the calendar",
        examples=["1977-07-14"],
    ),
]
Rank = Annotated[int, Field(ge=1, le=9, description="RangNaissance: 2 and more for the later born of twins")]


class HolderOrder(Json):
    """Somebody whom a card names."""

    person_id: Annotated[str, Field(min_length=1, max_length=60, examples=["insi-nessi-ruth"])]
    birth_date: Annotated[Born | None, Field(description="By default the person's")] = None
    rank: Rank = 1
    certified: Annotated[bool, Field(description="The card holds the person's certified NIR")] = True
    number: Annotated[Nir | None, Field(description="The certified NIR, where it is not the person's present one")] = (
        None
    )


class CardOrder(Json):
    """A card to add to a workspace, or to put in place of one of the same id."""

    id: Annotated[str, Field(pattern=_ID, examples=["mine"])]
    insured: Annotated[Nir, Field(description="Of the insured person, who need not be in the population")]
    holders: Annotated[tuple[HolderOrder, ...], Field(min_length=1, max_length=20)]
    label: Annotated[str, Field(max_length=100)] = ""


class HolderView(Json):
    """Somebody whom a card names, and what WS_INS1 is asked with for him."""

    person_id: str
    birth_name: str
    given_names: tuple[str, ...]
    birth_date: str
    rank: int
    number: str | None
    """The certified NIR."""


class CardView(Json):
    """A virtual Vitale card."""

    id: str
    label: str
    insured: str
    """13 characters."""
    key: str
    holders: tuple[HolderView, ...]


class CardMistake(ValueError):
    """A card that cannot be: told in French and English."""

    def __init__(self, fr: str, en: str) -> None:
        super().__init__(en)
        self.fr, self.en = fr, en


def cards_of(orders: Iterable[CardOrder], added: Iterable[Person], population: Population) -> tuple[VitaleCard, ...]:
    """As value objects; the persons are those ``added`` with the cards, or of the population.

    Raises ``CardMistake``.
    """
    fresh = {person.id: person for person in added}

    def holder(one: HolderOrder, card: str) -> CardHolder:
        return _holder(one, card, fresh.get(one.person_id) or population.person(one.person_id))

    def card(order: CardOrder) -> VitaleCard:
        holders = tuple(holder(one, order.id) for one in order.holders)
        number = order.insured[:13]
        return VitaleCard(order.id, number, order.insured[13:] or ins_key(number), holders, order.label)

    return tuple(card(order) for order in orders)


def real_looking_cards(orders: Iterable[CardOrder], known: Container[str], population: Population) -> Iterator[Problem]:
    """Of numbers with a right key, or none, that nobody here has, and are not among those ``known`` (D11): a card tells
    no OID, so they may be real persons'."""
    for place, order in enumerate(orders):
        held = ((one.number, f"holders/{at}/number") for at, one in enumerate(order.holders))
        for number, member in ((order.insured, "insured"), *held):
            if number is None or number[:13] in known:
                continue
            if not population.accepts_ins(Ins(number[:13], number[13:] or ins_key(number[:13]), OID_NIR)):
                yield Problem(
                    f"cards/{place}/{member}",
                    "patient.not-fictitious",
                    "Matricule que personne n'a ici : ce pourrait être celui d'une vraie personne. Ajouter la personne "
                    "sous l'OID de test ou, si le matricule est fictif à coup sûr, le déclarer (allowedIns).",
                    "Nobody here has this number: it may be a real person's. Add the person under the test OID or, if "
                    "the number is surely fictitious, say so (allowedIns).",
                )


def card_view(card: VitaleCard, population: Population) -> CardView:
    """Of a card, with the names of whom it names; one who is gone from the population is left out."""
    people = ((one, population.person(one.person_id)) for one in card.holders)
    holders = tuple(
        HolderView(
            person_id=person.id,
            birth_name=person.birth_name,
            given_names=person.given_names,
            birth_date=holder.birth_date,
            rank=holder.rank,
            number=holder.number,
        )
        for holder, person in people
        if person is not None
    )
    return CardView(id=card.id, label=card.label, insured=card.insured, key=card.key, holders=holders)


def _holder(order: HolderOrder, card: str, person: Person | None) -> CardHolder:
    if person is None:
        raise CardMistake(
            f"Carte {card} : la personne {order.person_id!r} n'est pas dans la population.",
            f"Card {card}: nobody in the population has the id {order.person_id!r}.",
        )
    own = person.ins.matricule if person.ins is not None else None
    number = order.number[:13] if order.number is not None else own
    return CardHolder(
        person.id, order.birth_date or person.birth_date.isoformat(), order.rank, number if order.certified else None
    )
