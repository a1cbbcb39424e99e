"""The loops over first names (tests 2.07): in order, in one go, to their end."""

from datetime import timedelta

import pytest

from ins_sim.homologation.model import State, Verdict
from support.homologation import ELSE, Session, altered, first


@pytest.mark.parametrize(
    ("case", "names"),
    [
        ("2.07-1", ["CATARINA"]),
        ("2.07-1", ["BELLA", "OLA", "CATARINA"]),
        ("2.07-1", ["OLA CATARINA BELLA", "OLA", "CATARINA"]),
        ("2.07-1", ["OLA", "BELLA", "OLA", "CATARINA"]),
        ("2.07-2", ["PAUL", "PIERRE", "JACQUES"]),
        ("2.07-2", ["PIERRE", "PIERRE PAUL", "PIERRE PAUL JACQUES"]),
        ("2.07-2", ["PIERRE PAUL JACQUES", "PIERRE", "PAUL", "JACQUES"]),
        ("2.07-2", ["PIERRE", "PAUL", "JACQUES", "JACQUES"]),
    ],
)
def test_first_names_in_another_order_fail(case: str, names: list[str]) -> None:
    session = Session()
    session.loop(case, *names)
    assert session.judged(case).verdict is Verdict.FAILED


def test_all_first_names_together_may_end_the_loop() -> None:
    session = Session()
    session.loop("2.07-2", "PIERRE", "PAUL", "JACQUES", "PIERRE PAUL JACQUES")
    (attempt,) = session.judged("2.07-2").attempts
    assert (attempt.state, len(attempt.calls)) == (State.PASSED, 4)


def test_a_loop_that_has_begun_is_awaited_and_one_that_stopped_has_failed() -> None:
    session = Session()
    session.loop("2.07-1", "OLA")
    begun = session.judged("2.07-1")
    assert (begun.verdict, begun.why.fr) == (Verdict.NOT_PLAYED, "Commencé : CATARINA → 00 doit suivre.")
    assert session.judged("2.07-1", later=61).verdict is Verdict.FAILED
    session.call(ELSE, "00")
    assert first(session.judged("2.07-1"))[1] == "CATARINA → 00"


def test_the_right_loop_after_a_wrong_one_passes_once_it_is_another_run() -> None:
    session = Session()
    session.loop("2.07-2", "PAUL", "PIERRE")
    session.loop("2.07-2", "PIERRE", "PAUL", "JACQUES")
    assert session.judged("2.07-2").verdict is Verdict.FAILED
    session.at += timedelta(seconds=20)
    session.loop("2.07-2", "PIERRE", "PAUL", "JACQUES")
    assert session.judged("2.07-2").verdict is Verdict.PASSED


def test_a_loop_taken_up_again_from_the_start_is_a_new_attempt() -> None:
    session = Session()
    session.loop("2.07-1", "OLA", "OLA", "CATARINA")
    judged = session.judged("2.07-1")
    assert [one.state for one in judged.attempts] == [State.PASSED, State.FAILED]


def test_a_fault_within_a_loop_is_left_out() -> None:
    session = Session()
    session.loop("2.07-1", "OLA")
    session.call(altered("2.07-1"), "siram_40/insi_102", fault="insi.technical-error")
    session.loop("2.07-1", "CATARINA")
    judged = session.judged("2.07-1")
    assert judged.verdict is Verdict.PASSED
    assert {one.state for one in judged.attempts} == {State.PASSED, State.ASIDE}


def test_the_answer_00_ends_an_attempt() -> None:
    session = Session()
    session.loop("2.07-1", "CATARINA", "OLA", "CATARINA")
    assert [one.state for one in session.judged("2.07-1").attempts] == [State.PASSED, State.FAILED]
