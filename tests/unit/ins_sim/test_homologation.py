"""The verdict of each case of the test book, and that nothing fools it."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from ins_sim.homologation.book import book, chosen
from ins_sim.homologation.called import Software
from ins_sim.homologation.model import State, Verdict
from ins_sim.homologation.report import Read, report
from support.homologation import CASES, ELSE, RIGHT, START, Session, altered, first

TRAITS = sorted(RIGHT)
PAGE = (Path(__file__).resolve().parents[3] / "docs" / "homologation.md").read_text("utf-8")


def _french(case: str) -> str:
    return "/".join(reversed(RIGHT[case][-1][0][3].split("-")))


def test_the_book_has_every_case_of_searches_by_traits() -> None:
    assert set(RIGHT) <= {case.id for case in book()}
    assert all(case.asks.fr and case.asks.en and case.enter and case.checks and case.source for case in book())


def test_the_page_of_the_docs_has_a_row_for_each_case() -> None:
    rows = [line for line in PAGE.splitlines() if line.startswith("| ")]
    for case in book():
        (row,) = [line for line in rows if line.startswith(f"| {case.label.replace(' cas ', ' case ')} |")]
        assert row.endswith(f"| {case.certainty} |")


def test_cases_are_chosen_by_the_beginning_of_their_id() -> None:
    assert [case.id for case in chosen(["2.03", "2.05"])] == ["2.03-1", "2.03-2", "2.03-3", "2.05"]
    assert [case.id for case in chosen(["2.06-2"])] == ["2.06-2"]
    assert chosen(["2.0"]) == ()
    assert chosen([]) == book()


@pytest.mark.parametrize("case", TRAITS)
def test_what_a_good_software_sends_passes(case: str) -> None:
    session = Session()
    session.play(case)
    judged = session.judged(case)
    assert (judged.verdict, [one.state for one in judged.attempts]) == (Verdict.PASSED, [State.PASSED])
    assert judged.counted is not None
    assert judged.counted.calls[-1] is session.calls[-1]


@pytest.mark.parametrize("case", TRAITS)
def test_without_a_call_it_is_not_played(case: str) -> None:
    assert Session().judged(case).verdict is Verdict.NOT_PLAYED


@pytest.mark.parametrize("case", TRAITS)
def test_calls_for_somebody_else_do_not_play_it(case: str) -> None:
    session = Session()
    session.call(ELSE, "00")
    expected = Verdict.MANUAL if case == "2.03-3" else Verdict.NOT_PLAYED
    assert session.judged(case).verdict is expected


_PLACED = [case for case in TRAITS if RIGHT[case][-1][0][4]]
WRONG = [
    *((case, "sex", "I", "Sexe autre que M ou F") for case in TRAITS),
    *((case, "born", _french(case), "Date de naissance mal formée") for case in TRAITS),
    *((case, "place", "75056", "Lieu de naissance") for case in _PLACED),
]


@pytest.mark.parametrize(("case", "trait", "value", "told"), WRONG)
def test_a_wrong_trait_fails_it_and_is_named(case: str, trait: str, value: str, told: str) -> None:
    session = Session()
    for traits, code in RIGHT[case][:-1]:
        session.call(traits, code, person=CASES[case])
    session.call(altered(case, **{trait: value}), "01")
    judged = session.judged(case)
    assert judged.verdict is Verdict.FAILED
    assert first(judged)[0].startswith(told)
    assert "puis rejouer le cas." in judged.next.fr


@pytest.mark.parametrize("case", TRAITS)
def test_the_newest_attempt_counts_and_the_earlier_one_is_shown(case: str) -> None:
    session = Session()
    session.play(case)
    session.call(ELSE, "00")
    session.call(altered(case, sex="F" if RIGHT[case][0][0][2] == "M" else "M"), "01")
    judged = session.judged(case)
    assert judged.verdict is Verdict.FAILED
    assert [one.state for one in judged.attempts] == [State.FAILED, State.PASSED]
    session.call(ELSE, "00")
    session.play(case)
    assert session.judged(case).verdict is Verdict.PASSED


@pytest.mark.parametrize("case", TRAITS)
def test_a_call_that_says_not_who_calls_proves_nothing(case: str) -> None:
    session = Session()
    session.play(case)
    session.calls = [replace(call, authenticated="") for call in session.calls]
    judged = session.judged(case)
    assert judged.verdict is Verdict.FAILED
    assert first(judged)[0].startswith("Appel sans authentification")
    assert session.judged(case, trust=False).verdict is Verdict.PASSED


@pytest.mark.parametrize("case", TRAITS)
def test_a_call_with_a_provoked_fault_does_not_count(case: str) -> None:
    session = Session()
    session.play(case)
    session.calls = [replace(call, fault="insi.latency") for call in session.calls]
    judged = session.judged(case)
    assert judged.verdict is (Verdict.MANUAL if case == "2.03-3" else Verdict.NOT_PLAYED)
    assert {one.state for one in judged.attempts} == {State.ASIDE}
    assert judged.counted is None


@pytest.mark.parametrize("case", [case for case in TRAITS if case != "2.03-3"])
def test_a_right_call_that_the_workspace_answers_otherwise_does_not_count(case: str) -> None:
    session = Session()
    session.play(case)
    session.calls = [replace(call, code="siram_40/insi_102", answered=None) for call in session.calls]
    judged = session.judged(case)
    assert judged.verdict is Verdict.NOT_PLAYED
    assert {one.state for one in judged.attempts} == {State.ASIDE}
    assert "X-Socles-Behaviour" in judged.why.fr
    assert "X-Socles-Behaviour" in judged.why.en


@pytest.mark.parametrize("case", [case for case in TRAITS if RIGHT[case][-1][1] == "00"])
def test_another_number_than_the_persons_does_not_count(case: str) -> None:
    session = Session()
    for traits, code in RIGHT[case]:
        session.call(traits, code, person=CASES["2.05" if case != "2.05" else "2.03-2"])
    assert session.judged(case).verdict is Verdict.NOT_PLAYED


def test_what_must_not_be_sent_fails_also_when_a_fault_was_provoked() -> None:
    for name, given in (
        ("D’ÆION", "CŒUR"),
        ("D'ÆION", "COEUR"),
        ("D'ION", "CUR"),
        ("D?ION", "C?UR"),
        ("D AEION", "COEUR"),
    ):
        session = Session()
        session.call((name, [given], "M", "1987-01-01", ""), "siram_10/socles_203", fault="any.cut")
        assert session.judged("2.03-3").verdict is Verdict.FAILED, name


def test_either_birth_date_of_the_one_that_must_be_transliterated_will_do() -> None:
    session = Session()
    session.call(("D'AEION", ["COEUR"], "M", "1987-01-01", ""), "siram_40/insi_102")
    assert session.judged("2.03-3").verdict is Verdict.PASSED


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("D’ARTAGNAN DE L’HERAULT", "Apostrophe typographique"),
        ("DARTAGNAN DE LHERAULT", "Nom de naissance"),
        ("d'Artagnan de l'Hérault", "Minuscules"),
    ],
)
def test_apostrophes_must_arrive_as_they_are(name: str, told: str) -> None:
    session = Session()
    session.call(altered("2.03-1", name=name), "01")
    judged = session.judged("2.03-1")
    assert judged.verdict is Verdict.FAILED
    assert first(judged)[0].startswith(told)


def test_a_corsican_birth_place_must_be_sent() -> None:
    session = Session()
    session.call(altered("2.03-2", place=""), "00", person=CASES["2.03-2"])
    assert first(session.judged("2.03-2"))[1:] == ("2B020", "(absent)")


def test_the_place_in_the_first_call_is_no_answer_to_several() -> None:
    """2.06 in another order: the COG at once, then without."""
    session = Session()
    session.call(RIGHT["2.06-2"][1][0], "00", person=CASES["2.06-2"])
    session.call(RIGHT["2.06-2"][0][0], "02")
    judged = session.judged("2.06-2")
    assert judged.verdict is Verdict.FAILED
    assert first(judged)[0].startswith("L'appel n'a pas suivi le cas 2.06 cas 1")
    session.call(RIGHT["2.06-2"][1][0], "00", person=CASES["2.06-2"])
    assert session.judged("2.06-2").verdict is Verdict.PASSED


def test_playing_case_1_again_takes_nothing_from_case_2() -> None:
    session = Session()
    session.play("2.06-2")
    session.play("2.06-1")
    assert session.judged("2.06-2").verdict is Verdict.PASSED


def test_calls_of_another_software_prove_nothing() -> None:
    """OLA from one and CATARINA from the other: neither has made the loop."""
    mine, other = Session(), Session(Software("GE111111111", "autre", "1"))
    mine.loop("2.07-1", "OLA")
    other.at = mine.at
    other.loop("2.07-1", "CATARINA")
    other.play("2.05")
    read = Read([*mine.calls, *other.calls])
    later = other.at + timedelta(seconds=61)
    cases = chosen(["2.05", "2.07-1"])
    for wanted in ("ge000000000", "Essai", "GE000000000/essai"):
        told = report(cases, read, later, wanted=wanted)
        assert told.software is not None
        assert [one.verdict for one in told.judged] == [Verdict.NOT_PLAYED, Verdict.FAILED]
    newest = report(cases, read, later)
    assert newest.software == Software("GE111111111", "autre", "1")
    assert [(one.software.name, one.calls) for one in newest.seen] == [("autre", 2), ("essai", 1)]
    assert [one.verdict for one in newest.judged] == [Verdict.PASSED, Verdict.FAILED]
    assert report(cases, read, later, wanted="personne").software is None


def test_a_new_version_of_a_software_goes_on_where_the_old_one_was() -> None:
    old, new = Session(), Session(Software("GE000000000", "essai", "3.0"))
    old.play("2.05")
    new.at = old.at
    new.play("2.08-1")
    told = report(chosen(["2.05", "2.08-1"]), Read([*old.calls, *new.calls]), START + timedelta(hours=1))
    assert told.passed
    assert told.software == Software("GE000000000", "essai", "3.0")
    assert told.calls == 2
