"""``/_sandbox/population``: who and what there is, and what a workspace adds (D14)."""

from collections.abc import Iterable, Sized
from dataclasses import replace
from itertools import chain, islice
from typing import Annotated, TypeVar

from fastapi import APIRouter, Body, Query, Response
from pydantic import Field

from socle.control.plane import ControlPlane
from socle.control.population.codec import Kind
from socle.identities.checking import real_looking, unknown_outcome
from socle.identities.problem import NotTaken
from socle.web.cards import CardMistake, cards_of, real_looking_cards
from socle.web.errors import Refusal, not_found
from socle.web.identities import drafts_of, refusal_of
from socle.web.model import Current, Json
from socle.web.people import BoxView, EstablishmentView, Import, PersonView, ProfessionalView
from socle.web.spread import spread

T = TypeVar("T")
Limit = Annotated[int, Query(ge=1, le=1000)]
Offset = Annotated[int, Query(ge=0)]

_EXAMPLES = {
    "a patient": {
        "value": {
            "persons": [
                {
                    "id": "mine-1",
                    "birthName": "DE LA TOUR",
                    "givenNames": ["LOUISE", "MARIE"],
                    "sex": "F",
                    "birthDate": "1984-05-02",
                    "birthPlace": "2A004",
                    "ins": {"matricule": "284052A004901", "key": "53"},
                }
            ]
        }
    },
    "a hospital and its box": {
        "value": {
            "establishments": [
                {
                    "finessEg": "690000013",
                    "finessEj": "690000005",
                    "name": "Centre hospitalier de recette",
                    "siret": "99003000900010",
                }
            ],
            "boxes": [{"address": "dpi@recette.mssante.example", "type": "APP", "finessEg": "690000013"}],
        }
    },
    "a Vitale card": {
        "value": {
            "cards": [
                {
                    "id": "mine",
                    "insured": "279035121518989",
                    "holders": [
                        {"personId": "insi-pat-trois"},
                        {"personId": "insi-decourcy-lea-marie", "birthDate": "2024-02-00", "certified": False},
                    ],
                }
            ]
        }
    },
    "a number surely fictitious": {"value": {"allowedIns": ["279035121518989"]}},
}


class Counts(Json):
    """How many of each there are, for the workspace."""

    persons: Annotated[int, Field(examples=[2027])]
    establishments: Annotated[int, Field(examples=[20])]
    professionals: Annotated[int, Field(examples=[89])]
    boxes: Annotated[int, Field(examples=[1500])]


def router(control: ControlPlane) -> APIRouter:
    """Made once for each process."""
    api = APIRouter(prefix="/_sandbox/population", tags=["population"], route_class=spread(control))

    def counts(name: str) -> Counts:
        people = control.population(name)
        return Counts(
            persons=_size(people.persons),
            establishments=_size(people.establishments),
            professionals=_size(people.professionals),
            boxes=_size(people.boxes),
        )

    @api.get("")
    def summary(workspace: Current) -> Counts:
        """How many there are."""
        return counts(workspace.name)

    @api.get("/persons")
    def persons(
        workspace: Current, name: str | None = None, ins: str | None = None, offset: Offset = 0, limit: Limit = 100
    ) -> list[PersonView]:
        """Fictitious persons, by birth name (its beginning) or number (13 or 15 characters, present or past)."""
        people = control.population(workspace.name)
        if ins is not None:
            found = people.person_by_ins(ins)
            chosen: Iterable[object] = [found] if found is not None else []
        else:
            chosen = (one for one in people.persons if name is None or one.birth_name.startswith(name.upper()))
        return [PersonView.model_validate(one) for one in _slice(chosen, offset, limit)]

    @api.get("/establishments")
    def establishments(workspace: Current, offset: Offset = 0, limit: Limit = 100) -> list[EstablishmentView]:
        """Sites with their legal entities."""
        sites = control.population(workspace.name).establishments
        return [EstablishmentView.model_validate(one) for one in _slice(sites, offset, limit)]

    @api.get("/professionals")
    def professionals(
        workspace: Current, finess: str | None = None, offset: Offset = 0, limit: Limit = 100
    ) -> list[ProfessionalView]:
        """Professionals, of one site or all."""
        everybody = control.population(workspace.name).professionals
        chosen = (one for one in everybody if finess in (None, one.finess_eg))
        return [ProfessionalView.model_validate(one) for one in _slice(chosen, offset, limit)]

    @api.get("/boxes")
    def boxes(workspace: Current, finess: str | None = None, offset: Offset = 0, limit: Limit = 100) -> list[BoxView]:
        """Mailboxes, citizens' included."""
        chosen = (one for one in control.population(workspace.name).boxes if finess in (None, one.finess_eg))
        return [BoxView.model_validate(one) for one in _slice(chosen, offset, limit)]

    @api.post("", status_code=201)
    def add(workspace: Current, wanted: Annotated[Import, Body(openapi_examples=_EXAMPLES)]) -> Counts:
        """Add to the workspace's population, or replace by id, FINESS, RPPS or address. Of a card whose persons are
        unknown nothing is added at all."""
        people, items = control.population(workspace.name), wanted.items()
        problems = list(real_looking(drafts_of(wanted.persons), people, wanted.allowed_ins))
        problems += chain.from_iterable(map(unknown_outcome, drafts_of(wanted.persons)))
        problems += real_looking_cards(wanted.cards, wanted.numbers(), people)
        if problems:
            raise refusal_of(NotTaken(problems))
        try:
            cards = cards_of(wanted.cards, items.persons, people)
        except CardMistake as mistake:
            raise Refusal(422, "population.card", mistake.fr, mistake.en) from mistake
        control.put_people(workspace.name, replace(items, cards=cards))
        if wanted.allowed_ins:
            control.allow_ins(workspace.name, wanted.allowed_ins)
        return counts(workspace.name)

    @api.delete("", status_code=204)
    def clear(workspace: Current) -> Response:
        """Take back all that the workspace added."""
        control.remove_people(workspace.name)
        return Response(status_code=204)

    @api.delete("/{kind}/{key}", status_code=204)
    def remove(workspace: Current, kind: Kind, key: str) -> Response:
        """Take back one thing that the workspace added."""
        if not control.remove_people(workspace.name, kind, key):
            raise not_found("Cet ajout à la population", "This addition to the population")
        return Response(status_code=204)

    return api


def _size(things: Iterable[object]) -> int:
    return len(things) if isinstance(things, Sized) else sum(1 for _ in things)


def _slice(things: Iterable[T], offset: int, limit: int) -> Iterable[T]:
    return islice(things, offset, offset + limit)
