"""Menders of what an entry or the submission set lacks: drawn from the CDA, or told elsewhere in the same message."""

from collections.abc import Iterable
from xml.sax.saxutils import quoteattr

from dmp_sim.domain import check_cda_metadata as agreement
from dmp_sim.domain import check_required as rules
from dmp_sim.domain import names
from dmp_sim.domain.check_codes import MIME_TYPE
from dmp_sim.domain.forms import ins_of
from dmp_sim.domain.mending.agreement import PLANS, same_person, with_header
from dmp_sim.domain.mending.base import (
    FORMAT_SCHEME,
    LOT,
    MENDERS,
    ORDER,
    Target,
    Told,
    add_before_identifiers,
    literal,
    new_oid,
    person,
    put_code,
    put_identifier,
    put_slot,
    slot_xml,
    target,
    utc_now,
)
from dmp_sim.domain.mending.codes import format_of
from dmp_sim.domain.valuesets import CLASS_OF_TYPE, CLASS_SCHEME
from socle.mending.model import Do, Edit
from socle.rules import Finding, Rule

_LOT, _ENTRY = rules.LOT_REQUIRED, rules.ENTRY_REQUIRED
_FR, _EN = "{} est tiré de l'entête du CDA.", "{} is drawn from the CDA's header."


def _as(rule: Rule) -> None:
    """An absent attribute is written as one that differs."""
    attribute, plan = PLANS[rule]
    MENDERS.mends(_ENTRY[attribute], _FR.format(attribute), _EN.format(attribute))(with_header(plan))


for _rule in (
    agreement.TYPE,
    agreement.CREATION_TIME,
    agreement.TITLE,
    agreement.LANGUAGE,
    agreement.CONFIDENTIALITY,
    agreement.PRACTICE,
    agreement.FACILITY,
    agreement.SERVICE_START,
    agreement.LEGAL,
    agreement.ID,
):
    _as(_rule)


@MENDERS.mends(_ENTRY["classCode"], "classCode est celui du type (ASS_X16).", "classCode is the type's (ASS_X16).")
def _class(told: Told, finding: Finding) -> Iterable[Edit]:
    one = target(told, finding)
    if one is not None and one.entry.type_code is not None and one.entry.type_code.code in CLASS_OF_TYPE:
        code = CLASS_OF_TYPE[one.entry.type_code.code]
        yield from put_code(told, one.path, names.DE_CLASS_CODE, code, CLASS_SCHEME)


@MENDERS.mends(_ENTRY["formatCode"], "formatCode est celui du modèle du CDA.", "formatCode is the CDA template's.")
def _format(told: Told, finding: Finding) -> Iterable[Edit]:
    one = target(told, finding)
    code = format_of(one) if one is not None else None
    if one is not None and code is not None:
        yield from put_code(told, one.path, names.DE_FORMAT_CODE, code, FORMAT_SCHEME)


@MENDERS.mends(_ENTRY["author"], "L'auteur est celui du CDA.", "The author is the CDA's.")
def _author(told: Told, finding: Finding) -> Iterable[Edit]:
    one = target(told, finding)
    header = one.header if one is not None else None
    if one is None or header is None or len(header.authors) != 1 or not header.author_institutions:
        return
    place = header.author_institutions[0]
    name = next(
        (text.partition("^")[0] for lot in told.deposit.submission_sets for author in lot.authors
         for text in author.institutions if text.endswith(f"^{place.extension}")),
        place.extension,
    )  # fmt: skip
    new = _author_xml(
        told, one.path, names.DE_AUTHOR, person(told, header.authors[0]),
        [f"{name}^^^^^&{place.root}&ISO^IDNST^^^{place.extension}"],
    )  # fmt: skip
    yield from add_before_identifiers(one.path, new)


def _author_xml(told: Told, owner: str, scheme: str, who: str, places: list[str]) -> str:
    institutions = slot_xml("authorInstitution", *places) if places else ""
    return (
        f'<Classification xmlns="{names.RIM}" id="urn:uuid:{told.fresh(owner + scheme)}" '
        f'classificationScheme="{scheme}" nodeRepresentation="">{institutions}{slot_xml("authorPerson", who)}'
        "</Classification>"
    )


@MENDERS.mends(_ENTRY["patientId"], "patientId est celui du lot.", "patientId is the submission set's.")
def _patient(told: Told, finding: Finding) -> Iterable[Edit]:
    one, patient = target(told, finding), told.deposit.submission_set.patient_id
    if one is not None and patient:
        yield from put_identifier(told, one.path, names.DE_PATIENT_ID, "XDSDocumentEntry.patientId", patient)


@MENDERS.mends(
    _ENTRY["sourcePatientId"], "sourcePatientId est l'INS de patientId.", "sourcePatientId is the INS of patientId."
)
def _source_patient(told: Told, finding: Finding) -> Iterable[Edit]:
    one = target(told, finding)
    if one is not None and ins_of(one.entry.patient_id) is not None:
        there = bool(one.entry.source_patient_id)
        yield from put_slot(one.path, "sourcePatientId", one.entry.patient_id, there=there)


def _media_type(told: Told, finding: Finding) -> Iterable[Edit]:
    one = target(told, finding)
    kind = _kind(one) if one is not None else None
    if one is not None and kind is not None:
        yield Edit(Do.SET, one.path, kind, "mimeType")


def _kind(one: Target) -> str | None:
    if one.header is not None:
        return "application/xslt+xml" if one.header.stylesheet_root else "text/xml"
    data = one.document.blob.data if one.document is not None else None
    return "text/xml" if data is not None and b"ClinicalDocument" in data[:2000] else None


for _told in (_ENTRY["mimeType"], MIME_TYPE):
    MENDERS.mends(_told, "mimeType est celui du contenu reçu.", "mimeType is that of the content received.")(
        _media_type
    )


@MENDERS.mends(rules.OBJECT_TYPE, "objectType est celui d'une fiche stable.", "objectType is a stable entry's.")
def _object_type(told: Told, finding: Finding) -> Iterable[Edit]:
    one = target(told, finding)
    if one is not None:
        yield Edit(Do.SET, one.path, names.STABLE_ENTRY, "objectType")


@MENDERS.mends(rules.ONE_LEGAL_AUTHENTICATOR, "Le responsable légal du CDA est gardé seul.", "The CDA's is kept alone.")
def _one_legal(told: Told, finding: Finding) -> Iterable[Edit]:
    one = target(told, finding)
    if one is None or one.header is None or not same_person(told, one):
        return
    path = f"{one.path}/rim:Slot[@name='legalAuthenticator']"
    yield Edit(Do.BEFORE, path, slot_xml("legalAuthenticator", person(told, one.header.legal_authenticator)))
    yield Edit(Do.REMOVE, path)


@MENDERS.mends(rules.EXTRA_SLOT, "Le slot étranger est retiré.", "The foreign slot is removed.")
def _extra_slot(told: Told, finding: Finding) -> Iterable[Edit]:
    one = target(told, finding)
    if one is not None:
        yield Edit(Do.REMOVE, f"{one.path}/rim:Slot[@name={literal(finding.found)}]")


@MENDERS.mends(rules.LATE_SLOT, "Les slots passent devant.", "Slots come first.")
def _late_slot(told: Told, finding: Finding) -> Iterable[Edit]:
    one = target(told, finding)
    if one is not None:
        yield Edit(Do.SORT, one.path, ORDER)


@MENDERS.mends(rules.CLASSIFIED, "Le lot est classé comme tel.", "The submission set is classified as such.")
def _classified(told: Told, finding: Finding) -> Iterable[Edit]:
    new = (
        f'<Classification xmlns="{names.RIM}" id="urn:uuid:{told.fresh("classified")}" '
        f"classifiedObject={quoteattr(told.deposit.submission_set.id)} "
        f'classificationNode="{names.SUBMISSION_SET_NODE}"/>'
    )
    yield Edit(Do.AFTER, LOT, new)


@MENDERS.mends(_LOT["submissionTime"], "submissionTime est l'instant présent.", "submissionTime is now.")
def _submission_time(told: Told, finding: Finding) -> Iterable[Edit]:
    yield from put_slot(LOT, "submissionTime", utc_now(told), there=False)


@MENDERS.mends(_LOT["uniqueId"], "Le lot reçoit un OID nouveau.", "The submission set gets a new OID.")
def _lot_unique_id(told: Told, finding: Finding) -> Iterable[Edit]:
    yield from put_identifier(told, LOT, names.SS_UNIQUE_ID, "XDSSubmissionSet.uniqueId", new_oid(told, "lot"))


@MENDERS.mends(_LOT["patientId"], "patientId est celui des fiches.", "patientId is the entries'.")
def _lot_patient(told: Told, finding: Finding) -> Iterable[Edit]:
    patients = {entry.patient_id for entry in told.deposit.entries if entry.patient_id}
    if len(patients) == 1:
        yield from put_identifier(told, LOT, names.SS_PATIENT_ID, "XDSSubmissionSet.patientId", *patients)


@MENDERS.mends(_LOT["author"], "L'auteur du lot est celui du document.", "The lot's author is the document's.")
def _lot_author(told: Told, finding: Finding) -> Iterable[Edit]:
    first = next((author for entry in told.deposit.entries for author in entry.authors if author.person), None)
    if first is not None:
        new = _author_xml(told, LOT, names.SS_AUTHOR, first.person, first.institutions)
        yield from add_before_identifiers(LOT, new)
