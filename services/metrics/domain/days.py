"""Instants and local days. Instants are integers, milliseconds since 1970 in UTC; days are ``YYYY-MM-DD`` in Paris."""

from datetime import UTC, date, datetime, time, timedelta

from socle.clock import PARIS

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
_CACHE_LIMIT = 100_000
_days: dict[int, str] = {}


def to_ms(instant: datetime) -> int:
    """An aware instant in milliseconds, exact for whole milliseconds."""
    delta = instant - _EPOCH
    return delta.days * DAY_MS + delta.seconds * 1000 + delta.microseconds // 1000


def from_ms(instant: int) -> datetime:
    """The aware instant, in UTC."""
    return _EPOCH + timedelta(milliseconds=instant)


def local_day(instant: int) -> str:
    """The day in Paris of an instant (§7.2 rule 8).

    Paris has changed days and offsets on full UTC hours only since 1911, so one answer per UTC hour is enough.
    """
    hour = instant // HOUR_MS
    day = _days.get(hour)
    if day is None:
        if len(_days) >= _CACHE_LIMIT:
            _days.clear()
        day = _days[hour] = from_ms(hour * HOUR_MS).astimezone(PARIS).date().isoformat()
    return day


def day_start(day: date) -> int:
    """The first instant of a local day."""
    return to_ms(datetime.combine(day, time(), tzinfo=PARIS))


def day_end(day: date) -> int:
    """The first instant after a local day: 23, 24 or 25 hours later."""
    return day_start(day + timedelta(days=1))


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
