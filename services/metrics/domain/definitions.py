"""What an indicator's definition may say. Definitions are data: no indicator has code of its own.

Three kinds: a count of things by their own day (``flow_count``), a ratio of two such counts (``flow_ratio``), and the
share of the stays discharged on a day that have a qualifying thing in time (``cohort_ratio``) (§7.1).
"""

import re
from datetime import timedelta
from enum import StrEnum
from fractions import Fraction
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator
from pydantic.alias_generators import to_camel

from metrics.domain.attributes import ATTRIBUTES, FactKind

Scalar = bool | int | str
Where = dict[str, Scalar | list[Scalar]]

_DAYS = re.compile(r"P(\d{1,3})D")


class Strict(BaseModel):
    """Definitions are written by hand: an unknown member is a mistake."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="forbid", frozen=True)


class Labels(Strict):
    """In both languages."""

    fr: str
    en: str


class Grade(StrEnum):
    """How sure the definition is."""

    A = "A"
    """Formula read in a source, if only in the press."""
    B = "B"
    """Object read, formula inferred."""
    C = "C"
    """Object read, formula or target ours."""
    T = "T"
    """Technical, ours."""


class TargetCertainty(StrEnum):
    """Where a target comes from. Only ``official`` may be shown without a mark."""

    OFFICIAL = "official"
    PRESS_REPORT = "press-report"
    PLACEHOLDER = "placeholder"
    """Our own figure, to be set by the user."""


class Rounding(StrEnum):
    """How a rate is rounded before it is compared."""

    NONE = "none"
    TWO_DECIMALS = "2dp"


class Target(Strict):
    """The rate to reach; ``value`` is null while nobody has set one."""

    value: str | None = None
    """Decimal as text (``"0.70"``), so that it is exact."""
    comparison: Literal[">=", "<="] = ">="
    rounding: Rounding = Rounding.NONE
    programme: str | None = None
    certainty: TargetCertainty
    source: str | None = None

    @field_validator("value")
    @classmethod
    def _is_a_rate(cls, value: str | None) -> str | None:
        if value is not None and not 0 <= Fraction(value) <= 1:
            raise ValueError("a target is a rate between 0 and 1")
        return value

    @property
    def exact(self) -> Fraction | None:
        """The value without rounding."""
        return None if self.value is None else Fraction(self.value)


class Selection(Strict):
    """Facts of one kind that match every condition; a list means any of its members."""

    fact: FactKind
    where: Where = Field(default_factory=dict)

    @model_validator(mode="after")
    def _attributes_exist(self) -> "Selection":
        known = ATTRIBUTES[self.fact]
        for name in self.where:
            if name not in known:
                raise ValueError(f"a {self.fact} has no attribute {name!r}; it has {', '.join(sorted(known))}")
        return self


class Common(Strict):
    """What every definition says."""

    id: str = Field(pattern=r"^[A-Z0-9]+(-[A-Z0-9]+)*$")
    version: int = Field(ge=1)
    labels: Labels
    description: Labels
    certainty: Grade
    source: str
    target: Target | None = None
    reference: str | None = None
    """A figure read elsewhere that helps to judge the value; shown as such."""

    @property
    def key(self) -> tuple[str, int]:
        return (self.id, self.version)


class FlowCount(Common):
    """Things counted on their own day."""

    kind: Literal["flow_count"]
    count: Selection
    measures: dict[str, Where] = Field(default_factory=dict)
    """Further counts of the same facts, shown beside the main one; they replace its conditions."""
    breakdown: list[str] = Field(default_factory=list)
    """Attributes by whose values the main count is split."""

    @property
    def is_ratio(self) -> bool:
        return False

    @model_validator(mode="after")
    def _measures_exist(self) -> "FlowCount":
        for where in self.measures.values():
            Selection(fact=self.count.fact, where=where)
        Selection(fact=self.count.fact, where=dict.fromkeys(self.breakdown, True))
        return self


class FlowRatio(Common):
    """A ratio of two counts, each on its own day."""

    kind: Literal["flow_ratio"]
    numerator: Selection
    denominator: Selection
    breakdown: list[str] = Field(default_factory=list)
    """Attributes by whose values the numerator's or denominator's facts are split (see ``breakdown_of``)."""
    breakdown_of: Literal["numerator", "denominator"] = "denominator"

    @property
    def is_ratio(self) -> bool:
        return True

    @model_validator(mode="after")
    def _breakdown_exists(self) -> "FlowRatio":
        part = self.numerator if self.breakdown_of == "numerator" else self.denominator
        Selection(fact=part.fact, where=dict.fromkeys(self.breakdown, True))
        return self


class Cohort(Strict):
    """Which stays are expected to be fulfilled; a stay belongs to the local day of its discharge."""

    where: Where = Field(default_factory=dict)
    exclude_exit_modes: list[str] = Field(default_factory=list)

    @model_validator(mode="after")
    def _attributes_exist(self) -> "Cohort":
        Selection(fact=FactKind.STAY, where=self.where)
        return self


class Fulfilment(Strict):
    """What fulfils a stay: one document or message linked to it, in time."""

    exists: Literal["document", "message"]
    where: Where = Field(default_factory=dict)
    within: Annotated[str, Field(pattern=_DAYS.pattern)] = "P30D"
    """After the discharge; things that came before it count."""

    @model_validator(mode="after")
    def _attributes_exist(self) -> "Fulfilment":
        where = {name: value for name, value in self.where.items() if name != "typeCode"}
        Selection(fact=FactKind(self.exists), where=where)
        return self

    @property
    def horizon(self) -> timedelta:
        match = _DAYS.fullmatch(self.within)
        assert match is not None
        return timedelta(days=int(match.group(1)))


class CohortRatio(Common):
    """The share of discharged stays that were fulfilled."""

    kind: Literal["cohort_ratio"]
    cohort: Cohort
    numerator: Fulfilment

    @property
    def is_ratio(self) -> bool:
        return True


Definition = FlowCount | FlowRatio | CohortRatio
AnyDefinition = Annotated[Definition, Field(discriminator="kind")]
