"""The body of ``POST /api/stays``: JSON (one or many), NDJSON or CSV → stays, or every mistake with its line."""

import csv
import io
import json
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic.alias_generators import to_camel

from socle.clock import PARIS
from socle.events.model import stay_id
from socle.web.invalid import french

_YEARS = range(1900, 2200)
"""Of instants: beyond the calendar's ends, days and offsets cannot be computed, and the stay could never be counted."""


def _countable(instant: datetime) -> datetime:
    if instant.year not in _YEARS:
        raise ValueError(f"année hors de {_YEARS[0]}–{_YEARS[-1]}")
    return instant


Moment = Annotated[AwareDatetime, AfterValidator(_countable)]


class StayInput(BaseModel):
    """One stay as a hospital tells it. ``stayId`` in one piece, or ``stayRoot`` and ``stayExtension``."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        populate_by_name=True,
        extra="forbid",
        frozen=True,
        json_schema_extra={
            "examples": [
                {
                    "stayId": "1.2.250.1.999.1^S-2026-000123",
                    "finess": "699050001",
                    "field": "MCO",
                    "admittedAt": "2026-03-02T09:15:00+01:00",
                    "dischargedAt": "2026-03-05T14:00:00+01:00",
                    "ins": "279035121518989",
                }
            ]
        },
    )

    stay_id: str = Field(default="", max_length=300)
    stay_root: str | None = Field(default=None, max_length=150)
    stay_extension: str | None = Field(default=None, max_length=149)
    finess: str = Field(description="FINESS of the site (EG); spaces are taken out.")
    field: Literal["MCO", "HAD", "PSY", "SMR"] = "MCO"
    admitted_at: Moment = Field(description="ISO 8601; without an offset it is local to Paris.")
    discharged_at: Moment | None = None
    exit_mode: str | None = Field(
        default=None, max_length=20, description="PMSI: 8 home, 7 transfer, 6 mutation, 9 death."
    )
    surgery: bool = False
    session: bool = Field(default=False, description="A séance: left out of the discharge cohorts.")
    ins: str | None = Field(default=None, description="Matricule, 13 or 15 characters; only its keyed hash is kept.")
    patient_ref: str | None = Field(
        default=None, max_length=200, description="Instead of ins, when it is known already."
    )
    cancelled: bool = Field(default=False, description="The stay never was.")

    @field_validator("*", mode="before")
    @classmethod
    def _no_nul(cls, value: Any) -> Any:
        if isinstance(value, str) and "\0" in value:
            raise ValueError("le caractère NUL n'est pas admis")
        return value

    @field_validator("admitted_at", "discharged_at", mode="before")
    @classmethod
    def _local_time(cls, value: Any) -> Any:
        if isinstance(value, str):
            try:
                instant = datetime.fromisoformat(value.strip())
            except ValueError:
                return value
            return instant if instant.tzinfo else instant.replace(tzinfo=PARIS)
        return value

    @field_validator("finess")
    @classmethod
    def _no_spaces(cls, value: str) -> str:
        return value.replace(" ", "")

    @model_validator(mode="after")
    def _consistent(self) -> "StayInput":
        if not (self.stay_id.strip() or (self.stay_root or "").strip()):
            raise ValueError("stayId absent (ou stayRoot et stayExtension)")
        if self.stay_id and self.stay_root:
            raise ValueError("stayId ou stayRoot, pas les deux")
        if self.discharged_at is not None and self.discharged_at < self.admitted_at:
            raise ValueError("dischargedAt avant admittedAt")
        if self.ins is not None and self.patient_ref is not None:
            raise ValueError("ins ou patientRef, pas les deux")
        return self

    @property
    def identifier(self) -> str:
        """``root^extension``."""
        return self.stay_id.strip() or stay_id(self.stay_root or "", self.stay_extension)


class RowError(BaseModel):
    """One mistake. ``line``: of the body for NDJSON and CSV, the stay's rank (from 1) for JSON."""

    line: int
    field: str | None
    reason: str


class BadBody(ValueError):
    """The body is refused as a whole; nothing of it is kept."""

    def __init__(self, errors: list[RowError]) -> None:
        super().__init__(f"{len(errors)} errors")
        self.errors = errors


Rows = list[tuple[int, StayInput]]
"""Line and stay."""


def read(content_type: str, body: bytes, most: int) -> Rows:
    """Read a body; raises :class:`BadBody` with every mistake found, or ``LookupError`` for another content type."""
    reader = _READERS.get(content_type.partition(";")[0].strip().lower())
    if reader is None:
        raise LookupError(content_type)
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = body.count(b"\n", 0, error.start) + 1
        raise BadBody(
            [RowError(line=line, field=None, reason=f"octet {error.start} : ce n'est pas de l'UTF-8")]
        ) from error
    rows: Rows = []
    errors: list[RowError] = []
    for line, raw in reader(text):
        if len(rows) + len(errors) >= most:
            errors.append(RowError(line=line, field=None, reason=f"plus de {most} séjours en un envoi"))
            break
        try:
            rows.append((line, StayInput.model_validate(raw)))
        except ValidationError as error:
            errors += [
                RowError(line=line, field=".".join(map(str, each["loc"])) or None, reason=french(each))
                for each in error.errors(include_url=False, include_input=False)
            ]
    if errors:
        raise BadBody(errors)
    if not rows:
        raise BadBody([RowError(line=1, field=None, reason="aucun séjour")])
    return rows


def _json(text: str) -> Iterator[tuple[int, Any]]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:  # ValueError also for a number of thousands of digits
        line = getattr(error, "lineno", 1)
        raise BadBody([RowError(line=line, field=None, reason=f"JSON illisible : {error}")]) from error
    yield from enumerate(found if isinstance(found, list) else [found], start=1)


def _ndjson(text: str) -> Iterator[tuple[int, Any]]:
    for line, each in enumerate(text.splitlines(), start=1):
        if each.strip():
            try:
                yield line, json.loads(each)
            except (ValueError, RecursionError) as error:
                raise BadBody([RowError(line=line, field=None, reason=f"JSON illisible : {error}")]) from error


def _csv(text: str) -> Iterator[tuple[int, Any]]:
    head = text.partition("\n")[0]
    reader = csv.DictReader(io.StringIO(text), delimiter=";" if head.count(";") >= head.count(",") else ",")
    try:
        for row in reader:
            if None in row:
                raise BadBody([RowError(line=reader.line_num, field=None, reason="plus de colonnes que d'en-têtes")])
            yield (
                reader.line_num,
                {name.strip(): value.strip() for name, value in row.items() if value and value.strip()},
            )
    except csv.Error as error:
        raise BadBody([RowError(line=reader.line_num, field=None, reason=f"CSV illisible : {error}")]) from error


_READERS: dict[str, Callable[[str], Iterator[tuple[int, Any]]]] = {
    "application/json": _json,
    "application/x-ndjson": _ndjson,
    "application/ndjson": _ndjson,
    "text/csv": _csv,
}
