"""The topics of the contract: what a broker must be told, and what the embedded log imitates."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

PARTITIONS = 12
"""Enough for twelve consumers; the same on both buses, so that a key lies in the same partition everywhere."""


class Cleanup(StrEnum):
    """Kafka's ``cleanup.policy``."""

    DELETE = "delete"
    COMPACT = "compact"


@dataclass(frozen=True, slots=True)
class TopicSpec:
    """A topic's settings; ``retention_ms`` -1 keeps events for ever, since indicators are rebuilt from them."""

    name: str
    description: str
    partitions: int = PARTITIONS
    cleanup: Cleanup = Cleanup.DELETE
    retention_ms: int = -1


_SPECS = (
    TopicSpec("socles.insi.v1", "INSi: identity look-ups"),
    TopicSpec("socles.dmp.v1", "DMP: deposits, documents and consultations"),
    TopicSpec("socles.mss.v1", "MSSanté: messages"),
    TopicSpec("socles.stays.v1", "Hospital stays, identities and reports produced"),
    TopicSpec("socles.reference.v1", "Establishments (the last event of each key is kept)", cleanup=Cleanup.COMPACT),
)

TOPICS: Mapping[str, TopicSpec] = MappingProxyType({spec.name: spec for spec in _SPECS})
