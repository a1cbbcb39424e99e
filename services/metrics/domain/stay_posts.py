"""What a posted stay means, given what is known of it: which event, if any."""

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from socle.events.stays import (
    StayAdmitted,
    StayCancelled,
    StayDischarged,
    StayEvent,
    StayReopened,
    StayUpdated,
)


class Effect(StrEnum):
    """What a post did to one stay."""

    CREATED = "created"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


class Known(NamedTuple):
    """What is known of a stay before the post."""

    revision: int
    content: str | None
    """What the last post said; None when only events from elsewhere told of it."""
    discharged: bool
    cancelled: bool


def event_type(known: Known | None, *, discharged: bool, cancelled: bool) -> type[StayEvent]:
    """The movement that leads from what is known to what is said."""
    if cancelled:
        return StayCancelled
    was_out = known is not None and known.discharged and not known.cancelled
    if discharged and not was_out:
        return StayDischarged
    if was_out and not discharged:
        return StayReopened
    return StayUpdated if known is not None else StayAdmitted


def occurred(stay: StayEvent, now: datetime) -> datetime:
    """The movement's own instant where the stay tells it, else the present."""
    if isinstance(stay, StayDischarged):
        return stay.discharged_at
    return stay.admitted_at if isinstance(stay, StayAdmitted) else now
