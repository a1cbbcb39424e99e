"""The kinds of events that a national day is made of, as templates; pairs are (without, with) the name of the stay."""

from bench.template import AT, HOLE, START, STOP, Template
from socle.events import (
    DmpDocumentRegistered,
    DmpDocumentRejected,
    DmpDocumentReplaced,
    DmpDocumentSubmitted,
    InsiCallCompleted,
    MssDocument,
    MssMessageAccepted,
    MssMessageDelivered,
    MssMessageRead,
    StayAdmitted,
    StayDischarged,
)

_DOCUMENT = {
    "lid": HOLE["lid"],
    "document_id": HOLE["doc"],
    "set_id": HOLE["set"],
    "type_code": HOLE["type"],
    "class_code": "11",
    "format_code": "urn:ihe:iti:xds-sd:pdf:2008",
    "level": "N1",
    "service_start": START,
    "service_stop": STOP,
    "patient_ref": HOLE["patient"],
    "ins_qualified": True,
    "size": 48_213,
}
_NAMED = {"stay_id": HOLE["stay"], "linked_by": "encounter-id"}
_KEPT = {"registered_at": AT}
_MAIL = {"message_ref": HOLE["ref"], "accepted_at": AT, "pro_recipients": 1, "citizen_recipients": 1, "size": 71_330}
_CARRIED = {name: _DOCUMENT[name] for name in ("set_id", "type_code", "level", "patient_ref", "service_start")}
_STAY = {"stay_id": HOLE["stay"], "admitted_at": START, "patient_ref": HOLE["patient"]}


def _both(model: type, **fields: object) -> tuple[Template, Template]:
    """Without and with the name of the stay."""
    return Template(model, **_DOCUMENT, **fields), Template(model, **_DOCUMENT, **_NAMED, **fields)


SUBMITTED = _both(DmpDocumentSubmitted)
REGISTERED = _both(DmpDocumentRegistered, **_KEPT)
REJECTED = _both(DmpDocumentRejected, error_code="XDSRepositoryMetadataError", findings=("dmp.entry.required",))
REPLACED = _both(DmpDocumentReplaced, **_KEPT, revision=2, previous_document_id=HOLE["doc"])


def _mail(model: type, **fields: object) -> tuple[Template, Template]:
    made = [MssDocument(**_CARRIED, **named) for named in ({}, _NAMED)]
    return Template(model, **_MAIL, docs=(made[0],), **fields), Template(model, **_MAIL, docs=(made[1],), **fields)


ACCEPTED = _mail(MssMessageAccepted)
DELIVERED = _mail(MssMessageDelivered, revision=2, pro_delivered=1, citizen_delivered=1)
READ = _mail(MssMessageRead, revision=3, pro_delivered=1, citizen_delivered=1, pro_read=1, citizen_read=0)
CALLS = {
    outcome: Template(InsiCallCompleted, operation="rechercherInsAvecTraitsIdentite", outcome=outcome, duration_ms=12.5)
    for outcome in ("00", "01", "02")
}
ADMITTED = Template(StayAdmitted, **_STAY)
DISCHARGED = Template(StayDischarged, **_STAY, discharged_at=STOP, exit_mode="8", revision=2)
