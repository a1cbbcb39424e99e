"""The event contract, version 1, and how events travel (D3)."""

from socle.events.codec import CodecError, EventContext, decode, encode_data, headers_of
from socle.events.dmp import (
    DmpDocumentDeleted,
    DmpDocumentRegistered,
    DmpDocumentRejected,
    DmpDocumentReplaced,
    DmpDocumentSubmitted,
    DmpDocumentUpdated,
    DmpRecordConsulted,
)
from socle.events.insi import InsiBatchCompleted, InsiCallCompleted
from socle.events.model import TYPE_PREFIX, EventData, EventModel, stay_id
from socle.events.mss import MssDocument, MssMessageAccepted, MssMessageDelivered, MssMessageFailed, MssMessageRead
from socle.events.reference import EstablishmentChanged
from socle.events.registry import ALL, TYPES
from socle.events.reports import ReportProduced
from socle.events.stays import (
    IdentityStatusChanged,
    StayAdmitted,
    StayCancelled,
    StayDischarged,
    StayEvent,
    StayReopened,
    StayUpdated,
)
from socle.events.topics import TOPICS, TopicSpec

__all__ = [
    "ALL",
    "TOPICS",
    "TYPES",
    "TYPE_PREFIX",
    "CodecError",
    "DmpDocumentDeleted",
    "DmpDocumentRegistered",
    "DmpDocumentRejected",
    "DmpDocumentReplaced",
    "DmpDocumentSubmitted",
    "DmpDocumentUpdated",
    "DmpRecordConsulted",
    "EstablishmentChanged",
    "EventContext",
    "EventData",
    "EventModel",
    "IdentityStatusChanged",
    "InsiBatchCompleted",
    "InsiCallCompleted",
    "MssDocument",
    "MssMessageAccepted",
    "MssMessageDelivered",
    "MssMessageFailed",
    "MssMessageRead",
    "ReportProduced",
    "StayAdmitted",
    "StayCancelled",
    "StayDischarged",
    "StayEvent",
    "StayReopened",
    "StayUpdated",
    "TopicSpec",
    "decode",
    "encode_data",
    "headers_of",
    "stay_id",
]
