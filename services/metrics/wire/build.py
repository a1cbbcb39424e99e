"""Decoded data → facts, one function per kind of event."""

from datetime import datetime
from typing import NamedTuple

from metrics.domain import facts
from metrics.domain.days import to_ms
from metrics.wire import structs

Fact = facts.Stay | facts.Document | facts.Message | facts.Call | facts.Establishment | None


class Head(NamedTuple):
    """What a fact takes from the event's context."""

    event_id: str
    type: str
    """Without prefix."""
    time: int
    subject: str


def ms_or_none(instant: datetime | None) -> int | None:
    return None if instant is None else to_ms(instant)


def call(head: Head, data: structs.Insi) -> facts.Call:
    return facts.Call(
        call_id=head.subject,
        kind="insi",
        revision=data.revision,
        event_id=head.event_id,
        finess_eg=data.finess_eg,
        finess_ej=data.finess_ej,
        at=head.time,
        operation=data.operation,
        outcome=data.outcome,
        type_code=None,
        document_id=None,
        stay_id=None,
        patient_ref=None,
        findings=" ".join(data.findings),
        duration_us=round(data.duration_ms * 1000),
        event_type=head.type,
        exchange_id=data.exchange_id,
    )


def deposit(head: Head, data: structs.Document) -> facts.Call:
    """A deposit is one act per exchange and document: its retries are other acts."""
    rejected = isinstance(data, structs.Rejected)
    return facts.Call(
        call_id=f"{data.exchange_id}/{data.document_id}" if data.exchange_id else head.event_id,
        kind="rejected" if rejected else "submitted",
        revision=data.revision,
        event_id=head.event_id,
        finess_eg=data.finess_eg,
        finess_ej=data.finess_ej,
        at=head.time,
        operation="deposit",
        outcome=data.error_code if isinstance(data, structs.Rejected) else None,
        type_code=data.type_code,
        document_id=data.document_id,
        stay_id=data.stay_id,
        patient_ref=data.patient_ref,
        findings=" ".join(data.findings),
        duration_us=None,
        event_type=head.type,
        exchange_id=data.exchange_id,
    )


def consulted(head: Head, data: structs.Consulted) -> facts.Call:
    return facts.Call(
        call_id=head.subject,
        kind="consulted",
        revision=data.revision,
        event_id=head.event_id,
        finess_eg=data.finess_eg,
        finess_ej=data.finess_ej,
        at=head.time,
        operation=data.operation,
        outcome="success" if data.success else "failure",
        type_code=None,
        document_id=None,
        stay_id=None,
        patient_ref=data.patient_ref,
        findings="",
        duration_us=None,
        event_type=head.type,
        exchange_id=data.exchange_id,
    )


def document(head: Head, data: structs.Registered) -> facts.Document:
    return facts.Document(
        lid=data.lid,
        revision=data.revision,
        event_id=head.event_id,
        finess_eg=data.finess_eg,
        finess_ej=data.finess_ej,
        set_id=data.set_id,
        document_id=data.document_id,
        type_code=data.type_code,
        class_code=data.class_code,
        format_code=data.format_code,
        level=data.level,
        stay_id=data.stay_id,
        patient_ref=data.patient_ref,
        service_start=ms_or_none(data.service_start),
        service_stop=ms_or_none(data.service_stop),
        registered_at=to_ms(data.registered_at),
        status=data.status,
        event_type=head.type,
        event_time=head.time,
        exchange_id=data.exchange_id,
    )


def message(head: Head, data: structs.Message) -> facts.Message:
    return facts.Message(
        message_ref=data.message_ref,
        revision=data.revision,
        event_id=head.event_id,
        finess_eg=data.finess_eg,
        finess_ej=data.finess_ej,
        accepted_at=to_ms(data.accepted_at),
        pro_recipients=data.pro_recipients,
        citizen_recipients=data.citizen_recipients,
        pro_delivered=data.pro_delivered,
        citizen_delivered=data.citizen_delivered,
        pro_failed=data.pro_failed,
        citizen_failed=data.citizen_failed,
        docs=len(data.docs),
        event_type=head.type,
        event_time=head.time,
        exchange_id=data.exchange_id,
    )


def carried(data: structs.Message) -> tuple[facts.MessageDoc, ...]:
    return tuple(
        facts.MessageDoc(
            data.message_ref,
            position,
            doc.set_id,
            doc.document_id,
            doc.type_code,
            doc.stay_id,
            doc.patient_ref,
            ms_or_none(doc.service_start),
            ms_or_none(doc.service_stop),
        )
        for position, doc in enumerate(data.docs)
    )


def stay(head: Head, data: structs.Stay) -> facts.Stay:
    return facts.Stay(
        stay_id=data.stay_id,
        revision=data.revision,
        event_id=head.event_id,
        finess_eg=data.finess_eg,
        finess_ej=data.finess_ej,
        field=data.field,
        admitted_at=to_ms(data.admitted_at),
        discharged_at=ms_or_none(data.discharged_at),
        exit_mode=data.exit_mode,
        surgery=int(data.surgery),
        session=int(data.session),
        patient_ref=data.patient_ref,
        cancelled=int(head.type == "stay.cancelled.v1"),
        event_type=head.type,
        event_time=head.time,
        exchange_id=data.exchange_id,
    )


def establishment(head: Head, data: structs.Establishment) -> facts.Establishment:
    return facts.Establishment(
        finess_eg=data.finess_eg,
        valid_from=to_ms(data.valid_from),
        valid_to=ms_or_none(data.valid_to),
        revision=data.revision,
        event_id=head.event_id,
        finess_ej=data.finess_ej,
        name=data.name,
        kind=data.kind,
        category=data.category,
        fields=" ".join(data.fields),
        ght=data.ght,
        region=data.region,
        city=data.city,
    )


def unused(_head: Head, _data: structs.Common) -> None:
    return None
