"""What the consumer hands to a projection, and what comes back."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import NamedTuple

from metrics.domain.facts import Entity
from metrics.domain.linkage import LinkedBy
from metrics.lookups import Scope
from metrics.wire.decode import Incoming, Undecodable, decode
from socle.bus.port import Record, TopicPartition
from socle.store.port import StoreBusy, StoreClosed, StoreFailed


class NotOwner(RuntimeError):
    """Another consumer has moved the position of these partitions: the batch is dropped whole (D4)."""

    def __init__(self, partitions: Sequence[TopicPartition]) -> None:
        names = ", ".join(f"{part.topic}[{part.partition}]" for part in partitions)
        super().__init__(f"not at the expected position: {names}")
        self.partitions = tuple(partitions)


class Held(RuntimeError):
    """A rebuild is at its last step: the batch must wait until the indicators have been compared and switched."""


class Superseded(RuntimeError):
    """The stored indicators are made with other definitions by now: this older process must not add to them."""


NOT_THE_EVENTS = (NotOwner, Held, Superseded, StoreBusy, StoreClosed, StoreFailed, OSError)
"""Errors of a batch that no single event is to blame for."""


class Move(NamedTuple):
    """Where a partition's position stands, and where it goes."""

    expected: int
    next: int


class Poison(NamedTuple):
    """A record set aside, and why."""

    record: Record
    reason: str

    def headers(self) -> str:
        """As JSON; octets that are no UTF-8 are escaped."""
        return json.dumps({name: value.decode(errors="backslashreplace") for name, value in self.record.headers})

    @property
    def partition(self) -> TopicPartition:
        """Where it lies."""
        return TopicPartition(self.record.topic, self.record.partition)

    @property
    def source(self) -> str | None:
        """Who sent it, when that can be read."""
        return self._header("ce_source")

    @property
    def workspace(self) -> str | None:
        """Of its source."""
        return workspace_of(self.source) if self.source is not None else None

    @property
    def sequence(self) -> int | None:
        """Its place in its source's list, when that can be read."""
        number = self._header("ce_sequence")
        return (
            int(number) if number is not None and number.isascii() and number.isdigit() and len(number) < 19 else None
        )

    def _header(self, wanted: str) -> str | None:
        values = [value for name, value in self.record.headers if name == wanted]
        try:
            return values[0].decode().replace("\0", "") if values else None
        except UnicodeDecodeError:
            return None


def workspace_of(source: str) -> str | None:
    """The workspace in ``/socles/{service}/{workspace}``."""
    parts = source.split("/")
    return parts[3] if len(parts) == 4 and parts[1] == "socles" and parts[3] else None


def could_not(error: Exception) -> str:
    """The reason of an event that was read and could not be applied."""
    return f"could not be applied: {type(error).__name__}: {error}"


def decoded(records: Iterable[Sequence[Record]], poison: str | None) -> tuple[list[Incoming], list[Poison]]:
    """Events, and what is set aside: for ``poison``, if that is given, or as it cannot be read."""
    events: list[Incoming] = []
    aside: list[Poison] = []
    for record in chain.from_iterable(records):
        if poison is not None:
            aside.append(Poison(record, poison))
            continue
        try:
            events.append(decode(record))
        except Undecodable as error:
            aside.append(Poison(record, str(error)))
    return events, aside


@dataclass(slots=True)
class Batch:
    """Records of one fetch, decoded."""

    moves: Mapping[TopicPartition, Move]
    events: list[Incoming]
    poison: list[Poison] = field(default_factory=list)
    now: Mapping[str, int] = field(default_factory=dict)
    """Workspace → its clock, in milliseconds: to tell what came after its window was final."""
    received_at: int = 0
    """By the real clock, in milliseconds."""


@dataclass(slots=True)
class Applied:
    """What a batch has changed, after its transaction."""

    touched: dict[Scope, set[tuple[str, Entity]]] = field(default_factory=dict)
    """Indicators whose counts changed, and for whom."""
    repeated: int = 0
    """Events that had been seen already, by their sequence."""
    missing: int = 0
    """Events whose numbers were passed over: lost between their outbox and here."""
    stale: int = 0
    """Events that told nothing newer."""
    late: int = 0
    """Changes to a day that was final."""
    poison: int = 0
    """Events set aside."""
    linked: Counter[LinkedBy] = field(default_factory=Counter)
    """Evidence that came for stays, by how its stay was found, or not: as of now, it may be joined later."""
