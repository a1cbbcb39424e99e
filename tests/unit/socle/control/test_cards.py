"""Virtual Vitale cards: published ones, those that follow from the persons, and what a workspace lays over them."""

from dataclasses import replace
from datetime import date

import pytest

from socle.control.model import CardHolder, Person, VitaleCard
from socle.control.population.codec import Items, from_rows
from socle.control.population.families import own_card
from socle.control.population.generate import generate
from socle.control.population.index import PopulationIndex
from socle.control.population.published_cards import published_cards
from socle.identifiers.ins import OID_NIR, Ins, ins_key

ITEMS = generate(seed=1, sites=20, patients_per_site=100)
INDEX = PopulationIndex(ITEMS, str.upper)
CARDS = list(INDEX.cards)
RUTH = "2770763220829"
MINE = VitaleCard("mine", "2790351215189", "89", (CardHolder("insi-adrun", "1975-12-31", 2, None),), "À moi")


def someone(identity: str) -> Person:
    found = INDEX.person(identity)
    assert found is not None
    return found


def over(*cards: VitaleCard) -> PopulationIndex:
    """A workspace that adds these."""
    return PopulationIndex(Items(cards=cards), str.upper, INDEX)


def test_the_published_card_names_ruth_and_donatello() -> None:
    card = INDEX.card_of(RUTH)
    assert card is not None
    assert (card.id, card.label, card.key) == ("insi-01", "INSi 01", "10")
    ruth, donatello = card.holders
    assert ruth == CardHolder("insi-nessi-ruth", "1977-07-14", 1, RUTH)
    assert donatello == CardHolder("insi-vinci-donatello", "2010-08-07", 1, None)
    assert INDEX.card_of(f"{RUTH}10") is card
    assert INDEX.card("insi-01") is card
    assert CARDS[: len(published_cards())] == list(published_cards())


def test_every_card_names_its_insured_and_known_people() -> None:
    for card in CARDS:
        people = [someone(one.person_id) for one in card.holders]
        assert people[0].ins is not None
        assert card.insured == people[0].ins.matricule
        assert INDEX.card_of(card.insured) == card
        assert INDEX.card(card.id) == card
        assert all(card in list(INDEX.cards_naming(one)) for one in people)
    assert len({card.id for card in CARDS}) == len({card.insured for card in CARDS}) == len(CARDS)


def test_families_are_of_parents_and_children() -> None:
    families = [card for card in CARDS if card.id.startswith("card-p") and len(card.holders) > 1]
    assert len(families) > 50
    for card in families:
        parent, *children = (someone(one.person_id) for one in card.holders)
        for child in children:
            assert 18 <= child.birth_date.year - parent.birth_date.year <= 50
            assert child.birth_date >= date(2010, 1, 1) > parent.birth_date
            assert 1 <= len(list(INDEX.cards_naming(child))) <= 2


def test_the_awkward_cards_are_there() -> None:
    holders = [one for card in CARDS for one in card.holders]
    assert any(one.birth_date.endswith("-00") for one in holders), "lunar dates"
    assert any(one.rank == 2 for one in holders), "the second of twins"
    assert any(one.number is None for one in holders), "a NIR that is not certified"
    insured = {card.insured for card in CARDS}
    assert not any(number[0] in "78" for number in insured), "nobody with a provisional number"


@pytest.mark.parametrize("prefix", ["p", "g7-"])
def test_the_second_of_twins_has_rank_two_on_one_card(prefix: str) -> None:
    mother = replace(someone("p000184"), id=f"{prefix}000001", birth_date=date(1985, 5, 2))
    one = replace(someone("p000181"), id=f"{prefix}000002", birth_date=date(2015, 3, 4))
    other = replace(one, id=f"{prefix}000003", given_names=("LEO",))
    homonym = replace(one, id=f"{prefix}000004", birth_place="75056")
    card = own_card(mother, {each.id: each for each in (mother, one, other, homonym)}.get)
    assert card is not None
    assert [holder.rank for holder in card.holders] == [1, 1, 2, 1]


@pytest.mark.parametrize("identity", ["insi-provisoire", "insi-decourcy-lea-marie", "insi-houilles"])
def test_who_has_no_card_of_his_own(identity: str) -> None:
    """A provisional number, a child, and nobody's number."""
    assert own_card(someone(identity), INDEX.person) is None
    assert INDEX.card(f"card-{identity}") is None


def test_a_former_number_has_no_card_and_a_made_up_one_neither() -> None:
    former = next(one for one in ITEMS.persons if one.history and one.id.startswith("p")).history[0]
    assert INDEX.card_of(former.matricule) is None
    assert INDEX.card_of("2770763220830") is None
    assert INDEX.card_of("") is None


def test_a_workspaces_card_goes_before_and_can_be_taken_back() -> None:
    mine = over(MINE)
    assert mine.card_of("2790351215189") is MINE
    assert mine.card("mine") is MINE
    assert mine.card("card-insi-pat-trois") is None, "the same number: there is one card"
    assert next(iter(mine.cards_naming(someone("insi-adrun")))) is MINE
    assert [card.id for card in mine.cards].count("mine") == 1
    assert len(list(mine.cards)) == len(CARDS)
    assert INDEX.card_of("2790351215189") != MINE
    moved = over(replace(MINE, id="insi-01"))
    assert moved.card("insi-01") != INDEX.card("insi-01")
    found = moved.card_of(RUTH)
    assert found is not None
    assert found.id == "card-insi-nessi-ruth", "the published one is replaced, and she has her own again"


def test_a_number_on_a_card_is_a_fictitious_one() -> None:
    number = "1850675112007"
    ins = Ins(number, ins_key(number), OID_NIR)
    assert not INDEX.accepts_ins(ins)
    assert over(replace(MINE, insured=number)).accepts_ins(ins)
    assert over(replace(MINE, holders=(replace(MINE.holders[0], number=number),))).accepts_ins(ins)


def test_cards_survive_the_database() -> None:
    items = Items(cards=(MINE, *published_cards()))
    assert from_rows([(kind.value, key, body) for kind, key, body in items.rows()]) == items
