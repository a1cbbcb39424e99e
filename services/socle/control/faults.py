"""Fault rules (D10): when one applies, when it fires. Pure; the counters live in the database."""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import translate
from hashlib import blake2b
from statistics import NormalDist
from typing import Final

from socle.control.port import SEVERAL, Attributes, Fault, FaultEffect, FaultPoint

LONGEST_MS: Final = 600_000
"""No wait is longer."""
HALF: Final = 0.5
OPENINGS: Final = frozenset({"EHLO", "STARTTLS"})
"""Steps before anybody is known: rules of the default workspace meet them, and only those that name them."""
_NORMAL: Final = NormalDist()
_Z99: Final = _NORMAL.inv_cdf(0.99)


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
    """One, or several with a comma between; None: any."""
    match: Mapping[str, str] = field(default_factory=dict)
    """Attribute → pattern with ``*``, ``?`` and ``[…]``; a call that lacks the attribute does not match."""
    nth: int = 1
    """The first matching call on which the rule may fire."""
    times: int | None = None
    """How often it fires at most; None: for ever."""
    probability: float | None = None
    """Of firing on a matching call. The draw depends on the rule's id and the call's number only: runs repeat."""
    latency_ms: int = 0
    latency_p99_ms: int | None = None
    """Given, the wait is drawn: log-normal, its median ``latency_ms``, one in a hundred longer than this."""
    code: str | None = None
    reason: str = ""
    share: float | None = None
    bytes_per_second: int | None = None
    seconds: float | None = None
    catalogue: str | None = None
    """The id of the catalogue's entry that the rule was made from."""
    seen: int = 0
    """Matching calls so far, as of the last reading."""
    fired: int = 0

    def stands_at(self, point: FaultPoint, service: str, operation: str) -> bool:
        """Whether calls of this operation may count for this rule."""
        return (
            self.point is point
            and self.service in (None, service)
            and (operation not in OPENINGS if self.operation is None else operation in self.operation.split(","))
        )

    def fires(self, call: int, fired: int) -> bool:
        """Whether the ``call``-th matching call fires it, after ``fired`` firings."""
        if call < self.nth or (self.times is not None and fired >= self.times):
            return False
        return self.probability is None or _draw(self.id, call) < self.probability

    def fault(self, call: int) -> Fault:
        """What happens when the ``call``-th matching call fires it."""
        return Fault(
            self.id,
            self.effect,
            self._latency(call),
            self.code,
            self.reason,
            HALF if self.share is None else self.share,
            self.bytes_per_second or 0,
            self.seconds or 0.0,
        )

    def _latency(self, call: int) -> int:
        if self.latency_p99_ms is None or not self.latency_ms:
            return self.latency_ms
        # the draw lies in [0, 1); half a step inwards, since the normal has no end at 0
        deviations = _NORMAL.inv_cdf(_draw(f"{self.id}:latency", call) * (1 - 1e-12) + 5e-13)
        spread = math.log(self.latency_p99_ms / self.latency_ms) / _Z99
        return min(round(self.latency_ms * math.exp(spread * deviations)), LONGEST_MS)


Like = Callable[[str], object]
"""Whether a text is like a pattern, by the truth of what it gives."""
Laid = Sequence[tuple[FaultRule, Sequence[tuple[str, Like]]]]
"""Rules with what is still to be looked at."""
_KEPT: Final = 256
"""Paths and actions remembered at most: clients choose them."""


class RuleBook:
    """The rules of one workspace, in the order in which they are tried, laid out for the many calls that they do not
    concern: every call asks three times. Where they stand, and for which path and action, is looked up once."""

    __slots__ = ("_left", "_rules")

    def __init__(self, rules: Sequence[FaultRule] = ()) -> None:
        self._rules = tuple(rules)
        self._left: dict[tuple[FaultPoint, str, str, str | None, str | None], Laid] = {}

    def concerned(self, point: FaultPoint, service: str, operation: str, attributes: Attributes) -> Sequence[FaultRule]:
        """The rules for which this call counts. ``attributes`` is asked for what they match on, and no more."""
        place = (point, service, operation, attributes("path"), attributes("action"))
        left = self._left.get(place)
        if left is None:
            left = self._lay_out(*place)
        return [rule for rule, likes in left if _meets(likes, attributes)] if left else ()

    def _lay_out(self, point: FaultPoint, service: str, operation: str, path: str | None, action: str | None) -> Laid:
        known = {"path": path, "action": action}
        standing = [
            (rule, [(name, _like(pattern)) for name, pattern in rule.match.items()])
            for rule in self._rules
            if rule.stands_at(point, service, operation)
        ]
        left = tuple(
            (rule, tuple(one for one in likes if one[0] not in known))
            for rule, likes in standing
            if _meets([one for one in likes if one[0] in known], known.get)
        )
        if len(self._left) >= _KEPT:
            self._left.clear()
        self._left[point, service, operation, path, action] = left
        return left


def _like(pattern: str) -> Like:
    plain = not any(sign in pattern for sign in "*?[")
    return pattern.__eq__ if plain else re.compile(translate(pattern)).match


def _meets(likes: Sequence[tuple[str, Like]], attributes: Attributes) -> bool:
    for name, like in likes:
        value = attributes(name)
        if value is None or not (like(value) or (SEVERAL in value and any(map(like, value.split(SEVERAL))))):
            return False
    return True


def _draw(name: str, call: int) -> float:
    """A number in [0, 1) that is the same in every run."""
    digest = blake2b(f"{name}:{call}".encode(), digest_size=8).digest()
    return int.from_bytes(digest) / 2**64
