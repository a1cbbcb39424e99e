"""Properties of the pipeline (domain/indicators.md §7.4) on random histories: P1, P3, P4, P5.

P2 is the kill drill's, P6 is in ``test_groups.py``, P7 in ``test_days.py``.
"""

from hypothesis import given, settings
from hypothesis import strategies as st

from support.metrics_events import Event, document, stay
from support.metrics_lab import Lab
from support.metrics_scratch import from_scratch, stored
from support.metrics_strategies import histories

COHORTS = ("DMP-SORTIE", "DMP-LL", "MSS-CIT")
SIZES = st.lists(st.integers(1, 5), max_size=10)


def project(events: list[Event], sizes: list[int] | None = None) -> dict[str, list[tuple[object, ...]]]:
    with Lab() as lab:
        lab.take(*events, chunks=sizes or ())
        return lab.derived()


@settings(deadline=None, max_examples=80)
@given(histories(), st.data())
def test_p1_neither_order_nor_repetition_changes_anything(log: list[Event], data: st.DataObject) -> None:
    again = data.draw(st.lists(st.sampled_from(log), max_size=5)) if log else []
    shuffled = data.draw(st.permutations(log + again))
    assert project(shuffled, data.draw(SIZES)) == project(log)


@settings(deadline=None, max_examples=80)
@given(histories(), SIZES)
def test_p3_what_is_stored_is_what_the_facts_say(log: list[Event], sizes: list[int]) -> None:
    """The grain kept by differences equals the grain counted from all facts at once."""
    with Lab() as lab:
        lab.take(*log, chunks=sizes)
        assert stored(lab) == from_scratch(lab)


@settings(deadline=None, max_examples=60)
@given(histories())
def test_p4_no_cohort_has_more_fulfilled_stays_than_stays(log: list[Event]) -> None:
    with Lab() as lab:
        lab.take(*log)
        for indicator in COHORTS:
            num, den = lab.rate(indicator)
            assert 0 <= num <= den


@settings(deadline=None, max_examples=60)
@given(histories())
def test_p5_a_deletion_restores_what_was(log: list[Event]) -> None:
    extra = document("extra", set_id=None, stay_id="1.2.3^a")
    with Lab() as lab:
        lab.take(*log)
        before = {key: value for key, value in stored(lab).items() if key[0][2] != "gross"}
        lab.take(extra)
        lab.take(document("extra", kind="deleted", revision=2, set_id=None, stay_id="1.2.3^a"))
        after = {key: value for key, value in stored(lab).items() if key[0][2] != "gross"}
        assert after == before


def test_a_document_that_comes_first_waits_for_its_stay() -> None:
    with Lab() as lab:
        lab.take(document("s1"))
        assert lab.rate("DMP-SORTIE") == (0, 0)
        lab.take(stay("s1"))
        assert lab.rate("DMP-SORTIE") == (1, 1)
