"""One exchange: everything that happened between a request's first byte and its answer's last (D8, D9)."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from random import Random

from socle.blobs import Blob, BlobRef
from socle.rules import Finding

Segments = Sequence[bytes | BlobRef]
"""A recorded body: bytes in place, large parts by reference, in wire order."""


class Outcome(StrEnum):
    """How an exchange ended."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    FAULT = "fault"
    """A modelled protocol fault, injected or not, that is no verdict on the act."""
    ERROR = "error"
    """The sandbox itself failed; the reason is logged, never sent."""
    OVERLOAD = "overload"


class RealVerdict(StrEnum):
    """What the national service would have made of a message."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class RealAnswer:
    """What the national service would have done with the same message, as far as sources tell."""

    verdict: RealVerdict
    fr: str
    en: str
    code: str | None = None
    """Of a refusal, where it is known."""


_bits = Random().getrandbits  # noqa: S311 - unique, not secret; asking the system each time would change threads
"""Seeded by the system once."""
_VERSION, _KEPT = 0x7 << 76 | 0b10 << 62, ~(0xF << 76 | 0b11 << 62)
"""Version and variant of a UUID, and what is left to the time and to chance."""


def new_id() -> str:
    """A UUIDv7 as text: ordered by time, so journals and logs sort by themselves (RFC 9562 §5.7)."""
    value = (time.time_ns() // 1_000_000 << 80 | _bits(80)) & _KEPT | _VERSION
    text = value.to_bytes(16).hex()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


@dataclass(slots=True)
class Recorded:
    """One direction of an exchange as the journal keeps it."""

    headers: list[tuple[str, str]] = field(default_factory=list)
    body: Segments = ()


@dataclass(slots=True)
class Exchange:
    """Filled in as the act goes its way; handed to the journal at the end."""

    service: str
    protocol: str
    """``soap``, ``smtp``, ``http`` …"""
    workspace: str
    epoch: int
    received_at: datetime
    """By the real clock: the journal follows the wire, not the workspace's clock."""
    id: str = field(default_factory=new_id)
    operation: str = ""
    path: str = ""
    """Of an HTTP request, without ``/w/{workspace}``: where the same may be sent again."""
    peer: str = ""
    tls: str | None = None
    subject: str | None = None
    """What the act was about: a document's or a message's id, never a patient's."""
    finess: str | None = None
    request: Recorded = field(default_factory=Recorded)
    response: Recorded = field(default_factory=Recorded)
    status: int = 0
    """HTTP status, or SMTP reply code."""
    code: str | None = None
    """The code the answer carried: ``XDSMissingDocument``, ``siram_40/insi_102``, CodeCR …"""
    outcome: Outcome = Outcome.ACCEPTED
    official: RealAnswer | None = None
    """None: the service does not tell."""
    findings: list[Finding] = field(default_factory=list)
    events: list[str] = field(default_factory=list)
    fault: str | None = None
    """The id of the fault rule that was applied, if any (D10)."""
    redacted: bool = False
    """A real patient's data was refused (D11): the journal keeps a redacted copy."""
    duration_ms: float = 0.0
    stored: Sequence[Blob] = ()
    """Contents of the request that the act has committed: the journal refers to them rather than copying them (D9)."""
    _started: float = field(default_factory=time.perf_counter)

    def finish(self) -> None:
        """Stop the stopwatch."""
        self.duration_ms = (time.perf_counter() - self._started) * 1000
