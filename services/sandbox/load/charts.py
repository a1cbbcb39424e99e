"""Small charts as inline SVG: lines over time, with an axis, a legend by text, and a table's numbers beside them."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from math import ceil, floor, log10

_WIDTH, _HEIGHT = 720, 200
_LEFT, _RIGHT, _TOP, _BOTTOM = 56, 12, 12, 26


@dataclass(frozen=True, slots=True)
class Series:
    """One line; None leaves a gap. ``css`` is a class of the page's style sheet."""

    label: str
    css: str
    values: Sequence[float | None]


def chart(times: Sequence[float], series: Sequence[Series], *, unit: str, title: str) -> str:
    """An SVG of all series over ``times`` in seconds; empty text when there is nothing to draw."""
    shown = [value for each in series for value in each.values if value is not None]
    if len(times) < 2 or not shown:
        return ""
    top, step = _scale(max(shown))
    plot_width, plot_height = _WIDTH - _LEFT - _RIGHT, _HEIGHT - _TOP - _BOTTOM

    def x(at: float) -> float:
        return _LEFT + plot_width * at / times[-1]

    def y(value: float) -> float:
        return _TOP + plot_height * (1 - value / top)

    lines = "".join(
        f'<line class="grid" x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{y(mark):.1f}" y2="{y(mark):.1f}"/>'
        f'<text class="tick" x="{_LEFT - 6}" y="{y(mark) + 4:.1f}" text-anchor="end">{mark:g}</text>'
        for mark in (step * number for number in range(round(top / step) + 1))
    )
    every = _scale(times[-1])[1]
    ticks = "".join(
        f'<text class="tick" x="{x(at):.1f}" y="{_HEIGHT - 8}" text-anchor="middle">{at:g} s</text>'
        for at in (every * number for number in range(floor(times[-1] / every) + 1))
    )
    paths = "".join(
        f'<path class="line {each.css}" d="{drawn}"><title>{escape(each.label)}</title></path>'
        for each in series
        if (drawn := _path([(x(t), None if v is None else y(v)) for t, v in _pairs(times, each)]))
    )
    keys = "".join(f'<span class="key {each.css}">{escape(each.label)}</span>' for each in series)
    return (
        f'<figure><figcaption>{escape(title)} <small>({escape(unit)})</small><span class="keys">{keys}</span>'
        f'</figcaption><svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{escape(title)}">'
        f"{lines}{ticks}{paths}</svg></figure>"
    )


def _pairs(times: Sequence[float], series: Series) -> list[tuple[float, float | None]]:
    return list(zip(times, series.values, strict=True))


def _path(points: Sequence[tuple[float, float | None]]) -> str:
    """Move after each gap, else draw on; ``h0`` shows a point that stands alone."""
    parts, drawing = [], False
    for x, y in points:
        if y is not None:
            parts.append(f"L{x:.1f} {y:.1f}" if drawing else f"M{x:.1f} {y:.1f}h0")
        drawing = y is not None
    return "".join(parts)


def _scale(highest: float) -> tuple[float, float]:
    """(top of the axis, distance of its marks): three to six marks at round numbers."""
    if highest <= 0:
        return 1.0, 1.0
    power = 10.0 ** floor(log10(highest))
    step = next(power * share for share in (0.2, 0.5, 1.0, 2.0) if highest / (power * share) <= 6)
    return step * ceil(highest / step - 1e-9), step
