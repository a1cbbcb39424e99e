"""Base of the JSON models: camelCase outside, snake_case inside; unknown members are refused, to catch misspellings."""

from datetime import datetime
from typing import Annotated

from fastapi import Depends, Request
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

from socle.control.model import Workspace


class Json(BaseModel):
    """One JSON object."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="forbid", from_attributes=True)


_YEARS = range(1900, 9000)


def _calculable(at: datetime) -> datetime:
    if at.year not in _YEARS:
        raise ValueError(f"year {_YEARS[0]} to {_YEARS[-1]}")
    return at


Moment = Annotated[AwareDatetime, AfterValidator(_calculable)]
"""An instant that can be told in any time zone, and added to: the calendar's ends cannot."""


def _current(request: Request) -> Workspace:
    workspace: Workspace = request.state.workspace
    return workspace


Current = Annotated[Workspace, Depends(_current)]
"""The workspace the request is for, as the outer application found it."""


def _within(request: Request) -> str | None:
    return request.state.workspace.name if getattr(request.state, "named", False) else None


Within = Annotated[str | None, Depends(_within)]
"""The workspace, if the request named one."""
