"""Topic ``socles.mss.v1``: secure mail. Subject of each event: ``messageRef``; one series of revisions per message."""

from typing import Annotated, ClassVar

from pydantic import AwareDatetime, Field

from socle.events.model import EventData, EventModel

Count = Annotated[int, Field(ge=0)]


class MssDocument(EventModel):
    """A document carried by a message, as its IHE_XDM archive describes it."""

    set_id: str | None = None
    document_id: str | None = None
    type_code: str | None = None
    format_code: str | None = None
    level: str | None = None
    """``N1`` or ``N3``."""
    stay_id: str | None = None
    """``root^extension`` (:func:`socle.events.stay_id`)."""
    linked_by: str | None = None
    """``encounter-id`` when the document itself names its stay."""
    patient_ref: str | None = None
    service_start: AwareDatetime | None = None
    service_stop: AwareDatetime | None = None


class MssMessageEvent(EventData):
    """The state of one message after the event. Counts are cumulative; a citizen address is only ever a count."""

    TOPIC: ClassVar[str] = "socles.mss.v1"

    message_ref: str
    """Our own reference of the message: one per acceptance, never the Message-ID header itself."""
    accepted_at: AwareDatetime
    """The day on which the message counts, whatever follows."""
    pro_recipients: Count = 0
    citizen_recipients: Count = 0
    pro_delivered: Count = 0
    citizen_delivered: Count = 0
    pro_failed: Count = 0
    citizen_failed: Count = 0
    pro_read: Count = 0
    citizen_read: Count = 0
    receipt_asked: bool = False
    docs: tuple[MssDocument, ...] = ()
    size: Count = 0
    """Octets of the message."""
    findings: tuple[str, ...] = ()


class MssMessageAccepted(MssMessageEvent):
    """250 OK was given: the operator is responsible for the message. Revision 1."""

    TYPE: ClassVar[str] = "mss.message.accepted.v1"


class MssMessageDelivered(MssMessageEvent):
    """The message is in at least one more box."""

    TYPE: ClassVar[str] = "mss.message.delivered.v1"

    pro_delivered: Count
    citizen_delivered: Count


class MssMessageFailed(MssMessageEvent):
    """It could not be put in at least one more box (a bounce)."""

    TYPE: ClassVar[str] = "mss.message.failed.v1"

    pro_failed: Count
    citizen_failed: Count
    error_code: str | None = None
    """Enhanced status code: ``5.2.2`` …"""


class MssMessageRead(MssMessageEvent):
    """A recipient's read receipt (MDN) came back."""

    TYPE: ClassVar[str] = "mss.message.read.v1"

    pro_read: Count
    citizen_read: Count
