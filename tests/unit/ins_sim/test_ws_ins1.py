"""WS_INS1: what is read, whom a card finds, what is told, and that no altered trait finds somebody else."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ins_sim.domain import rules as common
from ins_sim.domain import rules_vitale as rules
from ins_sim.domain.coherence import check_asked
from ins_sim.domain.coverage import Matricule
from ins_sim.domain.erreur import Erreur
from ins_sim.domain.model import Answer, CodeCR
from ins_sim.domain.policy import Policy, Unknown
from ins_sim.domain.vitale import CardRequest, CardTraits, decide, explain, look_up
from socle.control.model import CardHolder, VitaleCard
from socle.identifiers.ins import ins_key
from socle.rules import Rule
from support.insi import HEADER_BLOCKS, person
from support.insi_card import Shelf, asking, card_blocks, card_body, card_message, card_request, coverage

MOTHER, SON = "2850675112001", "1150375112002"
ANNE = person("DURAND", "ANNE", "F", "1985-06-01", matricule=MOTHER + ins_key(MOTHER))
LEO = person("MARTIN", "LEO", "M", "2015-03-04", matricule=SON + ins_key(SON))
TOM = person("MARTIN", "TOM", "M", "2015-03-04")
FORMER = "2850675112009"
CARD = VitaleCard(
    "c",
    MOTHER,
    ins_key(MOTHER),
    (
        CardHolder(ANNE.id, "1985-00-00", 1, FORMER),
        CardHolder(LEO.id, "2015-03-04", 1, SON),
        CardHolder(TOM.id, "2015-03-04", 2, None),
        CardHolder("gone", "2020-01-01", 1, None),
    ),
)
SHELF = Shelf(CARD, persons=(ANNE, LEO, TOM))
BY_LEO = CardTraits(insured=Matricule(MOTHER), birth_date="2015-03-04", rank="1")


def found(asked: CardTraits) -> list[str]:
    return [one.id for one in look_up(asked, SHELF)[0]]


def told(asked: CardTraits) -> list[Rule]:
    return [one.rule for one in look_up(asked, SHELF)[1]]


def answered(asked: CardTraits, policy: Policy | None = None) -> Answer | Erreur:
    return decide(CardRequest(asked=asked), policy or Policy(), SHELF)


def test_the_request_is_read_as_sent() -> None:
    body = card_body(MOTHER, "1985-00-00", " 1 ", individual=FORMER, name=" DURAND ", keys=("10", None))
    block = card_blocks(coverage=coverage(MOTHER, "1985-00-00", "1", FORMER))
    sent = card_request(card_message(body, block))
    asked = sent.asked
    assert (asked.insured, asked.individual) == (Matricule(MOTHER), Matricule(FORMER, "10"))
    assert (asked.birth_name, asked.birth_date, asked.rank) == (" DURAND ", "1985-00-00", "1")
    covered = sent.bam.covered
    assert covered is not None
    assert (covered.insured.number, covered.number.number) == (MOTHER, FORMER)
    assert (covered.birth_date, covered.rank) == ("1985-00-00", "1")
    assert asked.ordered
    assert asked.surplus == []


def test_an_element_that_comes_again_or_late_is_told() -> None:
    body = card_body().replace("</v:RECVITALE>", "<v:DateNaissance>2010-08-07</v:DateNaissance></v:RECVITALE>")
    asked = card_request(card_message(body)).asked
    assert (asked.birth_date, asked.surplus) == ("1977-07-14", ["DateNaissance"]), "the first one counts"
    late = card_body(rank=None).replace(">", "><v:RangNaissance>1</v:RangNaissance>", 1)
    findings = [one.rule for one in check_asked(card_request(card_message(late)).asked)]
    assert findings == [common.ORDER]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (BY_LEO, [LEO.id]),
        (replace(BY_LEO, rank="01"), [LEO.id]),
        (replace(BY_LEO, rank="2"), [TOM.id]),
        (replace(BY_LEO, rank=""), [LEO.id, TOM.id]),
        (replace(BY_LEO, birth_date="1985-00-00"), [ANNE.id]),
        (replace(BY_LEO, birth_date="1985-06-01"), []),
        (replace(BY_LEO, birth_date="2020-01-01"), []),
        (replace(BY_LEO, insured=Matricule(SON)), []),
        (replace(BY_LEO, insured=Matricule(MOTHER, ins_key(MOTHER))), [LEO.id]),
        (replace(BY_LEO, insured=Matricule(MOTHER, "98")), []),
        (replace(BY_LEO, individual=Matricule(SON)), [LEO.id]),
        (replace(BY_LEO, individual=Matricule(SON, "98")), []),
        (replace(BY_LEO, individual=Matricule(MOTHER)), []),
        (replace(BY_LEO, birth_date="1985-00-00", individual=Matricule(FORMER)), [ANNE.id]),
        (replace(BY_LEO, birth_date="1985-00-00", individual=Matricule(MOTHER)), [ANNE.id]),
        (replace(BY_LEO, birth_name="MARTIN"), [LEO.id]),
        (replace(BY_LEO, birth_name="Martin"), []),
    ],
)
def test_whom_the_card_finds(asked: CardTraits, expected: list[str]) -> None:
    assert found(asked) == expected
    assert bool(told(asked)) is not bool(expected) or asked.birth_date == "2020-01-01"


def test_twins_without_a_rank_are_several_and_a_name_does_not_part_them() -> None:
    twins = answered(replace(BY_LEO, rank=""))
    assert isinstance(twins, Answer)
    assert (twins.code, twins.individual) == (CodeCR.SEVERAL, None)
    one = answered(replace(BY_LEO, rank="", individual=Matricule(SON)))
    assert isinstance(one, Answer)
    assert (one.code, one.individual) == (CodeCR.FOUND, LEO)


@pytest.mark.parametrize(
    ("asked", "rule"),
    [
        (replace(BY_LEO, insured=Matricule(SON)), rules.CARD_UNKNOWN),
        (replace(BY_LEO, insured=Matricule(MOTHER, "98")), rules.KEY),
        (replace(BY_LEO, rank="3"), rules.CARD_BENEFICIARY),
        (replace(BY_LEO, birth_date="2015-03-05"), rules.CARD_BENEFICIARY),
        (replace(BY_LEO, individual=Matricule(MOTHER)), rules.CARD_NUMBER),
        (replace(BY_LEO, individual=Matricule(SON, "98")), rules.KEY),
        (replace(BY_LEO, birth_name="DURAND"), rules.CARD_NAME),
    ],
)
def test_why_nobody_is_found(asked: CardTraits, rule: Rule) -> None:
    assert told(asked) == [rule]
    answer = answered(asked)
    assert isinstance(answer, Answer)
    assert answer.code is CodeCR.NONE
    assert [one.rule for one in explain(CardRequest(asked=asked), SHELF)] == [rule]
    unknown = answered(asked, Policy(unknown=Unknown.TECHNICAL))
    assert isinstance(unknown, Erreur)


def test_a_number_that_the_card_does_not_certify_is_told_and_taken_when_it_is_his() -> None:
    assert TOM.ins is not None
    asked = replace(BY_LEO, rank="2", individual=Matricule(TOM.ins.matricule))
    assert (found(asked), told(asked)) == ([TOM.id], [rules.UNCERTIFIED])


def test_somebody_whom_insi_does_not_know_is_told() -> None:
    nobody = replace(LEO, ins=None)
    people, findings = look_up(BY_LEO, Shelf(CARD, persons=(nobody,)))
    assert (people, [one.rule for one in findings]) == ([nobody], [rules.CARD_PERSON])


def test_a_documented_outcome_goes_before() -> None:
    failing = replace(LEO, outcome="insi_102")
    answer = decide(CardRequest(asked=BY_LEO), Policy(), Shelf(CARD, persons=(failing,)))
    assert isinstance(answer, Erreur)
    assert answer.code == "insi_102"
    nobody = decide(CardRequest(asked=BY_LEO), Policy(), Shelf(CARD, persons=(replace(LEO, known_to_insi=False),)))
    assert isinstance(nobody, Answer)
    assert nobody.code is CodeCR.NONE


HOLDERS = [(holder, one) for holder, one in zip(CARD.holders, (ANNE, LEO, TOM), strict=False)]


@given(st.sampled_from(HOLDERS), st.permutations(HEADER_BLOCKS))
def test_every_holder_is_found_by_what_his_card_says(pair: tuple[CardHolder, object], order: list[str]) -> None:
    holder, individual = pair
    request = card_request(asking(MOTHER, holder))
    answer = decide(request, Policy(), SHELF)
    assert isinstance(answer, Answer)
    assert (answer.code, answer.individual, explain(request, SHELF)) == (CodeCR.FOUND, individual, [])
    shuffled = card_request(card_message(card_body(MOTHER, holder.birth_date, str(holder.rank)), order=tuple(order)))
    assert shuffled.asked.insured.number == MOTHER


DIGIT = st.integers(0, 12).flatmap(lambda place: st.sampled_from("0123456789AB").map(lambda char: (place, char)))


@given(st.sampled_from(HOLDERS), st.data())
def test_no_altered_trait_ever_finds_somebody_else(pair: tuple[CardHolder, object], data: st.DataObject) -> None:
    """One character of a number, key, date or rank is another one: the same person where nothing changed, else none or
    the one whom the altered traits really name."""
    holder, individual = pair
    asked = CardTraits(
        individual=Matricule(holder.number or "", ins_key(holder.number) if holder.number else ""),
        insured=Matricule(MOTHER, CARD.key),
        birth_date=holder.birth_date,
        rank=str(holder.rank),
    )
    what = data.draw(st.sampled_from(["individual", "insured", "birth_date", "rank", "keys"]))
    if what in ("individual", "insured"):
        sent: Matricule = getattr(asked, what)
        place, char = data.draw(DIGIT)
        number = sent.number[:place] + char + sent.number[place + 1 :]
        spoilt = replace(sent, number=number)
        altered = replace(asked, insured=spoilt) if what == "insured" else replace(asked, individual=spoilt)
    elif what == "keys":
        key = data.draw(st.from_regex(r"[0-9]{2}", fullmatch=True))
        altered = replace(asked, insured=replace(asked.insured, key=key))
    elif what == "rank":
        altered = replace(asked, rank=data.draw(st.text("0123456789", max_size=2)))
    else:
        place = data.draw(st.sampled_from([0, 1, 2, 3, 5, 6, 8, 9]))
        born = asked.birth_date[:place] + data.draw(st.sampled_from("0123456789")) + asked.birth_date[place + 1 :]
        altered = replace(asked, birth_date=born)
    people, _ = look_up(altered, SHELF)
    if altered == asked:
        assert people == [individual]
    for one in people:
        mine = next(card for card, who in HOLDERS if who is one)
        assert altered.insured.number == MOTHER
        assert altered.insured.key == CARD.key
        assert altered.birth_date == mine.birth_date
        assert altered.rank.lstrip("0") in ("", str(mine.rank))
        assert one.ins is not None
        assert altered.individual.number in ("", mine.number, one.ins.matricule)
