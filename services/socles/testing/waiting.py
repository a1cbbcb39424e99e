"""Waiting for something that another process will have done soon."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
_FIRST, _MOST = 0.01, 0.2
"""Seconds between two looks: short at first, since most things are there at once."""


def until(look: Callable[[], T], timeout: float) -> T:
    """What ``look`` gives once it is true, or what it gave last, after ``timeout`` seconds; it looks once at least."""
    deadline, pause = time.monotonic() + timeout, _FIRST
    while not (found := look()):
        left = deadline - time.monotonic()
        if left <= 0:
            break
        time.sleep(min(pause, left))
        pause = min(pause * 1.5, _MOST)
    return found
