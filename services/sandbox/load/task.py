"""What one worker is asked to do; plain values, so that it can be sent to another process."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sandbox.hospitals.hospital import Hospital
from sandbox.load.acts import Mix
from sandbox.load.curve import Point


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one worker."""

    connections: int = 640
    """To each service: more than a service lets in and queues (D16), so that overload is answered, not hidden here."""
    in_flight: int = 2000
    """Acts under way; beyond it an act is not sent, and counted as held back."""
    timeout: float = 30.0
    """Seconds an answer may take, from the moment the act has its connection."""
    mails_per_connection: int = 0
    """0: a connection carries as many as it can."""


@dataclass(frozen=True, slots=True)
class Task:
    """A worker's share of a run."""

    load_id: str
    """Unique to the run: identifiers of acts begin with it, or are drawn from it."""
    seed: int
    worker: int
    workers: int
    workspace: str
    urls: Mapping[str, str]
    """Service → base URL."""
    smtp: tuple[str, int]
    hospitals: Sequence[Hospital]
    points: Sequence[Point]
    mix: Mix
    documents: Mapping[str, float]
    spacing: str
    large: bool
    flaws: float
    """Share of deposits with a wrong INS key."""
    limits: Limits
