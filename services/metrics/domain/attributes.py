"""The attributes of facts that definitions may speak of, by their public names."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from operator import attrgetter
from typing import Any

from metrics.domain.facts import Message


class FactKind(StrEnum):
    """What facts there are."""

    STAY = "stay"
    DOCUMENT = "document"
    MESSAGE = "message"
    CALL = "call"


Getter = Callable[[Any], Any]


def failed(message: Message) -> bool:
    """A message that reached nobody and never will: every recipient bounced."""
    recipients = message.pro_recipients + message.citizen_recipients
    # & and not a chain: a database's columns can be asked the same
    return (recipients > 0) & (recipients <= message.pro_failed + message.citizen_failed)


ATTRIBUTES: Mapping[FactKind, Mapping[str, Getter]] = {
    FactKind.STAY: {
        "session": lambda stay: stay.session,
        "surgery": lambda stay: stay.surgery,
        "field": lambda stay: stay.field,
        "exitMode": lambda stay: stay.exit_mode,
    },
    FactKind.DOCUMENT: {
        "registered": lambda document: document.status != "deleted",
        "status": lambda document: document.status,
        "typeCode": lambda document: document.type_code,
        "classCode": lambda document: document.class_code,
        "formatCode": lambda document: document.format_code,
        "level": lambda document: document.level,
    },
    FactKind.MESSAGE: {
        "failed": failed,
        "toProfessional": lambda message: message.pro_recipients > 0,
        "toCitizen": lambda message: message.citizen_recipients > 0,
        "deliveredToProfessional": lambda message: message.pro_delivered > 0,
        "deliveredToCitizen": lambda message: message.citizen_delivered > 0,
    },
    FactKind.CALL: {
        "kind": lambda call: call.kind,
        "operation": lambda call: call.operation,
        "outcome": lambda call: call.outcome,
        "typeCode": lambda call: call.type_code,
    },
}
"""Each is asked of a fact, and gives its value; those of documents and messages may be asked of a table's columns as
well, and give an expression (see ``metrics.evidence``)."""

FIELDS: Mapping[FactKind, Getter] = {
    FactKind.STAY: attrgetter("session", "surgery", "field", "exit_mode"),
    FactKind.DOCUMENT: attrgetter("status", "type_code", "class_code", "format_code", "level"),
    FactKind.MESSAGE: attrgetter(
        "pro_recipients", "citizen_recipients", "pro_delivered", "citizen_delivered", "pro_failed", "citizen_failed"
    ),
    FactKind.CALL: attrgetter("kind", "operation", "outcome", "type_code"),
}
"""The fields that the attributes are made from: facts that agree in these agree in all attributes."""
