"""Indicators: what the acts of a test moved."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from socles.testing.core import Core, told
from socles.testing.people import Establishment

_WINDOW = "30d"


@dataclass(frozen=True, slots=True)
class Value:
    """One indicator of one establishment, or of the whole workspace."""

    num: int
    den: int | None
    """None: the indicator is a count."""
    value: float | None
    """None: a rate without a denominator."""
    target: float | None
    measures: Mapping[str, int]
    """What it is made of: ``typeCode=11490-0`` …"""


class Indicators:
    """The indicators of one workspace."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def read(self, indicator: str, *, establishment: Establishment | str | None = None, window: str = _WINDOW) -> Value:
        """As it is now.

        ``establishment``: a site of the population or a FINESS (EG or EJ); None: all together. ``window``: ``30d``,
        ``2026-03``, ``month``, ``2026-03-01..2026-03-15``.
        """
        finess = establishment.finess if isinstance(establishment, Establishment) else establishment
        answer = self._core.api.get("/api/indicators", indicator=indicator, finess=finess, window=window)
        cell: Mapping[str, Any] = answer["total"]["cells"][indicator]
        return Value(cell["num"], cell["den"], cell["value"], cell["target"], cell["measures"])

    def expect(
        self,
        indicator: str,
        *,
        establishment: Establishment | str | None = None,
        num: int | None = None,
        den: int | None = None,
        window: str = _WINDOW,
        timeout: float | None = None,
    ) -> Value:
        """Wait until numerator, denominator or both are as given."""
        __tracebackhide__ = True

        def look() -> bool:
            seen[:] = [self.read(indicator, establishment=establishment, window=window)]
            return num in (None, seen[0].num) and den in (None, seen[0].den)

        seen: list[Value] = []
        if not self._core.wait(look, timeout):
            asked = told({"num": num, "den": den, "establishment": establishment})
            found = told({"num": seen[0].num, "den": seen[0].den})
            what = f"{indicator} : attendu {asked}, trouvé {found}"
            raise self._core.failed(f"{what} / expected {asked}, found {found}", timeout)
        return seen[0]

    @contextmanager
    def moved(
        self,
        indicator: str,
        *,
        establishment: Establishment | str | None = None,
        num: int = 0,
        den: int = 0,
        window: str = _WINDOW,
        timeout: float | None = None,
    ) -> Iterator[None]:
        """The block must move the indicator by so much: waited for when the block ends."""
        __tracebackhide__ = True
        before = self.read(indicator, establishment=establishment, window=window)
        yield
        self.expect(
            indicator,
            establishment=establishment,
            num=before.num + num,
            den=None if before.den is None else before.den + den,
            window=window,
            timeout=timeout,
        )
