"""Fault rules (D10): when one applies, when it fires. Pure; the counters live in the database."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from hashlib import blake2b

from socle.control.port import Fault, FaultEffect, FaultPoint


@dataclass(frozen=True, slots=True)
class FaultRule:
    """Fires on the calls that match, from the ``nth`` on, at most ``times`` times, each with ``probability``."""

    id: str
    workspace: str
    effect: FaultEffect
    point: FaultPoint = FaultPoint.RECEIVED
    service: str | None = None
    """None: any."""
    operation: str | None = None
    match: Mapping[str, str] = field(default_factory=dict)
    """Attribute → pattern with ``*``, ``?`` and ``[…]``; a call that lacks the attribute does not match."""
    nth: int = 1
    """The first matching call on which the rule may fire."""
    times: int | None = None
    """How often it fires at most; None: for ever."""
    probability: float | None = None
    """Of firing on a matching call. The draw depends on the rule's id and the call's number only: runs repeat."""
    latency_ms: int = 0
    code: str | None = None
    reason: str = ""
    seen: int = 0
    """Matching calls so far, as of the last reading."""
    fired: int = 0

    def concerns(self, point: FaultPoint, service: str, operation: str, attributes: Mapping[str, str]) -> bool:
        """Whether a call counts for this rule."""
        return (
            self.point is point
            and self.service in (None, service)
            and self.operation in (None, operation)
            and all(name in attributes and fnmatchcase(attributes[name], want) for name, want in self.match.items())
        )

    def fires(self, call: int, fired: int) -> bool:
        """Whether the ``call``-th matching call fires it, after ``fired`` firings."""
        if call < self.nth or (self.times is not None and fired >= self.times):
            return False
        return self.probability is None or _draw(self.id, call) < self.probability

    @property
    def fault(self) -> Fault:
        return Fault(self.id, self.effect, self.latency_ms, self.code, self.reason)


def _draw(rule_id: str, call: int) -> float:
    """A number in [0, 1) that is the same in every run."""
    digest = blake2b(f"{rule_id}:{call}".encode(), digest_size=8).digest()
    return int.from_bytes(digest) / 2**64
