"""What an exchange moved is what a rebuild without its events would lack."""

from collections import Counter
from datetime import timedelta

import pytest

from metrics.catalogue import shipped
from metrics.domain.engine import Engine
from metrics.moved import Movement, moved
from support.metrics_events import MARCH, SCOPE, Event, call, document, message, stay
from support.metrics_lab import Lab

ENGINE = Engine(shipped().current())


def counts(*events: Event) -> Counter[tuple[object, ...]]:
    """The stored grain, row by row."""
    with Lab() as lab:
        lab.take(*events)
        return Counter({row[2:-1]: row[-1] for row in lab.rows(lab.tables.grain.name)})


def ask(events: list[Event], exchange: str, *subjects: str) -> list[Movement]:
    with Lab() as lab:
        lab.take(*events)
        return moved(lab.connection, ENGINE, SCOPE, exchange, subjects)


OTHERS = [
    stay("1", exchange_id="admission-1"),
    document("2", exchange_id="other"),
    stay("2", exchange_id="admission-2"),
]
TWIN = document("1b", exchange_id="first", set_id="1.9^1", stay_id="1.2.3^1", patient_ref="patient-1")


@pytest.mark.parametrize(
    ("events", "subjects"),
    [
        ([document("1", exchange_id="mine")], ["lid-1"]),
        (
            [document("1", exchange_id="mine", kind="submitted"), document("1", exchange_id="mine")],
            ["lid-1", "doc-1-1"],
        ),
        ([message("1", kind="delivered", exchange_id="mine")], ["mail-1"]),
        ([document("1", exchange_id="mine", stay_id=None)], ["lid-1"]),  # fulfils the stay by patient and dates
        ([stay("3", exchange_id="mine")], ["1.2.3^3"]),
        ([("mine", *call("1", exchange_id="mine")[1:])], ["mine"]),  # the subject of a call is its exchange
    ],
    ids=["document", "deposit", "mail", "inferred", "stay", "call"],
)
@pytest.mark.parametrize("more", [[], [TWIN]], ids=["alone", "with a twin"])
def test_it_is_what_would_be_missing(events: list[Event], subjects: list[str], more: list[Event]) -> None:
    before = counts(*OTHERS, *more)
    difference = counts(*OTHERS, *more, *events)
    difference.subtract(before)

    found = ask([*OTHERS, *more, *events], "mine", *subjects)

    assert {tuple(row[:7]): row.value for row in found} == {_as_row(key): n for key, n in difference.items() if n}
    assert found or more


def _as_row(key: tuple[object, ...]) -> tuple[object, ...]:
    indicator, version, day, eg, ej, field, measure = key
    return (indicator, version, measure, eg, ej, field, day)


def test_a_replacement_moves_nothing_and_what_was_first_keeps_its_count() -> None:
    later = MARCH + timedelta(days=1)
    log = [
        *OTHERS,
        document("1", exchange_id="first"),
        document("1", kind="replaced", revision=2, at=later, exchange_id="mine"),
    ]

    assert ask(log, "mine", "lid-1") == []
    assert {row.indicator for row in ask(log, "first", "lid-1")} >= {"DMP-VOL", "DMP-SORTIE"}


def test_an_exchange_that_told_of_nothing_moved_nothing() -> None:
    assert ask(OTHERS, "nobody", "lid-2", "1.2.3^1", "no-such-thing") == []


def test_a_discharge_counts_for_the_exchange_that_told_it() -> None:
    log = [stay("5", discharged=None, exchange_id="in"), stay("5", revision=2, exchange_id="out")]

    assert ask(log, "in", "1.2.3^5") == []
    assert {row.measure for row in ask(log, "out", "1.2.3^5")} == {"den"}
