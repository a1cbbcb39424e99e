"""``/_sandbox/population/cards``: who is on which virtual Vitale card, and cards of a workspace's own."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from socle.identifiers.ins import ins_key
from support import toy_served

CARDS = "/_sandbox/population/cards"
MINE = {
    "id": "mine",
    "insured": "279035121518989",
    "label": "À moi",
    "holders": [
        {"personId": "insi-pat-trois"},
        {"personId": "kid", "birthDate": "2019-02-00", "rank": 2, "certified": False},
    ],
}
KID = {"id": "kid", "birthName": "PAT-TROIS", "givenNames": ["LOU"], "sex": "F", "birthDate": "2019-02-01"}


@pytest.fixture
async def http(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    async with toy_served.ground(tmp_path) as ground, toy_served.client(ground) as made:
        yield made


async def ids(http: httpx.AsyncClient, where: str = CARDS, **asked: str | int) -> list[str]:
    return [one["id"] for one in (await http.get(where, params=asked)).json()]


async def test_published_cards_and_those_that_follow(http: httpx.AsyncClient) -> None:
    assert (await ids(http))[:2] == ["insi-01", "vitale-demo"]
    assert await ids(http, offset=2, limit=1) == (await ids(http))[2:3]
    card = (await http.get(f"{CARDS}/insi-01")).json()
    assert (card["insured"], card["key"], card["label"]) == ("2770763220829", "10", "INSi 01")
    ruth, donatello = card["holders"]
    assert ruth == {
        "personId": "insi-nessi-ruth",
        "birthName": "NESSI",
        "givenNames": ["RUTH"],
        "birthDate": "1977-07-14",
        "rank": 1,
        "number": "2770763220829",
    }
    assert (donatello["givenNames"], donatello["number"]) == (["DONATELLO"], None)
    assert await ids(http, insured="277076322082910") == await ids(http, person="insi-vinci-donatello") == ["insi-01"]
    assert await ids(http, insured="2770763220828") == await ids(http, person="nobody") == []
    assert await ids(http, person="insi-adrun") == ["card-insi-adrun"]
    assert (await http.get(f"{CARDS}/nothing")).status_code == 404


async def test_a_card_is_added_with_its_people_and_taken_back(http: httpx.AsyncClient) -> None:
    await http.post("/_sandbox/workspaces", json={"name": "ws1"})
    added = await http.post("/w/ws1/_sandbox/population", json={"persons": [KID], "cards": [MINE]})
    assert added.status_code == 201
    where = f"/w/ws1{CARDS}"
    card = (await http.get(f"{where}/mine")).json()
    assert [(one["birthDate"], one["rank"], one["number"]) for one in card["holders"]] == [
        ("1979-03-28", 1, "2790351215189"),
        ("2019-02-00", 2, None),
    ]
    assert await ids(http, where, person="kid") == ["mine"]
    assert await ids(http, insured="2790351215189") == ["card-insi-pat-trois"], "the default workspace is untouched"
    other: dict[str, Any] = {**MINE, "id": "other", "insured": "1010675112003"}
    allowed = {"cards": [other], "allowedIns": [other["insured"]]}
    assert (await http.post("/w/ws1/_sandbox/population", json=allowed)).status_code == 201
    assert (await http.get(f"{where}/other")).json()["key"] == "41", "97 - number % 97"
    assert (await http.delete(f"{where}/other")).status_code == 204
    assert (await http.delete(f"{where}/other")).status_code == 404
    assert (await http.delete(f"{where}/insi-01")).status_code == 404, "it is everybody's"
    assert (await http.delete(where)).status_code == 204
    assert await ids(http, where, insured="2790351215189") == ["card-insi-pat-trois"]
    persons = await http.get("/w/ws1/_sandbox/population/persons", params={"name": "PAT-TROIS"})
    assert persons.json()[-1]["id"] == "kid"


async def test_a_number_that_may_be_real_stands_on_no_card(http: httpx.AsyncClient) -> None:
    stranger = "1840575049777"
    by_number = {**MINE, "holders": [{"personId": "insi-pat-trois", "number": stranger}]}
    for card, where in (
        ({**MINE, "insured": stranger}, "cards/0/insured"),
        ({**MINE, "insured": stranger + ins_key(stranger)}, "cards/0/insured"),
        (by_number, "cards/0/holders/0/number"),
    ):
        refused = await http.post("/_sandbox/population", json={"persons": [KID], "cards": [card]})
        assert (refused.status_code, refused.json()["error"]["details"][0]["where"]) == (422, where)
        assert stranger not in refused.text
    assert "mine" not in await ids(http)
    persons = await http.get("/_sandbox/population/persons", params={"name": "PAT-TROIS"})
    assert "kid" not in [one["id"] for one in persons.json()]
    wrong = f"{(int(ins_key(stranger)) + 1) % 98:02d}"
    own = {**KID, "ins": {"matricule": stranger}}
    for brought, insured in (([KID], stranger + wrong), ([own], stranger)):
        taken = {"persons": brought, "cards": [{**MINE, "insured": insured}]}
        assert (await http.post("/_sandbox/population", json=taken)).status_code == 201


async def test_an_archive_holds_the_workspaces_cards(http: httpx.AsyncClient) -> None:
    for name in ("ws1", "copy"):
        await http.post("/_sandbox/workspaces", json={"name": name})
    await http.post("/w/ws1/_sandbox/population", json={"persons": [KID], "cards": [MINE]})
    kept = (await http.get(f"/w/ws1{CARDS}/mine")).json()
    archive = (await http.get("/_sandbox/workspaces/ws1/archive")).content
    assert (await http.get(f"/w/copy{CARDS}/mine")).status_code == 404
    assert (await http.post("/_sandbox/workspaces/copy/archive", content=archive)).status_code == 200
    assert (await http.get(f"/w/copy{CARDS}/mine")).json() == kept


@pytest.mark.parametrize(
    "wrong",
    [
        {"insured": "27903512151"},
        {"insured": "2X90351215189"},
        {"holders": []},
        {"holders": [{"personId": "insi-adrun", "rank": 0}]},
        {"holders": [{"personId": "insi-adrun", "birthDate": "14/07/1977"}]},
        {"holders": [{"personId": "nobody"}]},
        {"id": "a/b"},
        {"porteur": 1},
    ],
)
async def test_a_card_that_cannot_be_is_refused_and_changes_nothing(http: httpx.AsyncClient, wrong: Any) -> None:
    before = await ids(http)
    refused = await http.post("/_sandbox/population", json={"persons": [KID], "cards": [{**MINE, **wrong}]})
    assert refused.status_code == 422
    assert refused.json()["error"]["messageFr"]
    assert await ids(http) == before
    assert (await http.get("/_sandbox/population/persons", params={"name": "PAT-TROIS"})).json()[-1]["id"] != "kid"
