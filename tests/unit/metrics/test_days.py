"""P7: months and days in Paris, both days of the change of time included."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.domain.days import day_end, day_start, from_ms, local_day, to_ms
from metrics.domain.windows import BadWindow, Window, WindowStatus, parse
from socle.clock import PARIS
from support.metrics_events import call
from support.metrics_lab import Lab

HOUR = 3_600_000


@pytest.mark.parametrize(
    ("day", "hours"),
    [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 3, 28), 24), (date(2026, 7, 1), 24)],
)
def test_a_day_has_the_hours_it_has(day: date, hours: int) -> None:
    assert day_end(day) - day_start(day) == hours * HOUR


@pytest.mark.parametrize(("month", "hours"), [("2026-03", 743), ("2026-10", 745), ("2026-01", 744)])
def test_a_month_has_the_hours_it_has(month: str, hours: int) -> None:
    window = parse(month, 0)
    assert window.end_ms - window.start_ms == hours * HOUR


@given(st.datetimes(datetime(1970, 1, 2), datetime(2099, 1, 1), timezones=st.just(UTC)))
def test_the_local_day_is_what_a_clock_in_paris_shows(instant: datetime) -> None:
    assert local_day(to_ms(instant)) == instant.astimezone(PARIS).date().isoformat()
    day = date.fromisoformat(local_day(to_ms(instant)))
    assert day_start(day) <= to_ms(instant) < day_end(day)


@given(st.datetimes(datetime(1970, 1, 2), datetime(2099, 1, 1), timezones=st.just(UTC)))
def test_milliseconds_are_exact(instant: datetime) -> None:
    assert from_ms(to_ms(instant)) == instant - timedelta(microseconds=instant.microsecond % 1000)


@pytest.mark.parametrize(
    ("instant", "day"),
    [
        (datetime(2026, 2, 28, 22, 59, 59, tzinfo=UTC), "2026-02-28"),
        (datetime(2026, 2, 28, 23, 0, tzinfo=UTC), "2026-03-01"),
        (datetime(2026, 3, 28, 22, 59, 59, tzinfo=UTC), "2026-03-28"),
        (datetime(2026, 3, 29, 21, 59, 59, tzinfo=UTC), "2026-03-29"),
        (datetime(2026, 3, 29, 22, 0, tzinfo=UTC), "2026-03-30"),
        (datetime(2026, 10, 25, 22, 59, 59, tzinfo=UTC), "2026-10-25"),
    ],
)
def test_an_act_counts_on_its_local_day(instant: datetime, day: str) -> None:
    with Lab() as lab:
        lab.take(call("1", "00", instant))
        assert lab.sums("INSI-SUCCES", day=day)["den"] == 1


def at(text: str) -> int:
    return to_ms(datetime.fromisoformat(text).replace(tzinfo=PARIS))


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("month", "2026-03-01", "2026-03-31"),
        ("2024-02", "2024-02-01", "2024-02-29"),
        ("1d", "2026-03-15", "2026-03-15"),
        ("30d", "2026-02-14", "2026-03-15"),
        ("2026-03-01..2026-03-01", "2026-03-01", "2026-03-01"),
    ],
)
def test_windows_are_read(text: str, first: str, last: str) -> None:
    window = parse(text, at("2026-03-15T00:30"))
    assert (window.first.isoformat(), window.last.isoformat()) == (first, last)


@pytest.mark.parametrize("text", ["", "0d", "9999d", "2026-13", "2026-03-02..2026-03-01", "2026-02-30..2026-03-01"])
def test_windows_that_mean_nothing_are_refused(text: str) -> None:
    with pytest.raises(BadWindow, match="formes admises"):
        parse(text, 0)


def test_a_window_is_open_then_provisional_then_final_and_may_be_revised() -> None:
    march = Window(date(2026, 3, 1), date(2026, 3, 31), "month")
    horizon = timedelta(days=30)
    assert march.status(at("2026-03-31T23:59"), horizon, 0) is WindowStatus.OPEN
    assert march.status(at("2026-04-01T00:00"), horizon, 5) is WindowStatus.PROVISIONAL
    assert march.status(at("2026-05-02T00:00"), horizon, 0) is WindowStatus.FINAL
    assert march.status(at("2026-05-02T00:00"), horizon, 1) is WindowStatus.REVISED
