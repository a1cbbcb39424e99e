"""What the consumer hands to a projection, and what comes back."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from metrics.domain.facts import Entity
from metrics.lookups import Scope
from metrics.wire.decode import Incoming
from socle.bus.port import Record, TopicPartition


class NotOwner(RuntimeError):
    """Another consumer has moved the position of this partition: the batch is dropped whole (D4)."""

    def __init__(self, partition: TopicPartition) -> None:
        super().__init__(f"{partition.topic}[{partition.partition}] is not at the expected position")
        self.partition = partition


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


def could_not(error: Exception) -> str:
    """The reason of an event that was read and could not be applied."""
    return f"could not be applied: {type(error).__name__}: {error}"


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
    stale: int = 0
    """Events that told nothing newer."""
    late: int = 0
    """Changes to a day that was final."""
