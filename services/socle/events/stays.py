"""Topic ``socles.stays.v1``: hospital stays, from HL7 v2 movements or from the stays API.

Subject: ``stayId``; one series of revisions per stay, whatever the kind of event. Each event tells the whole stay.
"""

from typing import ClassVar, Literal

from pydantic import AwareDatetime

from socle.events.model import EventData

StayField = Literal["MCO", "HAD", "PSY", "SMR"]


class StayEvent(EventData):
    """A stay as it is after the event."""

    TOPIC: ClassVar[str] = "socles.stays.v1"

    stay_id: str
    """``root^extension`` (:func:`socle.events.stay_id`)."""
    field: StayField = "MCO"
    """Field of activity; medico-social stays have none and are not counted here."""
    admitted_at: AwareDatetime
    discharged_at: AwareDatetime | None = None
    exit_mode: str | None = None
    """PMSI exit mode: 8 home, 7 transfer, 6 mutation, 9 death."""
    surgery: bool = False
    session: bool = False
    """A séance (CMD 28): usually left out of cohorts."""
    patient_ref: str | None = None
    """Keyed hash (``Control.patient_ref``)."""


class StayAdmitted(StayEvent):
    """A01."""

    TYPE: ClassVar[str] = "stay.admitted.v1"


class StayUpdated(StayEvent):
    """A02, A08."""

    TYPE: ClassVar[str] = "stay.updated.v1"


class StayDischarged(StayEvent):
    """A03."""

    TYPE: ClassVar[str] = "stay.discharged.v1"

    discharged_at: AwareDatetime


class StayReopened(StayEvent):
    """A13: the discharge is undone, the stay lives on."""

    TYPE: ClassVar[str] = "stay.reopened.v1"


class StayCancelled(StayEvent):
    """A11: the stay never was."""

    TYPE: ClassVar[str] = "stay.cancelled.v1"


class IdentityStatusChanged(EventData):
    """PID-32, or the API: the status of the patient's identity. Subject: ``stayId``, or ``patientRef`` without one."""

    TYPE: ClassVar[str] = "identity.status-changed.v1"
    TOPIC: ClassVar[str] = "socles.stays.v1"

    stay_id: str | None = None
    patient_ref: str
    status: str
    """``provisoire``, ``validée``, ``récupérée``, ``qualifiée``."""
    source: str | None = None
    """Where it was learnt: ``PID-32``, ``api``."""
