"""What is wrong with a request is said in both languages, and what is allowed."""

from typing import Annotated, Any, Literal

import pytest
from pydantic import Field, ValidationError

from socle.pki.kinds import Kind
from socle.web.invalid import detail, details
from socle.web.model import Json, Moment
from socle.web.routes.workspaces import NewWorkspace


class Thing(Json):
    """One field for each sort of error."""

    kind: Kind | None = None
    way: Literal["up", "down"] = "up"
    count: Annotated[int, Field(ge=2)] = 2
    names: Annotated[list[str], Field(max_length=1)] = Field(default_factory=list)
    at: Moment | None = None
    code: Annotated[str, Field(pattern="^x+$")] = "x"


def told(model: type[Json], given: dict[str, Any]) -> dict[str, str]:
    with pytest.raises(ValidationError) as refused:
        model.model_validate(given)
    (found,) = refused.value.errors()
    return detail(found)


def test_a_name_is_told_with_what_is_allowed() -> None:
    assert told(NewWorkspace, {"name": "A_B"}) == {
        "where": "name",
        "messageFr": "« A_B » n'est pas admis ; admis : 1 à 40 caractères parmi a-z, 0-9 et « - », sans « - » au début",
        "message": "'A_B' is not allowed; allowed: 1 to 40 characters of a-z, 0-9 and '-', the first no '-'",
    }


def test_what_is_endless_is_cut() -> None:
    assert len(told(NewWorkspace, {"name": "A" * 5000})["messageFr"]) < 200


@pytest.mark.parametrize(
    ("given", "french"),
    [
        ({"kind": "nope"}, "valeurs admises : 'server',"),
        ({"way": "left"}, "valeurs admises : 'up' ou 'down'"),
        ({"count": 1}, "2 au moins est attendu"),
        ({"count": "many"}, "un nombre entier est attendu"),
        ({"names": ["a", "b"]}, "1 élément(s) au plus"),
        ({"at": "yesterday"}, "un instant ISO 8601 est attendu"),
        ({"at": "2026-12-01T00:00:00"}, "un instant avec son fuseau est attendu"),
        ({"at": "9500-12-01T00:00:00Z"}, "valeur non admise"),
        ({"code": "y"}, "doit suivre le modèle ^x+$"),
        ({"cuont": 3}, "champ inconnu"),
    ],
)
def test_other_errors_are_told_in_french_too(given: dict[str, Any], french: str) -> None:
    one = told(Thing, given)
    assert one["messageFr"].startswith(french)
    assert one["message"]
    assert one["message"] != one["messageFr"]


class Things(Json):
    """A list that must hold something."""

    things: Annotated[tuple[Thing, ...], Field(min_length=1)]


@pytest.mark.parametrize(
    ("given", "places"), [([{"way": "left"}], ["things/0/way"]), ([], ["things"]), ([{"way": "up"}, 3], ["things/1"])]
)
def test_a_list_is_not_too_short_for_what_is_wrong_in_it(given: list[Any], places: list[str]) -> None:
    with pytest.raises(ValidationError) as refused:
        Things.model_validate({"things": given})
    assert [one["where"] for one in details(refused.value.errors())] == places
