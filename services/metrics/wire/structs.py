"""The contract as msgspec structs: the same events, decoded several times faster than by the pydantic models.

``tests/unit/metrics/test_decode_agrees.py`` holds both together for every event type, right and wrong.
"""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct, field

Instant = Annotated[datetime, Meta(tz=True)]
Count = Annotated[int, Meta(ge=0)]


class Common(Struct, rename="camel", kw_only=True):
    """Members of every event."""

    workspace: str
    epoch: int
    finess_eg: str | None = field(default=None, name="finessEG")
    finess_ej: str | None = field(default=None, name="finessEJ")
    attributed_by: str = "none"
    exchange_id: str | None = None
    revision: Annotated[int, Meta(ge=1)] = 1
    software: str | None = None
    sector: str | None = None


class Insi(Common, kw_only=True):
    operation: str
    outcome: str
    duration_ms: Annotated[float, Meta(ge=0)]
    mode: str | None = None
    findings: tuple[str, ...] = ()


class Document(Common, kw_only=True):
    lid: str
    document_id: str
    set_id: str | None = None
    type_code: str | None = None
    class_code: str | None = None
    format_code: str | None = None
    level: str | None = None
    stay_id: str | None = None
    linked_by: str | None = None
    admitted_at: Instant | None = None
    discharged_at: Instant | None = None
    service_start: Instant | None = None
    service_stop: Instant | None = None
    patient_ref: str | None = None
    ins_qualified: bool | None = None
    size: Count = 0
    findings: tuple[str, ...] = ()


class Rejected(Document, kw_only=True):
    error_code: str


class Registered(Document, kw_only=True):
    registered_at: Instant
    visibility: tuple[str, ...] = ()
    status: str = "approved"


class Replaced(Registered, kw_only=True):
    previous_document_id: str
    previous_type_code: str | None = None
    previous_stay_id: str | None = None


class Updated(Registered, kw_only=True):
    previous_visibility: tuple[str, ...] = ()
    previous_status: str | None = None


class Deleted(Registered, kw_only=True):
    deleted_at: Instant
    status: str = "deleted"


class Consulted(Common, kw_only=True):
    operation: str
    success: bool
    mode: str | None = None
    returned: Count = 0
    patient_ref: str | None = None


class Carried(Struct, rename="camel", kw_only=True):
    set_id: str | None = None
    document_id: str | None = None
    type_code: str | None = None
    format_code: str | None = None
    level: str | None = None
    stay_id: str | None = None
    linked_by: str | None = None
    patient_ref: str | None = None
    service_start: Instant | None = None
    service_stop: Instant | None = None


class Message(Common, kw_only=True):
    message_ref: str
    accepted_at: Instant
    pro_recipients: Count = 0
    citizen_recipients: Count = 0
    pro_delivered: Count = 0
    citizen_delivered: Count = 0
    pro_failed: Count = 0
    citizen_failed: Count = 0
    pro_read: Count = 0
    citizen_read: Count = 0
    receipt_asked: bool = False
    docs: tuple[Carried, ...] = ()
    size: Count = 0
    findings: tuple[str, ...] = ()


class Delivered(Message, kw_only=True):
    pro_delivered: Count
    citizen_delivered: Count


class Failed(Message, kw_only=True):
    pro_failed: Count
    citizen_failed: Count
    error_code: str | None = None


class Read(Message, kw_only=True):
    pro_read: Count
    citizen_read: Count


class Stay(Common, kw_only=True):
    stay_id: str
    field: Literal["MCO", "HAD", "PSY", "SMR"] = "MCO"
    admitted_at: Instant
    discharged_at: Instant | None = None
    exit_mode: str | None = None
    surgery: bool = False
    session: bool = False
    patient_ref: str | None = None


class Discharged(Stay, kw_only=True):
    discharged_at: Instant


class Identity(Common, kw_only=True):
    patient_ref: str
    status: str
    stay_id: str | None = None
    source: str | None = None


class Report(Common, kw_only=True):
    set_id: str
    type_code: str
    produced_at: Instant
    stay_id: str | None = None
    patient_ref: str | None = None


class Establishment(Common, kw_only=True):
    finess_eg: str = field(name="finessEG")
    finess_ej: str = field(name="finessEJ")
    name: str
    kind: str
    category: str
    valid_from: Instant
    valid_to: Instant | None = None
    siret: str | None = None
    fields: tuple[str, ...] = ()
    ght: str | None = None
    region: str | None = None
    city: str | None = None
