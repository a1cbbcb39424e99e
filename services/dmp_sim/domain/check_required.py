"""Rules of presence: what a lot and each document entry must hold (CI-SIS cardinalities)."""

from collections.abc import Iterator
from operator import attrgetter

from dmp_sim.domain import names
from dmp_sim.domain.model import Deposit, DocumentEntry, SubmissionSet
from dmp_sim.domain.ruling import ITI41, LOGICAL, SEEN, at_entry, at_lot, rule, warning
from socle.rules import Certainty, Finding, Rule

SUBMISSION_SET = rule(
    "lot.submission-set",
    "Le message porte exactement un lot de soumission",
    "The message holds exactly one submission set",
    "Envoyer un RegistryPackage et sa Classification de lot (urn:uuid:a54d6aa5-…).",
    source=ITI41,
    certainty=Certainty.FAITHFUL,
    structural=True,
)
CLASSIFIED = warning(
    "lot.classification",
    "Le RegistryPackage est classé comme lot de soumission",
    "The RegistryPackage is classified as a submission set",
    f'Ajouter Classification classificationNode="{names.SUBMISSION_SET_NODE}", à côté du RegistryPackage ou dedans.',
    source=ITI41,
)
NO_DOCUMENT = rule(
    "lot.document",
    "Le lot contient au moins un document",
    "The lot holds at least one document",
    "Ajouter un ExtrinsicObject (et son contenu) en plus de la signature du lot.",
    source=LOGICAL,
)


def _required(kind: str, attribute: str, structural: bool = False) -> Rule:
    article = "lot" if kind == "lot" else "fiche"
    slug = "".join(f"-{c.lower()}" if c.isupper() else c for c in attribute)
    return rule(
        f"{kind}.{slug}.required",
        f"{article.capitalize()} : {attribute} est obligatoire",
        f"{'Submission set' if kind == 'lot' else 'Document entry'}: {attribute} is required",
        f"Renseigner {attribute}.",
        source=LOGICAL,
        certainty=Certainty.FAITHFUL,
        structural=structural,
    )


LOT_REQUIRED = {
    name: _required("lot", name, structural=name == "uniqueId")
    for name in ("author", "contentTypeCode", "patientId", "sourceId", "submissionTime", "uniqueId")
}
_ENTRY_FIELDS = {
    "classCode": "class_code",
    "confidentialityCode": "confidentiality",
    "creationTime": "creation_time",
    "formatCode": "format_code",
    "healthcareFacilityTypeCode": "facility",
    "languageCode": "language",
    "legalAuthenticator": "legal_authenticators",
    "mimeType": "mime_type",
    "patientId": "patient_id",
    "practiceSettingCode": "practice",
    "serviceStartTime": "service_start",
    "sourcePatientId": "source_patient_id",
    "title": "title",
    "typeCode": "type_code",
    "uniqueId": "unique_id",
}
"""Attribute in XDS → field of ``DocumentEntry``."""
ENTRY_REQUIRED = {name: _required("entry", name, structural=name == "uniqueId") for name in ("author", *_ENTRY_FIELDS)}
NOT_ASKED_OF_SIGNATURES = frozenset(
    {"healthcareFacilityTypeCode", "legalAuthenticator", "practiceSettingCode", "serviceStartTime", "sourcePatientId"}
)
"""The samples' signature entries differ in these; we do not ask for them (our own choice)."""
_SIGNATURE_FIELDS = {name: field for name, field in _ENTRY_FIELDS.items() if name not in NOT_ASKED_OF_SIGNATURES}
_OF_ENTRY, _OF_SIGNATURE = attrgetter(*_ENTRY_FIELDS.values()), attrgetter(*_SIGNATURE_FIELDS.values())

OBJECT_TYPE = rule(
    "entry.object-type",
    "La fiche est une fiche de document stable",
    "The entry is a stable document entry",
    f'objectType="{names.STABLE_ENTRY}".',
    source=ITI41,
    certainty=Certainty.FAITHFUL,
)
CONFIDENTIALITY_COUNT = rule(
    "entry.confidentiality-code.count",
    "Au plus quatre codes de confidentialité",
    "At most four confidentiality codes",
    "Retirer les codes en trop.",
    source=LOGICAL,
    certainty=Certainty.FAITHFUL,
)
ONE_LEGAL_AUTHENTICATOR = rule(
    "entry.legal-authenticator.single",
    "Un seul responsable légal",
    "One legal authenticator",
    "Garder une seule valeur dans le slot legalAuthenticator.",
    source=LOGICAL,
    certainty=Certainty.FAITHFUL,
)
EXTRA_SLOT = warning(
    "entry.extra-slot",
    "Slot étranger à la fiche (gardé et rendu)",
    "A slot that is no attribute of a document entry (kept and given back)",
    "Retirer le slot, ou le préfixer par urn:.",
    source=SEEN,
)
LATE_SLOT = warning(
    "entry.slot-order",
    "Slot placé après les Classifications (erreur de schéma)",
    "A slot after the Classifications (an error against the schema)",
    "Écrire tous les Slot avant Name, Classification et ExternalIdentifier.",
    source=SEEN,
)


def check_required(deposit: Deposit) -> Iterator[Finding]:
    """Findings about what is absent. After a structural one the other checks of the lot make no sense."""
    if len(deposit.submission_sets) != 1:
        yield SUBMISSION_SET.finding(
            where="//RegistryObjectList", expected="1 RegistryPackage", found=str(len(deposit.submission_sets))
        )
        return
    yield from _lot(deposit.submission_set)
    if all(entry.is_signature for entry in deposit.entries):
        yield NO_DOCUMENT.finding(where="//RegistryObjectList", expected="1..* ExtrinsicObject", found="0")
    for entry in deposit.entries:
        yield from _entry(entry)


def _lot(lot: SubmissionSet) -> Iterator[Finding]:
    present = {
        "author": any(author.person for author in lot.authors),
        "contentTypeCode": lot.content_type is not None and lot.content_type.code,
        "patientId": lot.patient_id,
        "sourceId": lot.source_id,
        "submissionTime": lot.submission_time,
        "uniqueId": lot.unique_id,
    }
    if not lot.classified:
        yield CLASSIFIED.finding(
            where=at_lot(lot, "Classification"), expected=names.SUBMISSION_SET_NODE, found="(absente)", line=lot.line
        )
    for attribute, value in present.items():
        if not value:
            yield LOT_REQUIRED[attribute].finding(
                where=at_lot(lot, attribute), expected="1..1", found="(absent)", line=lot.line
            )


def _entry(entry: DocumentEntry) -> Iterator[Finding]:
    fields, values = (
        (_SIGNATURE_FIELDS, _OF_SIGNATURE(entry)) if entry.is_signature else (_ENTRY_FIELDS, _OF_ENTRY(entry))
    )
    absent = [] if all(values) else [name for name, value in zip(fields, values, strict=True) if not value]
    if not any(author.person for author in entry.authors):
        absent.insert(0, "author")
    for attribute in absent:
        yield ENTRY_REQUIRED[attribute].finding(
            where=at_entry(entry, attribute), expected="1..*", found="(absent)", line=entry.line
        )
    if entry.object_type != names.STABLE_ENTRY:
        yield OBJECT_TYPE.finding(
            where=at_entry(entry, "@objectType"),
            expected=names.STABLE_ENTRY,
            found=entry.object_type or "(absent)",
            line=entry.line,
        )
    if len(entry.confidentiality) > 4:
        yield CONFIDENTIALITY_COUNT.finding(
            where=at_entry(entry, "confidentialityCode"),
            expected="1..4",
            found=str(len(entry.confidentiality)),
            line=entry.line,
        )
    if len(entry.legal_authenticators) > 1:
        yield ONE_LEGAL_AUTHENTICATOR.finding(
            where=at_entry(entry, "legalAuthenticator"),
            expected="1",
            found=str(len(entry.legal_authenticators)),
            line=entry.line,
        )
    for name in entry.extra_slots:
        if not name.startswith("urn:"):
            yield EXTRA_SLOT.finding(where=at_entry(entry, f"Slot[@name='{name}']"), found=name, line=entry.line)
    for name in entry.late_slots:
        yield LATE_SLOT.finding(where=at_entry(entry, f"Slot[@name='{name}']"), found=name, line=entry.line)
