"""The worked example of domain/indicators.md §7.4: the discharge cohort of March, step by step."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from metrics.catalogue import shipped
from metrics.domain.values import evaluate
from support.metrics_events import MARCH, cancelled, document, stay
from support.metrics_lab import Lab


@pytest.fixture
def lab() -> Iterator[Lab]:
    with Lab() as lab:
        yield lab


def reached(lab: Lab) -> bool | None:
    definition = shipped().find("DMP-SORTIE")
    assert definition is not None
    return evaluate(definition, *lab.rate("DMP-SORTIE")).reached


def test_the_cohort_of_march(lab: Lab) -> None:
    lab.take(*(stay(f"s{n}") for n in range(1, 11)))
    lab.take(*(document(f"s{n}") for n in range(1, 8)))
    assert lab.rate("DMP-SORTIE") == (7, 10)
    assert reached(lab) is True

    lab.take(document("s7"))
    assert lab.rate("DMP-SORTIE") == (7, 10)

    lab.take(document("s7", kind="replaced", revision=2, visibility=("MASQUE_PS",)))
    assert lab.rate("DMP-SORTIE") == (7, 10)

    lab.take(document("s6", kind="deleted", revision=2))
    assert lab.rate("DMP-SORTIE") == (6, 10)
    assert reached(lab) is False

    april = datetime(2026, 4, 3, 10, tzinfo=UTC)
    lab.take(document("s8", at=april))
    assert lab.rate("DMP-SORTIE", day="2026-03-10") == (7, 10)
    assert lab.sums("DMP-VOL", day="2026-04-03")["num"] == 1
    assert lab.sums("DMP-VOL", day="2026-03-10")["num"] == 6

    lab.take(cancelled("s9"))
    assert lab.rate("DMP-SORTIE") == (7, 9)

    lab.take(document("s10", kind="submitted", at=MARCH), document("s10", kind="rejected", at=MARCH))
    assert lab.rate("DMP-SORTIE") == (7, 9)
    assert lab.rate("DMP-REJET") == (1, 1)


def test_a_document_beyond_the_horizon_does_not_count_but_flows(lab: Lab) -> None:
    lab.take(stay("s1"), document("s1", at=MARCH + timedelta(days=31)))
    assert lab.rate("DMP-SORTIE") == (0, 1)
    assert lab.sums("DMP-VOL")["num"] == 1
