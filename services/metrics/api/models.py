"""What the API answers with; camelCase on the wire."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel


class Model(BaseModel):
    """Base of the answers."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)


class WindowModel(Model):
    """The window of time; ``to`` is the last day, included. Days are local to Paris."""

    text: str = Field(examples=["30d"])
    kind: str = Field(examples=["rolling"])
    first: str = Field(alias="from", examples=["2026-03-01"])
    last: str = Field(alias="to", examples=["2026-03-30"])


class TargetModel(Model):
    """``own`` is true unless an official text was read: then the interface must say so."""

    value: float | None
    comparison: str
    programme: str | None
    certainty: str
    source: str | None
    own: bool


class IndicatorModel(Model):
    """What is shown of a definition beside its values."""

    id: str = Field(examples=["DMP-SORTIE"])
    version: int
    kind: str
    label: str
    label_en: str
    description: str
    certainty: str
    source: str
    target: TargetModel | None
    status: str = Field(examples=["open"])
    revisions: int
    """Changes that came after their day was final."""


class Cell(Model):
    """One value. ``value`` is null when a rate has no denominator ("n/a")."""

    num: int
    den: int | None
    value: float | None
    target: float | None
    gap: float | None
    reached: bool | None
    remaining: int | None
    measures: dict[str, int]
    spark: list[float | None]
    """One value for each of the last days, null where there is nothing to divide by."""


class Row(Model):
    """A group: an establishment, a legal entity, a field, a region, a GHT, all, or what cannot be attributed."""

    level: str
    key: str
    label: str
    finess_ej: str | None = Field(default=None, alias="finessEJ")
    region: str | None = None
    ght: str | None = None
    kind: str | None = None
    cells: dict[str, Cell]


class AtTarget(Model):
    """How many rows reach the target, of those that have a value."""

    reached: int
    measured: int


class Indicators(Model):
    """``GET /api/indicators``."""

    workspace: str
    epoch: int
    as_of: str
    window: WindowModel
    group: str
    spark_days: list[str]
    indicators: list[IndicatorModel]
    rows: list[Row]
    total: Row
    at_target: dict[str, AtTarget]


class SiteModel(Model):
    """``GET /api/establishments``."""

    finess_eg: str = Field(alias="finessEG")
    finess_ej: str = Field(alias="finessEJ")
    name: str
    kind: str
    category: str
    fields: list[str]
    ght: str | None
    region: str | None
    city: str | None


class Reasoned(Model):
    """A reason, in words."""

    code: str
    fr: str
    en: str


class EventModel(Model):
    """One event about a thing, and the exchange that caused it."""

    id: str
    type: str
    revision: int
    time: str
    exchange: str | None
    exchange_href: str | None
    topic: str | None = None
    partition: int | None = None
    offset: int | None = None


class ThingModel(Model):
    """A document, mail or refused deposit: whether it counts, and why."""

    kind: str
    id: str
    label: str
    type_code: str | None
    at: str
    linked_by: str | None
    counts: bool
    reason: Reasoned
    details: dict[str, Any] = Field(default_factory=dict)
    events: list[EventModel]


class StayModel(Model):
    """A stay: how it counts, why, and what was considered for it."""

    stay_id: str
    field: str
    admitted_at: str
    discharged_at: str | None
    in_denominator: bool
    in_numerator: bool
    reasons: list[Reasoned]
    evidence: list[ThingModel]
    events: list[EventModel]


class Explanation(Model):
    """``GET /api/explain``: ``stays`` for a cohort, ``things`` for a flow."""

    indicator: IndicatorModel
    window: WindowModel
    row: Row
    total: int
    """Stays or things that match, before ``limit``."""
    stays: list[StayModel]
    things: list[ThingModel]
