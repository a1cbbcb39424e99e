"""Only evidence that can change a count is read, and leaving out the rest changes none."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.catalogue import Catalogue
from metrics.domain.engine import Engine
from metrics.domain.facts import Evidence
from metrics.evidence import EvidenceReads, evidence_reads
from metrics.lookups import Lookup
from metrics.tables import live
from support.metrics_cohorts import CATALOGUES
from support.metrics_events import MARCH, SCOPE, Event, document, message, stay
from support.metrics_lab import Lab
from support.metrics_scratch import from_scratch, stored
from support.metrics_strategies import histories

SIZES = st.lists(st.integers(1, 5), max_size=10)
STAY, PATIENT = "1.2.3^s", "patient-s"


@contextmanager
def counting() -> Iterator[list[int]]:
    """How many rows each look-up gave."""
    found: list[int] = []
    rows = Lookup.rows

    def counted(*given: object) -> list[tuple[object, ...]]:
        answer = rows(*given)  # type: ignore[arg-type]
        found.append(len(answer))
        return answer

    with patch.object(Lookup, "rows", counted):
        yield found


def crowd(count: int) -> list[Event]:
    """Laboratory results, deleted letters and letters mailed to colleagues: none can fulfil the stay."""
    return [
        *(document(f"lab-{n}", type_code="11502-2", stay_id=STAY, patient_ref=PATIENT) for n in range(count)),
        *(document(f"gone-{n}", kind="deleted", stay_id=STAY, patient_ref=PATIENT) for n in range(count // 10)),
        *(message("s", message_ref=f"mail-{n}", pro_recipients=1, citizen_recipients=0) for n in range(count)),
    ]


CHANGES = {
    "a letter by its stay": document("s", set_id=None),
    "a letter by its patient": document("s", set_id=None, stay_id=None),
    "a stay again": stay("s", revision=2),
    "another stay": stay("t", discharged=MARCH + timedelta(days=9), patient_ref=PATIENT),
    "a mail to the patient": message("s", kind="delivered"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_what_cannot_fulfil_a_stay_is_not_read_however_much_there_is(change: Event) -> None:
    read = []
    for count in (10, 500):
        with Lab() as lab:
            lab.take(stay("s"), *crowd(count))
            with counting() as rows:
                lab.take(change)
            read.append(sum(rows))
            assert stored(lab) == from_scratch(lab)
    assert read[0] == read[1] <= 8


@settings(deadline=None, max_examples=60)
@given(histories(), st.sampled_from(CATALOGUES))
def test_what_is_read_is_all_that_can_fulfil_and_nothing_else(log: list[Event], catalogue: Catalogue) -> None:
    engine = Engine(catalogue.definitions)
    with Lab(catalogue) as lab:
        lab.take(*log)
        everything = read(lab, evidence_reads(live))
        assert read(lab, evidence_reads(live, engine.wanted)) == {
            item for item in everything if engine.may_fulfil(item)
        }


@settings(deadline=None, max_examples=60)
@given(histories(), st.sampled_from(CATALOGUES), SIZES)
def test_cohorts_of_every_sort_count_what_the_facts_say(
    log: list[Event], catalogue: Catalogue, sizes: list[int]
) -> None:
    with Lab(catalogue) as lab:
        lab.take(*log, chunks=sizes)
        assert stored(lab) == from_scratch(lab, catalogue.definitions)


def read(lab: Lab, reads: EvidenceReads) -> set[Evidence]:
    """All that is found by the stays and patients of the histories."""
    stays, patients = ["1.2.3^a", "1.2.3^b", "1.2.3^unknown"], ["p", "q", "patient-a", "patient-b"]
    return {
        *reads.documents_by_stay(lab.uow, SCOPE, stays),
        *reads.documents_by_patient(lab.uow, SCOPE, patients),
        *reads.mailed_by_stay(lab.uow, SCOPE, stays),
        *reads.mailed_by_patient(lab.uow, SCOPE, patients),
    }
