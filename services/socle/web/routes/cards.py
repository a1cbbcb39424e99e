"""``/_sandbox/population/cards``: the virtual Vitale cards; they are added by ``POST /_sandbox/population``."""

from collections.abc import Iterable
from itertools import islice
from typing import Annotated

from fastapi import APIRouter, Query, Response

from socle.control.model import VitaleCard
from socle.control.plane import ControlPlane
from socle.control.population.codec import Kind
from socle.web.cards import CardView, card_view
from socle.web.errors import not_found
from socle.web.model import Current
from socle.web.spread import spread


def router(control: ControlPlane) -> APIRouter:
    """Made once for each process."""
    api = APIRouter(prefix="/_sandbox/population/cards", tags=["population"], route_class=spread(control))

    @api.get("")
    def cards(
        workspace: Current,
        insured: Annotated[str | None, Query(description="13 or 15 characters")] = None,
        person: Annotated[str | None, Query(description="The id of somebody whom the card names")] = None,
        offset: Annotated[int, Query(ge=0)] = 0,
        limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    ) -> list[CardView]:
        """Virtual Vitale cards: published and added ones first, then those that follow from the persons."""
        people = control.population(workspace.name)
        chosen: Iterable[VitaleCard]
        if insured is not None:
            found = people.card_of(insured)
            chosen = [] if found is None else [found]
        elif person is not None:
            who = people.person(person)
            chosen = [] if who is None else people.cards_naming(who)
        else:
            chosen = people.cards
        return [card_view(one, people) for one in islice(chosen, offset, offset + limit)]

    @api.get("/{card}")
    def card(workspace: Current, card: str) -> CardView:
        """One card, by its id."""
        people = control.population(workspace.name)
        found = people.card(card)
        if found is None:
            raise not_found("Cette carte Vitale", "This Vitale card")
        return card_view(found, people)

    @api.delete("", status_code=204)
    def clear(workspace: Current) -> Response:
        """Take back all cards that the workspace added."""
        control.remove_people(workspace.name, Kind.CARD)
        return Response(status_code=204)

    @api.delete("/{card}", status_code=204)
    def remove(workspace: Current, card: str) -> Response:
        """Take back one card that the workspace added."""
        if not control.remove_people(workspace.name, Kind.CARD, card):
            raise not_found("Cette carte Vitale, parmi celles de l'espace", "This Vitale card, among the workspace's")
        return Response(status_code=204)

    return api
