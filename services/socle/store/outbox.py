"""An event as a row of the outbox (D2): the same on every database."""

import time as system_time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache

from msgspec import to_builtins

from socle.bus.partition import partition_for
from socle.events.codec import encode_data, source_of
from socle.events.model import TYPE_PREFIX, EventData
from socle.events.topics import TOPICS
from socle.exchange import new_id

EVENT_COLUMNS = (
    "id",
    "source",
    "type",
    "topic",
    "partition",
    "key",
    "subject",
    "time",
    "recorded",
    "traceparent",
    "data",
    "epoch",
)
EVENTS_AT_ONCE = 64
"""Rows of one statement at most."""
LARGEST = 900_000
"""Octets of an event's data and subject: below what every Kafka takes (1 MB). One that a broker refuses would stop all
those behind it for ever, for they go out in order; events are some hundred octets, unless somebody names his software
in a million letters."""

EventRow = tuple[str, str, str, str, int, str, str, str, int, str | None, bytes, int]
"""An event's values, in the order of the outbox's columns."""

Claim = Callable[[str, str], None]
"""Called with (service, topic) before each event; raises when the topic is another service's."""


class EventTooLarge(ValueError):
    """The act would emit an event that no broker takes: it fails."""


@cache
def insert_events(count: int, mark: str) -> str:
    """The statement that puts ``count`` events in the outbox; ``mark`` stands for each value."""
    row = f"({', '.join([mark] * len(EVENT_COLUMNS))})"
    return f"INSERT INTO outbox ({', '.join(EVENT_COLUMNS)}) VALUES {', '.join([row] * count)}"  # noqa: S608


def _text_of(instant: datetime) -> str:
    """As ``isoformat`` writes it; of UTC in a fifth of its time."""
    if instant.tzinfo is not UTC:
        return instant.isoformat()
    text: str = to_builtins(instant)
    return text.replace("Z", "+00:00")


def event_row(
    service: str,
    data: EventData,
    *,
    subject: str,
    time: datetime,
    event_id: str | None = None,
    traceparent: str | None = None,
) -> EventRow:
    """What :meth:`socle.store.port.UnitOfWork.emit` keeps of an event; its id comes first.

    Raises :class:`EventTooLarge`.
    """
    if time.tzinfo is None:
        raise ValueError("an event's time needs a time zone")
    key = data.partition_key
    topic = data.TOPIC
    content = encode_data(data)
    if len(content) + 4 * len(subject) > LARGEST:
        raise EventTooLarge(f"an event of {len(content)} octets, {len(subject)} letters of subject: {data.TYPE}")
    return (
        event_id or new_id(),
        source_of(service, data.workspace),
        TYPE_PREFIX + data.TYPE,
        topic,
        partition_for(key, TOPICS[topic].partitions),
        key,
        subject,
        _text_of(time),
        system_time.time_ns() // 1000,
        traceparent,
        content,
        data.epoch,
    )
