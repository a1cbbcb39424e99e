"""What a batch tells those who show indicators: which moved, how fresh they are, how many acts came.

On PostgreSQL it travels as notifications within the batch's own transaction (``NOTIFY``), to every process that shows
indicators; a notification holds less than 8,000 octets, so a large batch is told in several.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from metrics.batch import Applied, Batch
from metrics.domain.facts import Entity
from metrics.lookups import Scope

ACTS = frozenset({"insi.call.completed.v1", "dmp.document.submitted.v1", "mss.message.accepted.v1"})
"""What a health professional's software does; further events tell what came of it."""
CHANNEL = "socles_metrics"
_ROOM = 7000
"""Octets of one notification's list; what stands around it needs less than the rest of the 8,000."""
_MOST_CELLS = 500
"""Of one scope and batch, told one by one; beyond it: anything there may have changed. Large batches are many when a
day is rebuilt, and each change is kept for a while: a national day took 250 MB so."""

Cell = tuple[str, Entity]
"""Indicator, whom it counts for."""


@dataclass(slots=True)
class Told:
    """One batch, or a part of it."""

    at: int
    """When this was said, in milliseconds."""
    cells: dict[Scope, tuple[Cell, ...]] = field(default_factory=dict)
    """Scope → what moved; nothing listed: anything may have."""
    acts: dict[str, int] = field(default_factory=dict)
    """Workspace → acts."""
    ages: dict[int, int] = field(default_factory=dict)
    """Milliseconds from an event's commit to ``at`` → how many events, rounded to some five percent."""


def told_of(batch: Batch, applied: Applied, now_ms: int) -> Told:
    """What there is to tell, just before the batch commits."""
    acts: Counter[str] = Counter()
    ages: Counter[int] = Counter()
    for event in batch.events:
        if event.type in ACTS:
            acts[event.workspace] += 1
        if event.recorded is not None:
            ages[_rounded(max(0, now_ms - event.recorded))] += 1
    cells = {
        scope: tuple(sorted(touched)) if len(touched) <= _MOST_CELLS else ()
        for scope, touched in applied.touched.items()
    }
    return Told(now_ms, cells, dict(acts), dict(ages))


def _rounded(age: int) -> int:
    step = max(1, 1 << max(0, age.bit_length() - 5))
    return age // step * step


def encode(told: Told) -> Iterator[str]:
    """As texts, each small enough for one notification."""
    items: list[Any] = [("f", age, count) for age, count in sorted(told.ages.items())]
    items += [("a", workspace, count) for workspace, count in told.acts.items()]
    for (workspace, epoch), cells in told.cells.items():
        each = [("c", workspace, epoch, indicator, eg, ej) for indicator, (eg, ej) in cells]
        items += [item for item in each if _size(item) <= _ROOM] or [("c", workspace, epoch)]
    part: list[Any] = []
    room = _ROOM
    for item in items:
        size = _size(item)
        if size > _ROOM:
            continue  # a name of that length is nobody's: it is not shown, and must not stop the batch
        if size > room:
            yield _text(told.at, part)
            part, room = [], _ROOM
        part.append(item)
        room -= size
    if part:
        yield _text(told.at, part)


def decode(text: str) -> Told:
    """One notification; raises ``ValueError`` for what is none of ours."""
    try:
        at, items = msgspec.json.decode(text)
        told = Told(int(at))
        cells: dict[Scope, list[Cell]] = {}
        for kind, *values in items:
            if kind == "f":
                told.ages[values[0]] = values[1]
            elif kind == "a":
                told.acts[values[0]] = values[1]
            else:
                workspace, epoch, *cell = values
                known = cells.setdefault((workspace, epoch), [])
                if cell:
                    known.append((cell[0], (cell[1], cell[2])))
    except (msgspec.DecodeError, TypeError, ValueError, IndexError) as error:
        raise ValueError(f"no notification of metrics: {text[:80]!r}") from error
    told.cells = {scope: tuple(listed) for scope, listed in cells.items()}
    return told


def oldest(ages: Mapping[int, int]) -> int:
    """The age of the oldest event, 0 without any."""
    return max(ages, default=0)


def _size(item: Any) -> int:
    # NUL cannot stand in a notification; it cannot stand in a fact either
    return len(msgspec.json.encode(item)) + 1


def _text(at: int, items: list[Any]) -> str:
    return msgspec.json.encode((at, items)).decode()
