"""The indicators as the generator's ledger tells them: plain counting, by establishment, to the unit.

An act whose answer was lost may have been done: then a figure lies between two numbers, unless the service can tell.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sandbox.load.acts import Act
from sandbox.load.ledger import Ledger, Line, LostAct
from sandbox.load.outcome import Kind


class Between(NamedTuple):
    """A number that is known, or known to lie between two."""

    low: int
    high: int

    def __add__(self, other: "Between") -> "Between":  # type: ignore[override]  # numbers add up, tuples do not
        return Between(self.low + other.low, self.high + other.high)

    def __str__(self) -> str:
        return str(self.low) if self.low == self.high else f"{self.low} … {self.high}"


@dataclass(frozen=True, slots=True)
class Resolved:
    """An act whose answer was lost, and whether it was done; None: nobody can tell."""

    act: LostAct
    stored: bool | None


class Figure(NamedTuple):
    """One indicator of one establishment."""

    finess: str
    indicator: str
    part: str
    """``num`` or ``den``."""


Indicators = Mapping[Figure, int]


@dataclass(frozen=True, slots=True)
class Wrong:
    """An indicator that does not say what was sent."""

    name: str
    details: tuple[str, ...]
    """One line for each establishment."""


def expected(ledger: Ledger, resolved: Sequence[Resolved]) -> dict[Figure, Between]:
    """What the indicators must say."""
    found: defaultdict[Figure, Between] = defaultdict(lambda: Between(0, 0))
    for line, n in ledger.lines.items():
        for figure, number in _of_line(line, n):
            found[figure] += number
    for one in resolved:
        for figure, number in _of_resolved(one):
            found[figure] += number
    return dict(found)


def _of_line(line: Line, n: int) -> Iterator[tuple[Figure, Between]]:
    if line.kind is Kind.ACCEPTED or line.kind is Kind.RULE:
        sure = line.kind is Kind.ACCEPTED or line.whole  # what was not read whole may be told of, or not
        accepted = line.kind is Kind.ACCEPTED
        for figure in _figures(line.act, line.finess, line.code, accepted=accepted, discharge=line.discharge):
            yield figure, Between(n if sure else 0, n)
    elif line.kind is Kind.LOST:
        for figure in _possible(line.act, line.finess, discharge=line.discharge):
            yield figure, Between(0, n)


def _of_resolved(one: Resolved) -> Iterator[tuple[Figure, Between]]:
    """How far a look at the service narrows down what is told of a lost act."""
    act = one.act
    real = set(_figures(act.act, act.finess, "00", accepted=not act.flawed, discharge=act.discharge))
    for figure in _possible(act.act, act.finess, discharge=act.discharge):
        if figure not in real or one.stored is False:
            yield figure, Between(0, -1)
        elif one.stored is True:
            yield figure, Between(1, 0)


def _possible(act: Act, finess: str, *, discharge: bool) -> set[Figure]:
    """Every figure that an act might count in."""
    return {
        figure
        for accepted in (True, False)
        for figure in _figures(act, finess, "00", accepted=accepted, discharge=discharge)
    }


def _figures(act: Act, finess: str, code: str, *, accepted: bool, discharge: bool) -> Iterator[Figure]:
    """The figures in which one act counts one."""
    if act is Act.DEPOSIT:
        yield Figure(finess, "DMP-REJET", "den")
        yield Figure(finess, "DMP-VOL", "num") if accepted else Figure(finess, "DMP-REJET", "num")
    elif act is Act.LOOKUP:
        yield Figure(finess, "INSI-SUCCES", "den")
        if accepted and code == "00":
            yield Figure(finess, "INSI-SUCCES", "num")
    elif act is Act.MAIL and accepted:
        yield Figure(finess, "MSS-VOL", "num")
    elif act is Act.STAY and accepted and discharge:
        yield Figure(finess, "DMP-SORTIE", "den")


_CHECKED: tuple[tuple[str, str], ...] = (
    ("DMP-VOL", "num"),
    ("DMP-REJET", "num"),
    ("DMP-REJET", "den"),
    ("MSS-VOL", "num"),
    ("INSI-SUCCES", "num"),
    ("INSI-SUCCES", "den"),
    ("DMP-SORTIE", "den"),
)


def compare(wanted: Mapping[Figure, Between], said: Indicators) -> Iterator[Wrong]:
    """What the metrics say beside what they must."""
    for indicator, part in _CHECKED:
        details = []
        for figure in sorted({*wanted, *said}):
            if (figure.indicator, figure.part) == (indicator, part):
                right, found = wanted.get(figure, Between(0, 0)), said.get(figure, 0)
                if not right.low <= found <= right.high:
                    details.append(f"{figure.finess} : {found}, attendu / expected {right}")
        if details:
            yield Wrong(f"{indicator} ({part})", tuple(details))


def added(before: Indicators, now: Indicators) -> dict[Figure, int]:
    """What the run added, in a workspace that was not empty."""
    return {figure: value - before.get(figure, 0) for figure, value in now.items()}
