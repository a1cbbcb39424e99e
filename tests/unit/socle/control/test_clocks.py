"""Workspace clocks: pure moves."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from socle.control.clocks import ClockState, WorkspaceClock

REAL = datetime(2026, 3, 1, 12, tzinfo=UTC)
THEN = datetime(2030, 1, 1, tzinfo=UTC)
deltas = st.timedeltas(timedelta(days=-400), timedelta(days=400))


def test_frozen_time_does_not_pass() -> None:
    frozen = ClockState().freeze(REAL)
    assert frozen.at(REAL + timedelta(hours=5)) == REAL
    assert ClockState().freeze(REAL, THEN).at(REAL) == THEN


@given(deltas, deltas)
def test_running_time_passes_at_its_distance(shift: timedelta, later: timedelta) -> None:
    moved = ClockState().advance(shift)
    assert moved.at(REAL + later) == REAL + shift + later


@given(deltas, deltas, deltas)
def test_a_resumed_clock_goes_on_from_where_it_stood(shift: timedelta, pause: timedelta, later: timedelta) -> None:
    stood = ClockState().advance(shift).freeze(REAL)
    resumed = stood.resume(REAL + pause)
    assert resumed.frozen_at is None
    assert resumed.at(REAL + pause) == REAL + shift
    assert resumed.at(REAL + pause + later) == REAL + shift + later


@given(deltas)
def test_an_advanced_frozen_clock_stays_frozen(shift: timedelta) -> None:
    moved = ClockState().freeze(REAL).advance(shift)
    assert moved.at(REAL + timedelta(days=3)) == REAL + shift


def test_set_keeps_running_or_frozen() -> None:
    running = ClockState().set(REAL, THEN)
    assert running.at(REAL + timedelta(seconds=2)) == THEN + timedelta(seconds=2)
    frozen = ClockState().freeze(REAL).set(REAL, THEN)
    assert frozen.at(REAL + timedelta(seconds=2)) == THEN


def test_the_clock_follows_its_state() -> None:
    state = ClockState(frozen_at=THEN)
    clock = WorkspaceClock(lambda: state)
    assert clock.now() == THEN
    state = ClockState(frozen_at=REAL)
    assert clock.now() == REAL
