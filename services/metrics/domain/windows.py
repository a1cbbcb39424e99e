"""Windows of time: calendar months, rolling days, ranges; always whole local days, both ends included."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from metrics.domain.days import day_end, day_start, from_ms
from socle.clock import PARIS

DEFAULT = "30d"
_MONTH = re.compile(r"(\d{4})-(\d{2})")
_ROLLING = re.compile(r"(\d{1,4})d")
_RANGE = re.compile(r"(\d{4}-\d{2}-\d{2})\.\.(\d{4}-\d{2}-\d{2})")
_LONGEST = 3660


class WindowStatus(StrEnum):
    """How settled a value is (§7.4)."""

    OPEN = "open"
    """The window has not ended."""
    PROVISIONAL = "provisional"
    """It has ended, but what is still in time may come."""
    FINAL = "final"
    REVISED = "revised"
    """It was final, and something late changed it."""


class BadWindow(ValueError):
    """The window's text cannot be read; the message says what is accepted."""


@dataclass(frozen=True, slots=True)
class Window:
    """From ``first`` to ``last`` day, in Paris."""

    first: date
    last: date
    kind: str
    """``month``, ``rolling`` or ``range``."""

    @property
    def start_ms(self) -> int:
        return day_start(self.first)

    @property
    def end_ms(self) -> int:
        """The first instant after the window."""
        return day_end(self.last)

    def status(self, now_ms: int, horizon: timedelta, revisions: int) -> WindowStatus:
        """By the workspace's clock; ``revisions``: how many changes came after a day was final."""
        if now_ms < self.end_ms:
            return WindowStatus.OPEN
        if now_ms < self.end_ms + int(horizon.total_seconds() * 1000):
            return WindowStatus.PROVISIONAL
        return WindowStatus.REVISED if revisions else WindowStatus.FINAL


def parse(text: str, now_ms: int) -> Window:
    """``2026-03`` a month, ``30d`` rolling days up to today, ``2026-03-01..2026-03-15`` a range, ``month`` this month.

    Raises :class:`BadWindow`.
    """
    today = from_ms(now_ms).astimezone(PARIS).date()
    try:
        if text == "month":
            return _month(today.year, today.month)
        if match := _MONTH.fullmatch(text):
            return _month(int(match.group(1)), int(match.group(2)))
        if match := _ROLLING.fullmatch(text):
            days = int(match.group(1))
            if 1 <= days <= _LONGEST:
                return Window(today - timedelta(days=days - 1), today, "rolling")
        if match := _RANGE.fullmatch(text):
            first, last = date.fromisoformat(match.group(1)), date.fromisoformat(match.group(2))
            if first <= last and (last - first).days < _LONGEST:
                return Window(first, last, "range")
    except ValueError:
        pass
    raise BadWindow(
        f"fenêtre illisible : {text!r} ; formes admises : 2026-03 (mois), month (mois en cours), "
        "30d (jours glissants), 2026-03-01..2026-03-15 (dates incluses)"
    )


def _month(year: int, month: int) -> Window:
    return Window(date(year, month, 1), date(year, month, monthrange(year, month)[1]), "month")
