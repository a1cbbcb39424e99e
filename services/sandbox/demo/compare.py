"""What the indicators say beside what the hospitals sent: equal to the last unit, or the demonstration has failed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sandbox.hospitals.expected import CODES, Value, expected
from sandbox.hospitals.ledger import Ledger


@dataclass(frozen=True, slots=True)
class Target:
    """What an indicator aims at."""

    value: Decimal
    comparison: str
    """``>=`` or ``<=``."""

    def reached(self, value: Value) -> bool | None:
        """None where there is nothing to judge."""
        if not value.denominator:
            return None
        ratio = Decimal(value.numerator) / value.denominator
        return ratio >= self.value if self.comparison == ">=" else ratio <= self.value


@dataclass(frozen=True, slots=True)
class Cell:
    """One indicator of one establishment."""

    code: str
    expected: Value
    computed: Value | None

    @property
    def agrees(self) -> bool:
        return self.computed == self.expected


@dataclass(frozen=True, slots=True)
class Row:
    """One establishment."""

    finess: str
    name: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """The whole table."""

    rows: tuple[Row, ...]
    trouble: tuple[str, ...]
    everything: Mapping[str, Any] = field(default_factory=dict)
    """All that the metrics service shows, establishments that sent nothing and unattributed acts too."""

    @property
    def differences(self) -> list[tuple[str, Cell]]:
        """(FINESS, cell) of everything that does not agree."""
        return [(row.finess, cell) for row in self.rows for cell in row.cells if not cell.agrees]

    @property
    def agrees(self) -> bool:
        return not self.differences and not self.trouble

    def as_json(self) -> dict[str, object]:
        """The result of ``socles demo --once --json``."""
        return {
            "agrees": self.agrees,
            "establishments": [
                {
                    "finess": row.finess,
                    "name": row.name,
                    "indicators": {
                        cell.code: {
                            "expected": _json(cell.expected),
                            "computed": _json(cell.computed) if cell.computed is not None else None,
                            "agrees": cell.agrees,
                        }
                        for cell in row.cells
                    },
                }
                for row in self.rows
            ],
            "trouble": list(self.trouble),
            "everything": self.everything,
        }


def _json(value: Value) -> dict[str, int | None]:
    return {"numerator": value.numerator, "denominator": value.denominator}


def compare(ledgers: Sequence[Ledger], computed: Mapping[tuple[str, str], Value]) -> Comparison:
    """``computed`` is keyed by (FINESS, indicator code)."""
    rows = []
    for ledger in ledgers:
        wanted = expected(ledger)
        cells = tuple(Cell(code, wanted[code], _found(computed, ledger.finess, code, wanted[code])) for code in CODES)
        rows.append(Row(ledger.finess, ledger.name, cells))
    trouble = tuple(f"{ledger.finess} {line}" for ledger in ledgers for line in ledger.trouble)
    return Comparison(tuple(rows), trouble)


def _found(computed: Mapping[tuple[str, str], Value], finess: str, code: str, wanted: Value) -> Value | None:
    """An establishment that the metrics do not list has nothing counted: that is zero, not a difference."""
    found = computed.get((finess, code))
    if found is None and not wanted.numerator and not wanted.denominator:
        return wanted
    return found
