"""Which calls are attempts at a case, and which are somebody else's."""

from dataclasses import replace

import pytest

from ins_sim.homologation.model import State, Verdict
from support.homologation import CASES, RIGHT, Session, Traits5, altered


@pytest.mark.parametrize(
    ("case", "changed"),
    [
        ("2.03-2", {"born": "1960-01-02"}),
        ("2.03-2", {"name": "ADRTROI"}),
        ("2.03-2", {"given": ["TOUSSAIN"]}),
        ("2.04-1", {"given": ["Pierre Alain"], "born": "07142009"}),
        ("2.07-2", {"name": "Houillés", "born": "27011993"}),
    ],
)
def test_two_right_traits_of_three_make_an_attempt_that_fails(case: str, changed: dict[str, object]) -> None:
    session = Session()
    session.call(altered(case, **changed), "01")
    assert session.judged(case, later=90).verdict is Verdict.FAILED


@pytest.mark.parametrize(
    ("case", "other"),
    [
        ("2.03-2", ("ADRTROIS", ["DOMINIQUE"], "F", "1997-02-26", "2A020")),
        ("2.04-1", ("D'ARTAGNAN DE L'HERAULT", ["PIERRE-ALAIN"], "M", "2001-06-17", "63220")),
        ("2.06-1", ("DE VINCI", ["RUTH"], "F", "1976-07-14", "")),
        ("2.08-1", ("NESSI", ["MICHELANGELO", "ANTHONY"], "M", "2010-08-07", "63220")),
    ],
)
def test_one_right_trait_is_somebody_else(case: str, other: Traits5) -> None:
    session = Session()
    session.call(other, "00")
    assert session.judged(case).attempts == []


def test_a_call_of_another_operation_is_no_attempt() -> None:
    session = Session()
    session.play("2.05")
    session.calls = [replace(call, operation="verifierInsAvecTraitsIdentite") for call in session.calls]
    assert session.judged("2.05").attempts == []


def test_a_search_with_another_card_is_no_attempt() -> None:
    session = Session()
    call = session.card()
    session.calls = [replace(call, sent=replace(call.sent, insured="2550699999999"))]
    assert session.judged("1.01").attempts == []


def test_a_place_of_blanks_is_a_place_that_was_sent() -> None:
    session = Session()
    session.call(altered("2.06-1", place=" "), "02")
    assert session.judged("2.06-1").verdict is Verdict.FAILED


@pytest.mark.parametrize("outcome", ["error", "overload"])
def test_a_call_that_the_sandbox_could_not_answer_does_not_count(outcome: str) -> None:
    session = Session()
    session.call(RIGHT["2.05"][0][0], "siram_40/desir_1020", outcome=outcome, person=CASES["2.05"])
    assert [one.state for one in session.judged("2.05").attempts] == [State.ASIDE]
    session.calls = [replace(session.calls[0], sent=replace(session.calls[0].sent, sex="F"))]
    assert [one.state for one in session.judged("2.05").attempts] == [State.ASIDE]


def test_what_a_finding_says_of_a_trait_is_not_said_twice() -> None:
    session = Session()
    session.call(altered("2.05", name="Provisoire"), "siram_10/socles_201")
    counted = session.judged("2.05").counted
    assert counted is not None
    assert [reason.rule for reason in counted.reasons] == ["insi.name.lower-case"]
