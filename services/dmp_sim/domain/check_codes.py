"""Rules of coded metadata: value sets, agreement of class and type, format and media type."""

from collections.abc import Iterator, Mapping

from dmp_sim.domain.model import Code, Deposit, Document, DocumentEntry
from dmp_sim.domain.ruling import ITI41, SEEN, at_entry, at_lot, rule, warning
from dmp_sim.domain.valuesets import (
    CLASS_CODES,
    CLASS_OF_TYPE,
    CLASS_SCHEME,
    CONFIDENTIALITY,
    CONTENT_TYPES,
    FACILITY_TYPES,
    FORMAT_OF_MEDIA_TYPE,
    FORMAT_OF_TEMPLATE,
    LOINC,
    MIME_TYPES,
    PRACTICE_SETTINGS,
    TRE_A05,
    TYPE_CODES,
)
from socle.rules import Certainty, Finding, Rule


def _value_set(slug: str, attribute: str, source: str, version: str) -> Rule:
    return rule(
        f"code.{slug}",
        f"{attribute} est dans {source.split(maxsplit=1)[0]}, sous le bon système de codage",
        f"{attribute} belongs to {source.split(maxsplit=1)[0]}, under its own coding scheme",
        f"Prendre un code de {source} ; le slot codingScheme porte l'OID du système de codage.",
        source=source,
        version=version,
        certainty=Certainty.FAITHFUL,
    )


CLASS = _value_set("class", "classCode", "JDV_J57 ClassCode-DMP", "2021, avec 95 (ASS_X16 2024)")
TYPE = _value_set("type", "typeCode", "JDV_J07 TypeCode-CISIS", "27/09/2024")
CONFIDENTIALITY_CODE = _value_set("confidentiality", "confidentialityCode", "JDV_J58 ConfidentialityCode-DMP", "2020")
FACILITY = _value_set("facility", "healthcareFacilityTypeCode", "JDV_J02 HealthcareFacilityTypeCode-CISIS", "2024")
PRACTICE = _value_set("practice", "practiceSettingCode", "JDV_J04 PracticeSettingCode-CISIS", "27/09/2024")
CLASS_TYPE = rule(
    "code.class-type",
    "classCode est celui que la table d'association donne au typeCode",
    "classCode is the one that the table of agreement gives the typeCode",
    "Prendre la classe de la table ASS_X16 pour ce type.",
    source="ASS_X16 restreinte aux codes DMP",
    version="23/02/2024",
    certainty=Certainty.FAITHFUL,
)
CONTENT_TYPE = warning(
    "code.content-type",
    "contentTypeCode est dans JDV_J59 (partie connue)",
    "contentTypeCode belongs to JDV_J59 (the part known here)",
    "Prendre un code de JDV_J59 : 03, 04, 07, 19, SAxx …",
    source="JDV_J59 ContentTypeCode-DMP",
    certainty=Certainty.SIMPLIFIED,
)
FORMAT_TEMPLATE = warning(
    "code.format-template",
    "formatCode est celui du modèle du CDA (ou du format encapsulé)",
    "formatCode is the one of the CDA's template (or of its embedded format)",
    "Prendre le format de la table ASS_A11 (modèles) ou ASS_A12 (niveau 1).",
    source="ASS_A11, ASS_A12",
    version="29/06/2026",
    certainty=Certainty.SIMPLIFIED,
)
MIME_TYPE = warning(
    "entry.mime-type",
    "mimeType est text/xml (CDA), application/xslt+xml (auto-présentable) ou application/dicom (KOS)",
    "mimeType is text/xml (CDA), application/xslt+xml (auto-presentable) or application/dicom (KOS)",
    "Corriger l'attribut mimeType de l'ExtrinsicObject.",
    source=ITI41 + "; " + SEEN,
    certainty=Certainty.SIMPLIFIED,
)


def check_codes(deposit: Deposit) -> Iterator[Finding]:
    """Findings about codes; the signature's own codes are fixed and are not looked up."""
    lot = deposit.submission_set
    content = lot.content_type
    if content is not None and content.code not in CONTENT_TYPES and not content.code.startswith("SA"):
        yield CONTENT_TYPE.finding(where=at_lot(lot, "contentTypeCode"), found=content.code, line=lot.line)
    for entry in deposit.entries:
        if not entry.is_signature:
            yield from _entry(entry)
            document = deposit.document_of(entry)
            if document is not None and document.cda is not None:
                yield from _format(entry, document)


def _entry(entry: DocumentEntry) -> Iterator[Finding]:
    class_code, type_code = entry.class_code, entry.type_code
    if class_code is not None and (class_code.code not in CLASS_CODES or class_code.scheme != CLASS_SCHEME):
        yield _unknown(CLASS, entry, "classCode", class_code)
    if type_code is not None:
        scheme = LOINC if type_code.code[0:1].isdigit() else TRE_A05
        if type_code.code not in TYPE_CODES or type_code.scheme != scheme:
            yield _unknown(TYPE, entry, "typeCode", type_code)
        expected = CLASS_OF_TYPE.get(type_code.code)
        if expected is not None and class_code is not None and class_code.code != expected:
            yield CLASS_TYPE.finding(
                where=at_entry(entry, "classCode"),
                expected=f"{expected} ({type_code.code})",
                found=class_code.code,
                line=entry.line,
            )
    for code in entry.confidentiality:
        yield from _lookup(CONFIDENTIALITY_CODE, entry, "confidentialityCode", code, CONFIDENTIALITY)
    yield from _lookup(FACILITY, entry, "healthcareFacilityTypeCode", entry.facility, FACILITY_TYPES)
    yield from _lookup(PRACTICE, entry, "practiceSettingCode", entry.practice, PRACTICE_SETTINGS)
    if entry.mime_type and entry.mime_type not in MIME_TYPES:
        yield MIME_TYPE.finding(where=at_entry(entry, "@mimeType"), found=entry.mime_type, line=entry.line)


def _lookup(
    breached: Rule, entry: DocumentEntry, attribute: str, code: Code | None, value_set: Mapping[str, str]
) -> Iterator[Finding]:
    if code is not None and value_set.get(code.code) != code.scheme:
        yield _unknown(breached, entry, attribute, code, value_set.get(code.code))


def _unknown(breached: Rule, entry: DocumentEntry, attribute: str, code: Code, scheme: str | None = None) -> Finding:
    return breached.finding(
        where=at_entry(entry, attribute),
        expected=f"codingScheme {scheme}" if scheme else breached.source,
        found=f"{code.code}^{code.scheme}",
        line=entry.line,
    )


def _format(entry: DocumentEntry, document: Document) -> Iterator[Finding]:
    assert document.cda is not None
    header = document.cda
    if header.level == "N1":
        expected = {FORMAT_OF_MEDIA_TYPE.get(header.body_media_type)} - {None}
    else:
        expected = {FORMAT_OF_TEMPLATE.get(template) for template in header.template_ids} - {None}
    if expected and entry.format_code is not None and entry.format_code.code not in expected:
        yield FORMAT_TEMPLATE.finding(
            where=at_entry(entry, "formatCode"),
            expected=" | ".join(sorted(filter(None, expected))),
            found=entry.format_code.code,
            line=entry.line,
            part=document.part,
        )
