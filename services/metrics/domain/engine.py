"""The engine: definitions + facts → counts. It knows the three kinds of definition and no indicator by name.

Counts are pure functions of facts; what changes between two states of the facts is the difference of their counts.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from metrics.domain.attributes import ATTRIBUTES, FIELDS, FactKind, Getter
from metrics.domain.days import DAY_MS, local_day
from metrics.domain.definitions import CohortRatio, Definition, FlowCount, FlowRatio, Scalar, Where
from metrics.domain.facts import Call, Document, Entity, Evidence, Message, Stay, entity_of
from metrics.domain.linkage import Neighbourhood

Slot = tuple[str, int, str]
"""Indicator, version of its definition, measure."""
Grain = tuple[Slot, Entity, str, str]
"""Slot, whom it counts for, field of activity (``""`` when the fact has none), local day."""
Counts = Counter[Grain]

Conditions = frozenset[tuple[str, frozenset[Any]]]
"""Attributes by name, each with the values it may have; all must hold."""

_MEMO_LIMIT = 10_000
_Test = Callable[[Any], bool]


class _Counter(NamedTuple):
    """One measure of a flow: which facts, and by which attributes it is split."""

    slot: Slot
    test: _Test
    split: tuple[tuple[str, Getter], ...]


class Wanted(NamedTuple):
    """Evidence that fulfils stays of some cohort, if it is linked to one and came in time."""

    kind: str
    types: frozenset[Any] | None
    """None: any."""
    conditions: Conditions
    """Of the document or the message that the evidence comes from."""


class CohortPlan(NamedTuple):
    """A cohort definition, ready to be evaluated."""

    definition: CohortRatio
    num: Slot
    den: Slot
    horizon_ms: int
    eligible: _Test
    kind: str
    types: frozenset[Any] | None
    conditions: Conditions
    fulfils: _Test

    def member(self, stay: Stay) -> bool:
        """Whether the stay is in a cohort at all: it was, it ended, and it is not left out."""
        return not stay.cancelled and stay.discharged_at is not None and self.eligible(stay)

    def fulfilled_by(self, stay: Stay, evidence: Evidence) -> bool:
        """Whether linked evidence is of the right kind, and came in time."""
        return (
            evidence.kind == self.kind
            and (self.types is None or evidence.type_code in self.types)
            and stay.discharged_at is not None
            and evidence.at <= stay.discharged_at + self.horizon_ms
            and self.fulfils(evidence.fact)
        )


class Engine:
    """Evaluates all given definitions together."""

    def __init__(self, definitions: Iterable[Definition]) -> None:
        flows: dict[FactKind, list[_Counter]] = {kind: [] for kind in FactKind}
        cohorts: list[CohortPlan] = []
        for definition in definitions:
            if isinstance(definition, CohortRatio):
                cohorts.append(_plan(definition))
            else:
                for kind, counter in _counters(definition):
                    flows[kind].append(counter)
        self.cohorts: Sequence[CohortPlan] = tuple(cohorts)
        self.wanted = frozenset(Wanted(plan.kind, plan.types, plan.conditions) for plan in cohorts)
        """All evidence that can change a count: what it leaves out, nothing here need be told of."""
        self._horizons = sorted({plan.horizon_ms for plan in cohorts})
        self._flows = {kind: _Flow(kind, counters) for kind, counters in flows.items()}

    @property
    def longest_horizon(self) -> int:
        """Within which evidence may belong to a stay, for any cohort; milliseconds."""
        return self._horizons[-1] if self._horizons else 0

    def of_call(self, call: Call) -> Iterable[Grain]:
        """Each act counts on its own day."""
        return self._alone(FactKind.CALL, call, entity_of(call.finess_eg, call.finess_ej), local_day(call.at))

    def of_message(self, message: Message) -> Iterable[Grain]:
        """One per message, on the day of its acceptance."""
        entity = entity_of(message.finess_eg, message.finess_ej)
        return self._alone(FactKind.MESSAGE, message, entity, local_day(message.accepted_at))

    def of_documents(self, twins: Sequence[Document]) -> Iterable[Grain]:
        """Documents of one setId: per establishment and type they count once, on the first day."""
        slots = self._flows[FactKind.DOCUMENT].slots
        if len(twins) == 1:
            document = twins[0]
            entity = entity_of(document.finess_eg, document.finess_ej)
            return self._alone(FactKind.DOCUMENT, document, entity, local_day(document.registered_at))
        first: dict[tuple[Slot, Entity, str | None], int] = {}
        for document in twins:
            entity = entity_of(document.finess_eg, document.finess_ej)
            for slot in slots(document):
                key = (slot, entity, document.type_code)
                first[key] = min(document.registered_at, first.get(key, document.registered_at))
        return [(slot, entity, "", local_day(at)) for (slot, entity, _), at in first.items()]

    def of_stay(self, stay: Stay, around: Neighbourhood) -> list[Grain]:
        """On its day of discharge: one in the denominator of its cohorts, one in the numerator if fulfilled."""
        if stay.cancelled or stay.discharged_at is None:
            return []
        entity = entity_of(stay.finess_eg, stay.finess_ej)
        day = local_day(stay.discharged_at)
        linked = {horizon: around.evidence_of(stay, horizon) for horizon in self._horizons}
        grains: list[Grain] = []
        for plan in self.cohorts:
            if plan.eligible(stay):
                grains.append((plan.den, entity, stay.field, day))
                if any(plan.fulfilled_by(stay, evidence) for evidence, _ in linked[plan.horizon_ms]):
                    grains.append((plan.num, entity, stay.field, day))
        return grains

    def slots(self, kind: FactKind, fact: Any) -> tuple[Slot, ...]:
        """The measures of flows in which a fact counts one."""
        return self._flows[kind].slots(fact)

    def may_fulfil(self, evidence: Evidence) -> bool:
        """Whether evidence can change any stay's count; most documents cannot."""
        return any(
            evidence.kind == plan.kind
            and (plan.types is None or evidence.type_code in plan.types)
            and plan.fulfils(evidence.fact)
            for plan in self.cohorts
        )

    def _alone(self, kind: FactKind, fact: Any, entity: Entity, day: str) -> list[Grain]:
        return [(slot, entity, "", day) for slot in self._flows[kind].slots(fact)]


class _Flow:
    """The counters of one kind of fact. The answer depends on few attributes, so it is remembered by their values."""

    def __init__(self, kind: FactKind, counters: Sequence[_Counter]) -> None:
        self._counters = counters
        self._key = FIELDS[kind]
        self._memo: dict[Any, tuple[Slot, ...]] = {}

    def slots(self, fact: Any) -> tuple[Slot, ...]:
        """The measures in which the fact counts one."""
        if not self._counters:
            return ()
        key = self._key(fact)
        known = self._memo.get(key)
        if known is None:
            if len(self._memo) >= _MEMO_LIMIT:
                self._memo.clear()
            known = self._memo[key] = tuple(self._work_out(fact))
        return known

    def _work_out(self, fact: Any) -> Iterable[Slot]:
        for counter in self._counters:
            if counter.test(fact):
                yield counter.slot
                indicator, version, _ = counter.slot
                for name, get in counter.split:
                    yield (indicator, version, f"{name}={_text(get(fact))}")


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _counters(definition: FlowCount | FlowRatio) -> Iterable[tuple[FactKind, _Counter]]:
    def slot(measure: str) -> Slot:
        return (definition.id, definition.version, measure)

    def split(fact: FactKind) -> tuple[tuple[str, Getter], ...]:
        return tuple((name, ATTRIBUTES[fact][name]) for name in definition.breakdown)

    if isinstance(definition, FlowCount):
        kind = definition.count.fact
        yield kind, _Counter(slot("num"), _test(kind, definition.count.where), split(kind))
        for name, where in definition.measures.items():
            yield kind, _Counter(slot(name), _test(kind, where), ())
    else:
        for name, part in (("num", definition.numerator), ("den", definition.denominator)):
            splits = split(part.fact) if definition.breakdown_of.startswith(name) else ()
            yield part.fact, _Counter(slot(name), _test(part.fact, part.where), splits)


def _plan(definition: CohortRatio) -> CohortPlan:
    where = dict(definition.numerator.where)
    types = where.pop("typeCode", None)
    cohort = definition.cohort
    exits = frozenset(cohort.exclude_exit_modes)
    kind = FactKind(definition.numerator.exists)
    eligible = _test(FactKind.STAY, cohort.where)
    return CohortPlan(
        definition=definition,
        num=(definition.id, definition.version, "num"),
        den=(definition.id, definition.version, "den"),
        horizon_ms=definition.numerator.horizon.days * DAY_MS,
        eligible=(lambda stay: eligible(stay) and stay.exit_mode not in exits) if exits else eligible,
        kind=kind.value,
        types=None if types is None else _any_of(types),
        conditions=frozenset((name, _any_of(values)) for name, values in where.items()),
        fulfils=_test(kind, where),
    )


def _test(kind: FactKind, where: Where) -> _Test:
    conditions = [(ATTRIBUTES[kind][name], _any_of(wanted)) for name, wanted in where.items()]
    return lambda fact: all(get(fact) in wanted for get, wanted in conditions)


def _any_of(wanted: Scalar | list[Scalar]) -> frozenset[Any]:
    return frozenset(wanted if isinstance(wanted, list) else [wanted])
