"""Values and targets: integers in, exact comparisons out (domain/indicators.md §7.2 rules 6, 7, 10)."""

import math
from dataclasses import dataclass
from fractions import Fraction

from metrics.domain.definitions import Definition, Rounding

MEASURE_NUM = "num"
MEASURE_DEN = "den"


@dataclass(frozen=True, slots=True)
class Value:
    """One indicator for one group and window. ``value`` is null when a rate has nothing to divide by ("n/a")."""

    num: int
    den: int | None
    value: float | None
    target: float | None
    gap: float | None
    reached: bool | None
    remaining: int | None
    """How many more are needed, at the present denominator, to reach the target."""


def evaluate(definition: Definition, num: int, den: int) -> Value:
    """Turn sums into a value; the comparison with the target is exact, never on floats."""
    if not definition.is_ratio:
        return Value(num, None, float(num), None, None, None, None)
    rate = Fraction(num, den) if den > 0 else None
    target = definition.target.exact if definition.target else None
    if rate is None or target is None or definition.target is None:
        return Value(num, den, None if rate is None else float(rate), _float(target), None, None, None)
    compared = _rounded(rate) if definition.target.rounding is Rounding.TWO_DECIMALS else rate
    at_least = definition.target.comparison == ">="
    reached = compared >= target if at_least else compared <= target
    remaining = max(0, math.ceil(target * den) - num) if at_least else max(0, num - math.floor(target * den))
    return Value(num, den, float(rate), float(target), float(rate - target), reached, remaining)


def _rounded(rate: Fraction) -> Fraction:
    """To two decimals of the rate in percent, half up, as the ROR's published queries compare (§3)."""
    return Fraction(math.floor(rate * 10_000 + Fraction(1, 2)), 10_000)


def _float(value: Fraction | None) -> float | None:
    return None if value is None else float(value)
