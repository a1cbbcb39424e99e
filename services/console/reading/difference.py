"""What tells two messages of one operation apart, leaving out what must differ: identifiers, dates, digests."""

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from console.reading.layout import Document, Line

MOST_LINES = 4000
_AROUND = 2
_VOLATILE = re.compile(
    r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"
    r"|2\.25\.\d{10,40}"
    r"|\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:?\d\d)?"
    r"|\b(?:19|20)\d{12}(?:[+-]\d{4})?\b"
    r"|\b[0-9a-fA-F]{40}\b"
    r"|[A-Za-z0-9+/]{27}="
)


@dataclass(frozen=True, slots=True)
class Row:
    """Two lines side by side; ``sign``: ``=``, ``~`` changed, ``-`` only before, ``+`` only now, ``…`` left out."""

    sign: str
    before: Line | None = None
    now: Line | None = None
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class Difference:
    """Rows to show, and how many lines differ in volatile values only."""

    rows: Sequence[Row]
    changed: int
    volatile: int
    too_long: bool = False


def compare(before: Document, now: Document, *, exact: bool = False) -> Difference:
    """Line by line; ``exact``: identifiers and dates count too. Above ``MOST_LINES`` lines nothing is compared."""
    if max(len(before.lines), len(now.lines)) > MOST_LINES:
        return Difference((), 0, 0, too_long=True)
    matcher = difflib.SequenceMatcher(None, _keys(before, exact), _keys(now, exact), autojunk=False)
    rows: list[Row] = []
    changed = volatile = 0
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        old, new = before.lines[i1:i2], now.lines[j1:j2]
        if tag == "equal":
            pairs = list(zip(old, new, strict=True))
            volatile += sum(one.plain != other.plain for one, other in pairs)
            rows += [Row("=", one, other) for one, other in pairs]
        else:
            changed += max(len(old), len(new))
            rows += _side_by_side(old, new)
    return Difference(_folded(rows), changed, volatile)


def _keys(document: Document, exact: bool) -> list[str]:
    return [line.plain if exact else _VOLATILE.sub("·", line.plain) for line in document.lines]


def _side_by_side(old: Sequence[Line], new: Sequence[Line]) -> list[Row]:
    both = min(len(old), len(new))
    rows = [Row("~", one, other) for one, other in zip(old[:both], new[:both], strict=True)]
    return rows + [Row("-", one) for one in old[both:]] + [Row("+", None, one) for one in new[both:]]


def _folded(rows: Sequence[Row]) -> list[Row]:
    """Only what changed and a little around it."""
    near = {at + off for at, row in enumerate(rows) if row.sign != "=" for off in range(-_AROUND, _AROUND + 1)}
    shown: list[Row] = []
    hidden = 0
    for at, row in enumerate(rows):
        if at in near:
            if hidden:
                shown.append(Row("…", left_out=hidden))
            hidden = 0
            shown.append(row)
        else:
            hidden += 1
    if hidden and shown:
        shown.append(Row("…", left_out=hidden))
    return shown
