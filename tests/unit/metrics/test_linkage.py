"""Linkage (domain/indicators.md §6.4): which stay a document belongs to, in every order of arrival."""

from datetime import timedelta
from itertools import permutations

import pytest

from metrics.domain.days import DAY_MS
from metrics.domain.facts import Document, Stay, document_evidence
from metrics.domain.linkage import Link, LinkedBy, Neighbourhood
from support.metrics_events import EJ, MARCH, Event, cancelled, document, incoming, stay
from support.metrics_lab import Lab

HORIZON = 30 * DAY_MS


def link(letter: Event, *stays: Event) -> Link:
    known: dict[str, Stay] = {}
    for each in stays:
        fact = incoming(each).fact
        assert isinstance(fact, Stay)
        known[fact.stay_id] = fact
    fact = incoming(letter).fact
    assert isinstance(fact, Document)
    evidence = document_evidence(fact)
    return Neighbourhood.of(known, [evidence]).link(evidence, HORIZON)


def letter(**more: object) -> Event:
    return document("a", **{"stay_id": None, **more})


def test_the_encounters_id_is_enough() -> None:
    assert link(letter(stay_id="1.2.3^a", patient_ref=None, finess_ej=None), stay("a")) == (
        LinkedBy.ENCOUNTER_ID, "1.2.3^a", ()
    )  # fmt: skip


def test_the_one_stay_of_patient_entity_and_dates_is_inferred() -> None:
    assert link(letter(), stay("a"), stay("b")) == (LinkedBy.INFERRED, "1.2.3^a", ())


def test_an_id_that_is_unknown_leaves_it_to_inference() -> None:
    assert link(letter(stay_id="1.2.3^unknown"), stay("a")).by is LinkedBy.INFERRED


def test_two_candidates_are_never_guessed() -> None:
    found = link(letter(), stay("a"), stay("b", patient_ref="patient-a"))
    assert found == (LinkedBy.AMBIGUOUS, None, ("1.2.3^a", "1.2.3^b"))


@pytest.mark.parametrize(
    "more",
    [
        {"patient_ref": "somebody-else"},
        {"patient_ref": None},
        {"finess_ej": "010000099"},
        {"finess_ej": None},
        {"service_start": None, "service_stop": None},
        {"service_start": MARCH - timedelta(days=4)},
        {"service_stop": MARCH + timedelta(days=30, minutes=1)},
    ],
)
def test_what_does_not_fit_is_an_orphan(more: dict[str, object]) -> None:
    assert link(letter(**more), stay("a")).by is LinkedBy.ORPHAN


@pytest.mark.parametrize(
    "more",
    [
        {"service_start": MARCH - timedelta(days=3, hours=8)},
        {"service_stop": MARCH + timedelta(days=30)},
        {"service_start": None},
        {"service_stop": None},
    ],
)
def test_dates_fit_by_the_day_and_up_to_the_horizon(more: dict[str, object]) -> None:
    assert link(letter(**more), stay("a")).by is LinkedBy.INFERRED


def test_a_patient_who_is_still_in_may_have_documents() -> None:
    assert link(letter(service_stop=MARCH + timedelta(days=90)), stay("a", discharged=None)).by is LinkedBy.INFERRED


def test_a_cancelled_stay_takes_nothing() -> None:
    assert link(letter(stay_id="1.2.3^a"), cancelled("a")).by is LinkedBy.ORPHAN


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_an_ambiguity_is_settled_when_a_stay_is_taken_back_in_any_order(order: tuple[int, ...]) -> None:
    log = [stay("a"), stay("b", patient_ref="patient-a"), cancelled("b"), letter()]
    with Lab() as lab:
        for index in order:
            lab.take(log[index])
        assert lab.rate("DMP-SORTIE") == (1, 1)


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_a_document_leaves_an_inferred_stay_when_the_one_it_names_comes(order: tuple[int, ...]) -> None:
    log = [stay("a"), stay("named", discharged=MARCH + timedelta(days=60)), letter(stay_id="1.2.3^named")]
    with Lab() as lab:
        for index in order:
            lab.take(log[index])
        assert lab.rate("DMP-SORTIE", day="2026-03-10") == (0, 1)
        assert lab.rate("DMP-SORTIE", day="2026-05-09") == (1, 1)


def test_a_document_may_come_from_another_site_of_the_entity() -> None:
    with Lab() as lab:
        lab.take(stay("a"), letter(finess_eg="010000032", finess_ej=EJ))
        assert lab.rate("DMP-SORTIE", finess_eg="010000024") == (1, 1)
        assert lab.sums("DMP-VOL", finess_eg="010000032")["num"] == 1
