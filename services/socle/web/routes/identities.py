"""``/_sandbox/identities``: the persons of a workspace brought in, made, taken away and shown in the field's forms."""

from itertools import islice
from typing import Annotated, Any

from fastapi import APIRouter, Body, Query, Response

from socle.control.plane import ControlPlane
from socle.control.population.awkward import AwkwardPeople, Sort
from socle.control.population.people import NoNumberLeft
from socle.identities.fhir.names import StatusCodes
from socle.identities.forms import MEDIA, Look, Shape, shown
from socle.identities.problem import NotTaken
from socle.web.errors import Refusal
from socle.web.identities import Added, Generated, GeneratedPerson, Keys, Taken, Wanted, Which, drafts_of, refusal_of
from socle.web.model import Current
from socle.web.people import PersonView
from socle.web.register import Register, named_so
from socle.web.routes import datamatrix, identity_files
from socle.web.spread import spread

_NOBODY: dict[int | str, dict[str, Any]] = {404: {"description": "Nobody of that id in this workspace"}}
_NO_NUMBER: dict[int | str, dict[str, Any]] = {409: {"description": "No number is left for so many of a sort"}}
_ADDED = {
    "a person": {
        "value": {
            "persons": [
                {
                    "id": "mine-2",
                    "birthName": "L'HOSTIS",
                    "givenNames": ["ANNE-MARIE", "LOUISE"],
                    "sex": "F",
                    "birthDate": "1984-05-02",
                    "birthPlace": "2B033",
                    "ins": {"matricule": "284052B033901", "key": "83"},
                }
            ]
        }
    }
}
_WANTED = {
    "one of each sort": {"value": {"count": 23, "seed": 7}},
    "twins and homonyms, told only": {"value": {"count": 8, "sorts": ["twins", "homonyms"], "keep": False}},
}


def router(control: ControlPlane) -> APIRouter:
    """Made once for each process."""
    api = APIRouter(prefix="/_sandbox/identities", tags=["identities"], route_class=spread(control))
    register = Register(control)

    @api.get("")
    def listing(
        workspace: Current,
        which: Which = Which.ALL,
        name: Annotated[str, Query(description="Beginning of the birth name")] = "",
        offset: Annotated[int, Query(ge=0)] = 0,
        limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    ) -> list[PersonView]:
        """Who is there."""
        chosen = named_so(register.persons(workspace.name, which), name)
        return [PersonView.model_validate(one) for one in islice(chosen, offset, offset + limit)]

    @api.post("", status_code=201)
    def add(
        workspace: Current, wanted: Annotated[Added, Body(openapi_examples=_ADDED)], keys: Keys = Keys.STRICT
    ) -> Taken:
        """Add persons, or replace those of the same id: all of them, or none."""
        drafts = list(drafts_of(wanted.persons))
        try:
            return register.take(workspace.name, drafts, form="json", keys=keys, allowed=wanted.allowed_ins)
        except NotTaken as error:
            raise refusal_of(error) from error

    @api.post("/generate", status_code=201, responses=_NO_NUMBER)
    def generate(workspace: Current, wanted: Annotated[Wanted, Body(openapi_examples=_WANTED)]) -> Generated:
        """Make persons by sort: the same order gives the same persons, with valid keys and numbers that nobody has."""
        people = register.population(workspace.name)
        prefix = wanted.prefix or f"g{wanted.seed}-"

        def taken(matricule: str) -> bool:
            holder = people.person_by_ins(matricule)
            return holder is not None and not holder.id.startswith(prefix)

        maker = AwkwardPeople(wanted.seed, prefix=prefix, oid=wanted.oid.oid, taken=taken)
        try:
            made = list(maker.of(wanted.sorts or tuple(Sort), wanted.count))
        except NoNumberLeft as error:
            fr, en = (
                "Plus de matricule libre pour cette sorte et ce nombre.",
                "No number is left for so many of this sort.",
            )
            raise Refusal(409, "identities.numbers", fr, en) from error
        if wanted.keep:
            register.keep(workspace.name, (person for _, person in made))
        told = (PersonView.model_validate(person).model_dump() | {"sort": sort} for sort, person in made)
        return Generated(kept=wanted.keep, persons=tuple(map(GeneratedPerson.model_validate, told)))

    identity_files.install(api, register)
    datamatrix.install(api, register)

    @api.get("/{person_id}", responses=_NOBODY, response_model=PersonView)
    def show(
        workspace: Current,
        person_id: str,
        shape: Annotated[Shape, Query(alias="format")] = Shape.JSON,
        codes: StatusCodes = StatusCodes.IDENTITY_STATUS,
    ) -> Any:
        """One person, in JSON or to be copied into a message: FHIR, HL7 v2 (PID), CDA (recordTarget), CSV."""
        person = register.person(workspace.name, person_id)
        if shape is Shape.JSON:
            return PersonView.model_validate(person)
        return Response(shown(person, shape, Look(codes=codes)), headers={"Content-Type": MEDIA[shape]})

    return api
