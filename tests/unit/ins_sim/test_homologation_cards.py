"""The cases of the Vitale card (1.01 to 1.03, 1.10)."""

from datetime import timedelta

import pytest

from ins_sim.domain import rules_vitale as rules
from ins_sim.homologation.model import State, Verdict
from socle.assertions.rules import STALE_VITALE
from support.homologation import ELSE, Session, first

LATER = timedelta(minutes=21)
SEARCHES = ["1.01", "1.10"]
RIGHT = {"1.01": Verdict.PASSED, "1.10": Verdict.MANUAL}
"""Of 1.10 nobody knows what it asks of the answer."""


@pytest.mark.parametrize("case", [*SEARCHES, "1.02", "1.03"])
def test_without_a_search_by_card_it_is_not_played(case: str) -> None:
    session = Session()
    session.call(ELSE, "00")
    assert session.judged(case).verdict is Verdict.NOT_PLAYED


@pytest.mark.parametrize("case", SEARCHES)
def test_a_search_with_both_assertions_is_right(case: str) -> None:
    session = Session()
    session.card()
    judged = session.judged(case)
    assert judged.verdict is RIGHT[case]
    assert judged.counted is not None
    assert judged.counted.state is State.PASSED


@pytest.mark.parametrize("case", SEARCHES)
def test_without_the_cards_assertion_it_fails(case: str) -> None:
    session = Session()
    session.card(issued=None)
    assert first(session.judged(case))[0] == "L'assertion de la carte Vitale manque"
    session.card(issued=None, broken=[rules.ASSERTION_ABSENT])
    judged = session.judged(case)
    assert judged.counted is not None
    assert [reason.rule for reason in judged.counted.reasons] == [rules.ASSERTION_ABSENT.id]


@pytest.mark.parametrize("case", SEARCHES)
def test_an_old_assertion_fails_it_verified_or_not(case: str) -> None:
    session = Session()
    session.card(issued=-LATER)
    assert first(session.judged(case))[0] == "L'assertion de la carte Vitale est périmée"
    session.card(broken=[STALE_VITALE])
    assert session.judged(case).verdict is Verdict.FAILED


@pytest.mark.parametrize("case", SEARCHES)
def test_the_newest_search_counts(case: str) -> None:
    session = Session()
    session.card()
    session.card(issued=None)
    judged = session.judged(case)
    assert [one.state for one in judged.attempts] == [State.FAILED, State.PASSED]
    session.card()
    assert session.judged(case).verdict is RIGHT[case]


@pytest.mark.parametrize("case", SEARCHES)
def test_a_search_without_professional_or_certificate_fails(case: str) -> None:
    session = Session()
    session.card(authenticated="")
    assert session.judged(case).verdict is Verdict.FAILED
    assert session.judged(case, trust=False).verdict is RIGHT[case]


@pytest.mark.parametrize("case", SEARCHES)
def test_the_other_beneficiary_and_a_provoked_fault_do_not_count(case: str) -> None:
    session = Session()
    session.card("2010-08-07")
    assert session.judged(case).attempts == []
    session.card(fault="insi.latency")
    judged = session.judged(case)
    assert (judged.verdict, judged.counted) == (Verdict.NOT_PLAYED, None)


def test_an_answer_that_is_not_the_persons_does_not_count() -> None:
    session = Session()
    session.card(code="01")
    assert session.judged("1.01").attempts[0].state is State.ASIDE
    session.card(code="01", broken=[rules.CARD_NUMBER])
    assert session.judged("1.01").verdict is Verdict.FAILED


def test_a_new_assertion_after_twenty_minutes_passes() -> None:
    session = Session()
    session.card()
    assert session.judged("1.02").verdict is Verdict.NOT_PLAYED
    session.at += LATER
    session.card()
    judged = session.judged("1.02")
    assert judged.verdict is Verdict.PASSED
    assert judged.counted is not None
    assert list(judged.counted.calls) == session.calls


def test_the_other_beneficiary_will_do_for_the_second_search() -> None:
    session = Session()
    session.card()
    session.at += LATER
    session.card("2010-08-07")
    assert session.judged("1.02").verdict is Verdict.PASSED


def test_the_old_assertion_used_again_fails() -> None:
    session = Session()
    session.card()
    session.at += LATER
    session.card(issued=-LATER)
    judged = session.judged("1.02")
    assert (judged.verdict, first(judged)[0]) == (Verdict.FAILED, "L'assertion de la carte Vitale est périmée")


def test_an_assertion_that_was_old_from_the_start_fails() -> None:
    session = Session()
    session.card(issued=-LATER)
    assert session.judged("1.02").verdict is Verdict.FAILED


def test_no_assertion_at_all_after_twenty_minutes_fails() -> None:
    session = Session()
    session.card()
    session.at += LATER
    session.card(issued=None)
    assert session.judged("1.02").verdict is Verdict.FAILED


def test_searches_that_agree_with_the_card_leave_the_rest_to_a_human() -> None:
    session = Session()
    session.card()
    assert session.judged("1.03").verdict is Verdict.MANUAL


@pytest.mark.parametrize("rule", [rules.CARD_BENEFICIARY, rules.CARD_NAME, rules.COVERAGE_BIRTH])
def test_a_beneficiary_that_is_not_the_cards_fails_it_for_good(rule: object) -> None:
    """Nothing that is sent later shows that the software now looks."""
    session = Session()
    session.card("1977-07-15", "01", broken=[rule])  # type: ignore[list-item]
    session.card()
    judged = session.judged("1.03")
    assert (judged.verdict, len(judged.attempts)) == (Verdict.FAILED, 1)
    assert "--since" in judged.next.fr
