"""Events for tests of metrics, and the records they are on a log."""

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any

from metrics.wire.decode import Incoming, decode
from socle.bus.partition import partition_for
from socle.bus.port import Record
from socle.events import (
    TYPE_PREFIX,
    DmpDocumentDeleted,
    DmpDocumentRegistered,
    DmpDocumentRejected,
    DmpDocumentReplaced,
    DmpDocumentSubmitted,
    EventContext,
    EventData,
    InsiCallCompleted,
    MssDocument,
    MssMessageAccepted,
    MssMessageDelivered,
    MssMessageFailed,
    StayAdmitted,
    StayCancelled,
    StayDischarged,
    encode_data,
    headers_of,
)

EG = "010000024"
EJ = "010000016"
SCOPE = ("default", 1)
MARCH = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
LL = "11490-0"

Event = tuple[str, datetime, EventData]
"""Subject, time of occurrence, data."""


def common(**more: Any) -> dict[str, Any]:
    """What every event of the laboratory carries."""
    return {"workspace": "default", "epoch": 1, "finess_eg": EG, "finess_ej": EJ, **more}


def stay(number: str, *, discharged: datetime | None = MARCH, revision: int = 1, **more: Any) -> Event:
    """A stay of three days that ended at ``discharged``."""
    admitted = (discharged or MARCH) - timedelta(days=3)
    fields = common(
        stay_id=f"1.2.3^{number}",
        admitted_at=admitted,
        discharged_at=discharged,
        patient_ref=f"patient-{number}",
        revision=revision,
    )
    model = StayAdmitted if discharged is None else StayDischarged
    return f"1.2.3^{number}", discharged or admitted, model.model_validate({**fields, **more})


def cancelled(number: str, *, revision: int = 2) -> Event:
    """A11 for a stay."""
    subject, at, data = stay(number, revision=revision)
    return subject, at, StayCancelled(**data.model_dump())


def document(number: str, *, kind: str = "registered", revision: int = 1, **more: Any) -> Event:
    """A discharge letter of stay ``number``, registered two hours after the discharge."""
    at = more.pop("at", MARCH + timedelta(hours=2))
    fields = common(
        lid=f"lid-{number}",
        document_id=f"doc-{number}-{revision}",
        set_id=f"1.9^{number}",
        type_code=LL,
        level="N1",
        stay_id=f"1.2.3^{number}",
        linked_by="encounter-id",
        patient_ref=f"patient-{number}",
        service_start=MARCH - timedelta(days=3),
        service_stop=MARCH,
        exchange_id=f"exchange-{number}-{kind}-{revision}",
        revision=revision,
    )
    fields.update(more)
    if kind not in ("submitted", "rejected"):
        fields.setdefault("registered_at", at)
    if kind == "rejected":
        fields.setdefault("error_code", "XDSRepositoryMetadataError")
    if kind == "replaced":
        fields.setdefault("previous_document_id", f"doc-{number}-{revision - 1}")
    if kind == "deleted":
        fields.setdefault("deleted_at", at)
    return fields["lid"], at, _DOCUMENTS[kind].model_validate(fields)


def message(number: str, *, kind: str = "accepted", revision: int = 1, **more: Any) -> Event:
    """A mail to the patient with the discharge letter of stay ``number``."""
    at = more.pop("at", MARCH + timedelta(hours=3))
    carried = MssDocument(
        set_id=f"1.9^{number}",
        type_code=LL,
        stay_id=f"1.2.3^{number}",
        patient_ref=f"patient-{number}",
        service_start=MARCH - timedelta(days=3),
        service_stop=MARCH,
    )
    fields = common(
        message_ref=f"mail-{number}", accepted_at=at, citizen_recipients=1, docs=(carried,), revision=revision
    )
    if kind == "delivered":
        fields.update(pro_delivered=0, citizen_delivered=1)
    if kind == "failed":
        fields.update(pro_failed=0, citizen_failed=1)
    fields.update(more)
    return fields["message_ref"], at, _MESSAGES[kind].model_validate(fields)


def call(number: str, outcome: str = "00", at: datetime = MARCH, **more: Any) -> Event:
    """An INSi call."""
    fields = common(operation="rechercherInsAvecTraitsIdentite", outcome=outcome, duration_ms=12.5)
    return f"call-{number}", at, InsiCallCompleted.model_validate({**fields, **more})


_DOCUMENTS: dict[str, type[EventData]] = {
    "submitted": DmpDocumentSubmitted,
    "registered": DmpDocumentRegistered,
    "rejected": DmpDocumentRejected,
    "replaced": DmpDocumentReplaced,
    "deleted": DmpDocumentDeleted,
}
_MESSAGES: dict[str, type[EventData]] = {
    "accepted": MssMessageAccepted,
    "delivered": MssMessageDelivered,
    "failed": MssMessageFailed,
}


def event_id(event: Event) -> str:
    """The same event has the same id wherever it turns up."""
    subject, at, data = event
    text = f"{subject}|{data.TYPE}|{at.isoformat()}|{data.model_dump_json()}"
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def record(event: Event, offset: int = 0, sequence: int | None = None) -> Record:
    """An event as a consumer gets it."""
    subject, at, data = event
    context = EventContext(
        id=event_id(event),
        source="/socles/lab/default",
        type=TYPE_PREFIX + data.TYPE,
        time=at,
        subject=subject,
        recordedtime=at,
        sequence=sequence,
        partitionkey=data.partition_key,
    )
    partition = partition_for(data.partition_key, 12)
    key = data.partition_key.encode()
    return Record(data.TOPIC, partition, offset, key, encode_data(data), headers_of(context), 0)


def incoming(event: Event) -> Incoming:
    """An event as the projector gets it."""
    return decode(record(event))
