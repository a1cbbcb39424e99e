"""Facts: what is known of each stay, document, message and call, after the newest event about it.

A fact takes an event only when it is newer (``newer``); two events of one revision, an emitter's mistake, are ordered
by their ids, so that any order of arrival ends in the same fact. Instants are milliseconds (``days``).
"""

from typing import NamedTuple

Entity = tuple[str, str]
"""Whom an act counts for: ``(finess_eg, "")``; ``("", finess_ej)`` when only the legal entity is known."""

UNATTRIBUTED: Entity = ("", "")


class Stay(NamedTuple):
    """A hospital stay."""

    stay_id: str
    revision: int
    event_id: str
    finess_eg: str | None
    finess_ej: str | None
    field: str
    admitted_at: int
    discharged_at: int | None
    exit_mode: str | None
    surgery: int
    """0 or 1, as the other flags."""
    session: int
    patient_ref: str | None
    cancelled: int
    event_type: str
    event_time: int
    exchange_id: str | None


class Document(NamedTuple):
    """A logical document of the DMP, by the ``lid`` of its version chain."""

    lid: str
    revision: int
    event_id: str
    finess_eg: str | None
    finess_ej: str | None
    set_id: str | None
    """N1 and N3 twins have a lid each and share it."""
    document_id: str
    type_code: str | None
    class_code: str | None
    format_code: str | None
    level: str | None
    stay_id: str | None
    patient_ref: str | None
    service_start: int | None
    service_stop: int | None
    registered_at: int
    status: str
    event_type: str
    event_time: int
    exchange_id: str | None


class Message(NamedTuple):
    """A secure mail."""

    message_ref: str
    revision: int
    event_id: str
    finess_eg: str | None
    finess_ej: str | None
    accepted_at: int
    pro_recipients: int
    citizen_recipients: int
    pro_delivered: int
    citizen_delivered: int
    pro_failed: int
    citizen_failed: int
    docs: int
    event_type: str
    event_time: int
    exchange_id: str | None


class MessageDoc(NamedTuple):
    """A document carried by a message; rewritten with each newer event of the message."""

    message_ref: str
    position: int
    set_id: str | None
    document_id: str | None
    type_code: str | None
    stay_id: str | None
    patient_ref: str | None
    service_start: int | None
    service_stop: int | None


class Call(NamedTuple):
    """An act that happens once: an INSi call, a deposit received, a deposit refused, a consultation."""

    call_id: str
    kind: str
    """``insi``, ``submitted``, ``rejected``, ``consulted``."""
    revision: int
    event_id: str
    finess_eg: str | None
    finess_ej: str | None
    at: int
    operation: str | None
    outcome: str | None
    type_code: str | None
    document_id: str | None
    stay_id: str | None
    patient_ref: str | None
    findings: str
    """Ids of rules, separated by spaces."""
    duration_us: int | None
    event_type: str
    exchange_id: str | None


class Evidence(NamedTuple):
    """What may fulfil a stay: a document of the DMP, or a document in a message. ``fact`` is where it comes from."""

    kind: str
    """``document`` or ``message``."""
    id: str
    type_code: str | None
    stay_id: str | None
    patient_ref: str | None
    finess_ej: str | None
    service_start: int | None
    service_stop: int | None
    at: int
    fact: Document | Message


class Establishment(NamedTuple):
    """A site as it is from ``valid_from`` on."""

    finess_eg: str
    valid_from: int
    valid_to: int | None
    revision: int
    event_id: str
    finess_ej: str
    name: str
    kind: str
    category: str
    fields: str
    """Separated by spaces."""
    ght: str | None
    region: str | None
    city: str | None


Revised = Stay | Document | Message | Call | Establishment


def newer(candidate: Revised, known: Revised | None) -> bool:
    """Whether an event's fact takes the place of the one known."""
    return known is None or (candidate.revision, candidate.event_id) > (known.revision, known.event_id)


def entity_of(finess_eg: str | None, finess_ej: str | None) -> Entity:
    """A legal entity is kept as such, only when no site is known (§6.3)."""
    if finess_eg:
        return (finess_eg, "")
    return ("", finess_ej) if finess_ej else UNATTRIBUTED


def document_evidence(document: Document) -> Evidence:
    """A DMP document as evidence, dated by its first registration."""
    return Evidence(
        "document",
        document.lid,
        document.type_code,
        document.stay_id,
        document.patient_ref,
        document.finess_ej,
        document.service_start,
        document.service_stop,
        document.registered_at,
        document,
    )


def message_evidence(message: Message, doc: MessageDoc) -> Evidence:
    """A mailed document as evidence, dated by the message's acceptance."""
    return Evidence(
        "message",
        f"{message.message_ref}#{doc.position}",
        doc.type_code,
        doc.stay_id,
        doc.patient_ref,
        message.finess_ej,
        doc.service_start,
        doc.service_stop,
        message.accepted_at,
        message,
    )
