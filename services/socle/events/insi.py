"""Topic ``socles.insi.v1``: identity look-ups."""

from typing import ClassVar

from pydantic import Field

from socle.events.model import EventData


class InsiEvent(EventData):
    """Base of the topic."""

    TOPIC: ClassVar[str] = "socles.insi.v1"


class InsiCallCompleted(InsiEvent):
    """INSi has answered. Subject: the exchange's id, so that one call is one logical thing."""

    TYPE: ClassVar[str] = "insi.call.completed.v1"

    operation: str
    """``rechercherInsAvecTraitsIdentite`` …"""
    outcome: str
    """CodeCR ``00``, ``01``, ``02``, or the fault's code."""
    duration_ms: float = Field(ge=0)
    mode: str | None = None
    """``card``, ``certificate`` or ``psc``."""
    findings: tuple[str, ...] = ()
    """Ids of the rules broken."""


class InsiBatchCompleted(InsiCallCompleted):
    """INSi has answered a call of batch verification, which is our own: no indicator counts it."""

    TYPE: ClassVar[str] = "insi.batch.completed.v1"
