"""Waiting for what will be there soon."""

import time

from socles.testing.waiting import until


def test_what_is_there_is_given_at_once() -> None:
    assert until(lambda: "there", 60) == "there"


def test_looks_until_it_is_there() -> None:
    looks = iter(["", "", "there"])

    assert until(lambda: next(looks), 60) == "there"


def test_gives_what_it_saw_last_when_the_time_is_over() -> None:
    started = time.monotonic()

    assert until(list, 0.05) == []
    assert 0.05 <= time.monotonic() - started < 5


def test_looks_once_even_without_time() -> None:
    assert until(lambda: "there", 0) == "there"
