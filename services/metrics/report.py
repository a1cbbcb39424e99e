"""The indicators of one scope and window, ready for the API."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlalchemy import Connection

from metrics.api.models import AtTarget, Cell, IndicatorModel, Indicators, Row, TargetModel, WindowModel
from metrics.domain.days import from_ms, local_day
from metrics.domain.definitions import CohortRatio, Definition, TargetCertainty
from metrics.domain.dimension import Dimension, Group, GroupBy, Site
from metrics.domain.values import MEASURE_DEN, MEASURE_NUM, evaluate
from metrics.domain.windows import Window
from metrics.lookups import Scope
from metrics.queries import Grain, Only, establishments, revisions
from metrics.tables import live

_NAMES = {"unattributed": "Non attribué", "all": "Tous les établissements"}
_MAIN = (MEASURE_NUM, MEASURE_DEN)


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked."""

    scope: Scope
    text: str
    """The window as it was asked for."""
    window: Window
    group: GroupBy
    definitions: Sequence[Definition]
    now_ms: int
    spark: int
    population: Sequence[Site]
    finess: str | None = None
    """A site or a legal entity; None: all."""


def dimension_of(connection: Connection, scope: Scope, population: Sequence[Site]) -> Dimension:
    """The population's establishments, and what events told of them."""
    return Dimension(population, establishments(connection, live, scope))


def answer(connection: Connection, question: Question) -> Indicators:
    """Everything one page needs, from one snapshot."""
    dimension = dimension_of(connection, question.scope, question.population)
    window = question.window
    days = (window.first.isoformat(), window.last.isoformat())
    today = date.fromisoformat(local_day(question.now_ms))
    spark_days = _spark_days(min(window.last, today), question.spark)  # a month that is not over has days to come
    grain = Grain(
        connection,
        live,
        question.scope,
        question.definitions,
        dimension,
        question.group,
        only(dimension, question.finess),
    )
    rows = _rows(grain, question, days, spark_days)
    total = _rows(replace(grain, by=GroupBy.ALL), question, days, spark_days)[0]
    late = revisions(connection, question.scope, days)
    return Indicators(
        workspace=question.scope[0],
        epoch=question.scope[1],
        as_of=from_ms(question.now_ms).isoformat(),
        window=window_model(question.text, window),
        group=question.group.value,
        spark_days=spark_days,
        indicators=[
            indicator_model(definition, window, question.now_ms, late.get(definition.id, 0))
            for definition in question.definitions
        ],
        rows=rows,
        total=total,
        at_target={definition.id: _at_target(definition.id, rows) for definition in question.definitions},
    )


def only(dimension: Dimension, finess: str | None) -> Only | None:
    """A number restricts to that site, or to that legal entity and all its sites."""
    if finess is None:
        return None
    sites = dimension.of_ej(finess)
    return Only(frozenset([finess, *(site.finess_eg for site in sites)]), frozenset([finess]))


def window_model(text: str, window: Window) -> WindowModel:
    """The window as answered."""
    return WindowModel(text=text, kind=window.kind, first=window.first.isoformat(), last=window.last.isoformat())


def indicator_model(definition: Definition, window: Window, now_ms: int, late: int) -> IndicatorModel:
    """A definition, and how settled its values are in the window."""
    horizon = definition.numerator.horizon if isinstance(definition, CohortRatio) else timedelta()
    return IndicatorModel(
        id=definition.id,
        version=definition.version,
        kind=definition.kind,
        label=definition.labels.fr,
        label_en=definition.labels.en,
        description=definition.description.fr,
        certainty=definition.certainty.value,
        source=definition.source,
        target=_target(definition),
        status=window.status(now_ms, horizon, late).value,
        revisions=late,
    )


def _target(definition: Definition) -> TargetModel | None:
    target = definition.target
    if target is None:
        return None
    return TargetModel(
        value=None if target.exact is None else float(target.exact),
        comparison=target.comparison,
        programme=target.programme,
        certainty=target.certainty.value,
        source=target.source,
        own=target.certainty is not TargetCertainty.OFFICIAL,
    )


def _rows(grain: Grain, question: Question, days: tuple[str, str], spark_days: Sequence[str]) -> list[Row]:
    found = grain.sums(days)
    curves = grain.curves((spark_days[0], spark_days[-1])) if spark_days else {}
    groups = _expected(grain, question.finess)
    groups += sorted({group for group, _ in found} - set(groups), key=lambda group: (group.level, group.key))
    return [
        describe(
            group,
            grain.dimension,
            {
                definition.id: _cell(
                    definition,
                    found.get((group, definition.id), {}),
                    curves.get((group, definition.id), {}),
                    spark_days,
                )
                for definition in question.definitions
            },
        )
        for group in groups
    ]


def _expected(grain: Grain, finess: str | None) -> list[Group]:
    """Rows that are there even with nothing counted: every establishment of the perimeter, or the one total."""
    if grain.by is GroupBy.ALL:
        return [Group("all", "")]
    sites = [site for site in grain.dimension.sites if finess in (None, site.finess_eg, site.finess_ej)]
    if grain.by is GroupBy.EG:
        return [Group("eg", site.finess_eg) for site in sites]
    if grain.by is GroupBy.EJ:
        return [Group("ej", finess_ej) for finess_ej in sorted({site.finess_ej for site in sites})]
    return []


def describe(group: Group, dimension: Dimension, cells: dict[str, Cell]) -> Row:
    """A row with its label."""
    if group.level == "eg":
        site = dimension.site(group.key, "9999-12-31")
        if site is None:
            return Row(level="eg", key=group.key, label=f"FINESS {group.key}", cells=cells)
        return Row(
            level="eg",
            key=group.key,
            label=site.name,
            finess_ej=site.finess_ej,
            region=site.region,
            ght=site.ght,
            kind=site.kind,
            cells=cells,
        )
    label = _NAMES.get(group.level) or (group.key or "Non connu")
    if group.level == "ej":
        names = [site.name for site in dimension.of_ej(group.key)]
        label = f"Entité juridique {group.key}" + (f" ({_common(names)})" if names else "")
    return Row(level=group.level, key=group.key, label=label, cells=cells)


def _common(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{names[0]} et {len(names) - 1} autre{'s' if len(names) > 2 else ''}"


def _cell(
    definition: Definition,
    measures: Mapping[str, int],
    curve: Mapping[str, tuple[int, int]],
    spark_days: Iterable[str],
) -> Cell:
    value = evaluate(definition, measures.get(MEASURE_NUM, 0), measures.get(MEASURE_DEN, 0))
    spark = [evaluate(definition, *curve.get(day, (0, 0))).value for day in spark_days]
    return Cell(
        num=value.num,
        den=value.den,
        value=value.value,
        target=value.target,
        gap=value.gap,
        reached=value.reached,
        remaining=value.remaining,
        measures={name: count for name, count in measures.items() if name not in _MAIN},
        spark=spark,
    )


def _at_target(indicator: str, rows: Iterable[Row]) -> AtTarget:
    verdicts = [row.cells[indicator].reached for row in rows if row.level in ("eg", "ej")]
    known = [verdict for verdict in verdicts if verdict is not None]
    return AtTarget(reached=sum(known), measured=len(known))


def _spark_days(last: date, count: int) -> list[str]:
    return [(last - timedelta(days=back)).isoformat() for back in range(count - 1, -1, -1)] if count else []
