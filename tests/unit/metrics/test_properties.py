"""Properties of the pipeline (domain/indicators.md §7.4) on random histories: P1, P3, P4, P5.

P2 is the kill drill's, P6 is in ``test_groups.py``, P7 in ``test_days.py``.
"""

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.catalogue import shipped
from metrics.domain.engine import Engine, Grain
from metrics.domain.facts import Call as CallFact
from metrics.domain.facts import (
    Document,
    Message,
    MessageDoc,
    Stay,
    document_evidence,
    message_evidence,
)
from metrics.domain.linkage import Neighbourhood
from support.metrics_lab import Event, Lab, document, stay
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


def stored(lab: Lab) -> dict[Grain, int]:
    found: dict[Grain, int] = {}
    for row in lab.rows("grain"):
        _, _, indicator, version, day, eg, ej, field, measure, value = row
        found[(indicator, version, measure), (eg, ej), field, day] = value
    return found


def from_scratch(lab: Lab) -> dict[Grain, int]:
    """Every count, straight from the fact tables; knows nothing of differences, batches or neighbourhoods."""
    engine = Engine(shipped().definitions)
    calls = [CallFact._make(row) for row in select(lab, "fact_call", CallFact._fields)]
    documents = [Document._make(row) for row in select(lab, "fact_document", Document._fields)]
    messages = {row[0]: Message._make(row) for row in select(lab, "fact_message", Message._fields)}
    carried = [MessageDoc._make(row) for row in select(lab, "fact_message_doc", MessageDoc._fields)]
    stays = {row[0]: Stay._make(row) for row in select(lab, "fact_stay", Stay._fields)}
    evidence = [document_evidence(each) for each in documents]
    evidence += [message_evidence(messages[each.message_ref], each) for each in carried]
    everything = Neighbourhood.of(stays, evidence)
    twins: dict[str, list[Document]] = {}
    for each in documents:
        twins.setdefault(each.set_id or f"lid {each.lid}", []).append(each)
    counts: Counter[Grain] = Counter()
    for call in calls:
        counts.update(engine.of_call(call))
    for group in twins.values():
        counts.update(engine.of_documents(group))
    for mail in messages.values():
        counts.update(engine.of_message(mail))
    for each_stay in stays.values():
        counts.update(engine.of_stay(each_stay, everything))
    return dict(counts)


def select(lab: Lab, table: str, fields: tuple[str, ...]) -> list[tuple[object, ...]]:
    return lab.raw.execute(f"SELECT {', '.join(fields)} FROM {table}").fetchall()
