"""The Vitale cards that a population holds, by id and by insured number; a workspace's lie over the common ones."""

from collections.abc import Iterable, Iterator
from typing import Optional

from socle.control.model import VitaleCard


class CardShelf:
    """Cards as they were imported or published: none that follows from a person (``families``)."""

    def __init__(self, cards: Iterable[VitaleCard], base: Optional["CardShelf"] = None) -> None:
        self._base = base
        self._cards = {card.id: card for card in cards}
        self._by_insured = {card.insured: card for card in self._cards.values()}
        self._numbers = frozenset(
            number for card in self._cards.values() for number in (card.insured, *(one.number for one in card.holders))
        )

    def of(self, insured: str) -> VitaleCard | None:
        """By the insured person's 13 characters."""
        found = self._by_insured.get(insured)
        if found is None and self._base is not None:
            found = self._base.of(insured)
            if found is not None and found.id in self._cards:
                return None
        return found

    def named(self, card_id: str) -> VitaleCard | None:
        found = self._cards.get(card_id)
        return found if found is not None or self._base is None else self._base.named(card_id)

    def holds(self, matricule: str) -> bool:
        """Whether a card bears this number of 13 characters."""
        return matricule in self._numbers or (self._base is not None and self._base.holds(matricule))

    def __iter__(self) -> Iterator[VitaleCard]:
        if self._base is not None:
            yield from (
                card for card in self._base if card.id not in self._cards and card.insured not in self._by_insured
            )
        yield from self._cards.values()
