"""Named curves, and curves from a YAML file. Rates of profiles are events per second, as the issue counts them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from sandbox.load.acts import DOCUMENTS, NATION, Act, Mix, events_per_act
from sandbox.load.curve import Curve, Point


class BadProfile(ValueError):
    """The curve cannot be played; the message says why."""


@dataclass(frozen=True, slots=True)
class Profile:
    """A curve in acts per second, and what the acts are."""

    name: str
    label_fr: str
    label_en: str
    curve: Curve
    mix: Mix = field(default_factory=lambda: NATION)
    documents: Mapping[str, float] = field(default_factory=lambda: DOCUMENTS)

    @property
    def events_per_act(self) -> float:
        return events_per_act(self.mix)


PEAK_HOUR = 290.0
"""Events per second of the nation's busiest hour (§4.3)."""
BURST = 1150.0
"""Events per second when queues of laboratories and gateways empty at once (§4.3)."""
_LABORATORY: Mix = MappingProxyType({Act.LOOKUP: 15.0, Act.DEPOSIT: 75.0, Act.MAIL: 10.0})
_CHU: Mix = MappingProxyType({Act.LOOKUP: 30.0, Act.DEPOSIT: 35.0, Act.CONSULT: 3.0, Act.MAIL: 22.0, Act.STAY: 10.0})


@dataclass(frozen=True, slots=True)
class _Shape:
    """A profile before its unit is settled: events per second over seconds."""

    label_fr: str
    label_en: str
    points: Sequence[Point]
    mix: Mix = field(default_factory=lambda: NATION)
    documents: Mapping[str, float] = field(default_factory=lambda: DOCUMENTS)


_SHAPES: Mapping[str, _Shape] = MappingProxyType(
    {
        "constant": _Shape("Débit constant", "Constant rate", (Point(0, PEAK_HOUR), Point(60, PEAK_HOUR))),
        "national-hour": _Shape(
            "Heure de pointe nationale",
            "The nation's peak hour",
            tuple(Point(at, PEAK_HOUR * share) for at, share in ((0, 0.9), (120, 1.0), (480, 1.0), (600, 0.93))),
        ),
        "burst": _Shape(
            "Rafale : les files se vident",
            "Burst: queues empty",
            (Point(0, 290), Point(15, 290), Point(15, BURST), Point(75, BURST), Point(75, 290), Point(90, 290)),
        ),
        "lab-batch": _Shape(
            "Lots de laboratoires",
            "Laboratory batches",
            tuple(
                Point(30 * batch + at, rate)
                for batch in range(4)
                for at, rate in ((0, 40), (10, 40), (10, 500), (18, 500), (22, 40), (30, 40))
            ),
            _LABORATORY,
            MappingProxyType({"bio": 100.0}),
        ),
        "chu-morning": _Shape(
            "Matinée d'un CHU (6 h en 5 min)",
            "A university hospital's morning (6 h in 5 min)",
            tuple(Point(at, rate) for at, rate in ((0, 20), (50, 130), (100, 110), (175, 220), (250, 150), (300, 60))),
            _CHU,
        ),
    }
)
NAMES = tuple(_SHAPES)


def named(name: str, *, events_rate: float | None = None, acts_rate: float | None = None) -> Profile:
    """A profile; a rate given replaces its peak and keeps its form. Raises :class:`BadProfile`."""
    if name not in _SHAPES:
        raise BadProfile(f"profil inconnu / unknown profile {name!r}: {', '.join(NAMES)}")
    shape = _SHAPES[name]
    per_act = events_per_act(shape.mix)
    curve = Curve(shape.points)
    peak = acts_rate if acts_rate is not None else (events_rate or curve.peak) / per_act
    return Profile(name, shape.label_fr, shape.label_en, curve.scaled(peak / curve.peak), shape.mix, shape.documents)


Family = Literal["bio", "prescription", "hospital", "imaging", "other"]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _PointModel(_Strict):
    at: Annotated[float, Field(ge=0, description="Seconds from the start")]
    rate: Annotated[float, Field(ge=0)]


class CurveFile(_Strict):
    """A curve of one's own: rates at moments, straight lines between them."""

    name: str = "curve"
    label: str = ""
    unit: Literal["events/s", "acts/s"] = "events/s"
    points: Annotated[list[_PointModel], Field(min_length=2)]
    mix: dict[Act, Annotated[float, Field(ge=0)]] | None = None
    documents: dict[Family, Annotated[float, Field(ge=0)]] | None = None

    @model_validator(mode="after")
    def _weights(self) -> "CurveFile":
        for name, weights in (("mix", self.mix), ("documents", self.documents)):
            if weights is not None and sum(weights.values()) <= 0:
                raise ValueError(f"{name}: at least one weight is above zero")
        return self


def from_file(path: Path) -> Profile:
    """A profile from a YAML file. Raises :class:`BadProfile` with the place of each mistake."""
    try:
        told = CurveFile.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
        curve = Curve([Point(point.at, point.rate) for point in told.points])
    except OSError as error:
        raise BadProfile(f"{path}: {error.strerror}") from error
    except yaml.YAMLError as error:
        raise BadProfile(f"{path}: YAML: {error}") from error
    except ValidationError as error:
        where = "; ".join(f"{'.'.join(map(str, one['loc'])) or 'file'}: {one['msg']}" for one in error.errors())
        raise BadProfile(f"{path}: {where}") from error
    except ValueError as error:
        raise BadProfile(f"{path}: {error}") from error
    mix: Mix = told.mix or NATION
    per_second = 1 / events_per_act(mix) if told.unit == "events/s" else 1.0
    label = told.label or told.name
    own = told.documents
    documents: Mapping[str, float] = {str(family): own[family] for family in own} if own else DOCUMENTS
    return Profile(told.name, label, label, curve.scaled(per_second), mix, documents)
