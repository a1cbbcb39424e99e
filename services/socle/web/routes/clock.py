"""``/_sandbox/clock``: a clock that can be moved, for each workspace (D13)."""

from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Body
from pydantic import AwareDatetime, Field

from socle.control.clocks import ClockState
from socle.control.plane import ControlPlane
from socle.web.model import Current, Json
from socle.web.spread import spread


class ClockView(Json):
    """What the workspace's clock shows."""

    now: datetime
    frozen: Annotated[bool, Field(examples=[False])]
    offset_seconds: Annotated[float, Field(examples=[0.0], description="Distance from real time while it runs")]


class Instant(Json):
    """A moment."""

    at: Annotated[AwareDatetime, Field(examples=["2026-03-29T01:59:00+01:00"])]


class Freeze(Json):
    """Where to stand still; absent: where the clock is."""

    at: AwareDatetime | None = None


_HERE = Freeze()


class Advance(Json):
    """How far to move, backwards if negative."""

    by: Annotated[timedelta, Field(examples=["P1DT2H"], description="ISO 8601 duration, or seconds")]


def router(control: ControlPlane) -> APIRouter:
    """Made once for each process."""
    api = APIRouter(prefix="/_sandbox/clock", tags=["clock"], route_class=spread(control))

    def view(name: str, state: ClockState) -> ClockView:
        return ClockView(
            now=control.clock(name).now(),
            frozen=state.frozen_at is not None,
            offset_seconds=state.offset.total_seconds(),
        )

    @api.get("")
    def show(workspace: Current) -> ClockView:
        """The workspace's time. Tokens, freshness, indicator windows and mail dates follow it; TLS does not."""
        return view(workspace.name, control.clock_state(workspace.name))

    @api.post("/freeze")
    def freeze(
        workspace: Current,
        wanted: Annotated[
            Freeze,
            Body(openapi_examples={"here": {"value": {}}, "then": {"value": {"at": "2026-03-29T01:59:00+01:00"}}}),
        ] = _HERE,
    ) -> ClockView:
        """Stand still."""
        return view(workspace.name, control.freeze_clock(workspace.name, wanted.at))

    @api.post("/advance")
    def advance(
        workspace: Current, wanted: Annotated[Advance, Body(openapi_examples={"day": {"value": {"by": "P1D"}}})]
    ) -> ClockView:
        """Move; a frozen clock stays frozen."""
        return view(workspace.name, control.advance_clock(workspace.name, wanted.by))

    @api.post("/set")
    def set_to(
        workspace: Current,
        wanted: Annotated[Instant, Body(openapi_examples={"march": {"value": {"at": "2026-03-31T21:59:30Z"}}})],
    ) -> ClockView:
        """Show another moment, frozen or running as before."""
        return view(workspace.name, control.set_clock(workspace.name, wanted.at))

    @api.post("/resume")
    def resume(workspace: Current) -> ClockView:
        """Run on from where the clock stands."""
        return view(workspace.name, control.resume_clock(workspace.name))

    @api.post("/real")
    def real(workspace: Current) -> ClockView:
        """Real time again."""
        return view(workspace.name, control.reset_clock(workspace.name))

    return api
