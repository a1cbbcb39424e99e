"""CDA R2 header → model. One parse, then one pass over the children of ClinicalDocument; the body is not visited."""

from collections.abc import Callable
from pathlib import Path
from xml.parsers import expat

from lxml import etree

from dmp_sim.domain.cda import NO_ID, CdaHeader, Identifier
from dmp_sim.wire.children import at
from dmp_sim.wire.lines import line_of
from socle.blobs import Blob
from socle.rules import Finding
from socle.soap import xml
from socle.soap.refusal import XmlRefused
from socle.soap.text import text_of

H = "{urn:hl7-org:v3}"
_XSL_ROOT = "{http://www.w3.org/1999/XSL/Transform}stylesheet"
_CHUNK = 64 * 1024


def _path(*names: str) -> tuple[str, ...]:
    return tuple(H + name for name in names)


_ID, _FAMILY, _NAME, _LOW, _HIGH = _path("id", "family", "name", "low", "high")
_PATIENT_ROLE, _PATIENT = _path("patientRole"), _path("patient")
_ASSIGNED_AUTHOR, _ORGANISATION = _path("assignedAuthor"), _path("representedOrganization")
_CUSTODIAN = _path("assignedCustodian", "representedCustodianOrganization")
_ENTITY, _PARENT = _path("assignedEntity"), _path("parentDocument")
_EVENT, _TIME = _path("serviceEvent"), _path("effectiveTime")
_INDUSTRY = _path("performer", "assignedEntity", "representedOrganization", "standardIndustryClassCode")
_ENCOUNTER, _FACILITY = _path("encompassingEncounter"), _path("location", "healthCareFacility", "code")
_PLAIN, _TEXT = _path("nonXMLBody"), _path("text")


class NotACda(Exception):
    """The content is no readable CDA; ``line`` is where, when it is known."""

    def __init__(self, reason: str, line: int | None = None) -> None:
        super().__init__(reason)
        self.line = line


def read_header(blob: Blob) -> CdaHeader:
    """The header of a document. Blocking for a spooled blob, which is read as a stream and never held as a whole.

    Raises :class:`NotACda` when the content is not well-formed XML or holds no ClinicalDocument.
    """
    if blob.data is None:
        assert blob.path is not None
        return _from_file(blob.path)
    try:
        root = xml.parse(blob.data)
    except XmlRefused as refused:
        raise _not_a_cda(refused.finding) from None
    return header_of(root)


def header_of(root: etree._Element) -> CdaHeader:
    """The header in a parsed document: ClinicalDocument, or an XSLT that embeds one."""
    document = _clinical_document(root)
    if document is None:
        raise NotACda(f"ClinicalDocument attendu, {etree.QName(root).localname} trouvé", line_of(root))
    header = CdaHeader(stylesheet_root=root.tag == _XSL_ROOT, line=line_of(document))
    for child in document:
        tag = child.tag
        if (reader := _READERS.get(tag)) is not None:
            reader(child, header)
        elif (value := _VALUES.get(tag)) is not None:
            setattr(header, value[0], child.get(value[1], ""))
    return header


def _clinical_document(root: etree._Element) -> etree._Element | None:
    if root.tag == f"{H}ClinicalDocument":
        return root
    return next(root.iter(f"{H}ClinicalDocument"), None) if root.tag == _XSL_ROOT else None


def _from_file(path: Path) -> CdaHeader:
    """Read as far as the body for the header, then the rest for well-formedness only, in constant memory."""
    parser = etree.XMLPullParser(("start",), resolve_entities=False, load_dtd=False, no_network=True)
    header: CdaHeader | None = None
    check = expat.ParserCreate()
    check.StartDoctypeDeclHandler = _refuse_doctype
    with path.open("rb") as file:
        try:
            while chunk := file.read(_CHUNK):
                check.Parse(chunk, False)
                if header is None:
                    parser.feed(chunk)
                    header = _reached_body(parser)
            check.Parse(b"", True)
        except expat.ExpatError as error:
            raise NotACda(expat.ErrorString(error.code), error.lineno) from None
        except etree.XMLSyntaxError as error:
            raise NotACda(error.msg or "XML mal formé", error.lineno) from None
    if header is None:
        raise NotACda("ClinicalDocument et son corps attendus")
    return header


def _reached_body(parser: etree.XMLPullParser) -> CdaHeader | None:
    for _, element in parser.read_events():
        if isinstance(element, etree._Element) and element.tag in _BODIES:
            return header_of(element.getroottree().getroot())
    return None


def _refuse_doctype(name: str, *_: object) -> None:
    raise NotACda("déclaration DOCTYPE refusée")


def _not_a_cda(finding: Finding) -> NotACda:
    return NotACda(
        f"{finding.rule.title_fr} : {finding.found}" if finding.found else finding.rule.title_fr, finding.line
    )


def _ii(element: etree._Element) -> Identifier:
    return Identifier(element.get("root", ""), element.get("extension", ""))


def _ids(element: etree._Element | None) -> list[Identifier]:
    return [
        Identifier(root, child.get("extension", ""))
        for child in (element if element is not None else ())
        if child.tag == _ID and (root := child.get("root"))
    ]


def _interval(element: etree._Element | None) -> tuple[str, str]:
    """``(low, high)`` of an IVL_TS; a point in time is its low."""
    if element is None:
        return "", ""
    start, stop = element.get("value", ""), ""
    for child in element:
        if child.tag == _LOW:
            start = child.get("value", "")
        elif child.tag == _HIGH:
            stop = child.get("value", "")
    return start, stop


def _record_target(element: etree._Element, header: CdaHeader) -> None:
    role = at(element, *_PATIENT_ROLE)
    header.patient_ids += _ids(role)
    patient = at(role, *_PATIENT)
    if patient is not None:
        for name in patient.iterchildren(_NAME):
            header.family_qualifiers += [family.get("qualifier", "") for family in name.iterchildren(_FAMILY)]


def _author(element: etree._Element, header: CdaHeader) -> None:
    assigned = at(element, *_ASSIGNED_AUTHOR)
    header.authors += _ids(assigned)
    header.author_institutions += _ids(at(assigned, *_ORGANISATION))


def _custodian(element: etree._Element, header: CdaHeader) -> None:
    header.custodians += _ids(at(element, *_CUSTODIAN))


def _legal(element: etree._Element, header: CdaHeader) -> None:
    entity = at(element, *_ENTITY)
    header.legal_authenticator = next(iter(_ids(entity)), NO_ID)
    header.legal_institutions += _ids(at(entity, *_ORGANISATION))


def _service_event(element: etree._Element, header: CdaHeader) -> None:
    """The main event: the first that tells a time; the practice setting comes from the first that tells one."""
    event = at(element, *_EVENT)
    if not header.service_start:
        header.service_start, header.service_stop = _interval(at(event, *_TIME))
    if not header.practice:
        industry = at(event, *_INDUSTRY)
        header.practice = industry.get("code", "") if industry is not None else ""


def _encounter(element: etree._Element, header: CdaHeader) -> None:
    encounter = at(element, *_ENCOUNTER)
    header.encounter_ids += _ids(encounter)
    header.admitted, header.discharged = _interval(at(encounter, *_TIME))
    code = at(encounter, *_FACILITY)
    header.facility = code.get("code", "") if code is not None else ""


def _related(element: etree._Element, header: CdaHeader) -> None:
    if element.get("typeCode") == "RPLC":
        header.replaces += _ids(at(element, *_PARENT))


def _body(element: etree._Element, header: CdaHeader) -> None:
    plain = at(element, *_PLAIN)
    header.level = "N1" if plain is not None else "N3"
    text = at(plain, *_TEXT)
    if text is not None:
        header.body_media_type = text.get("mediaType", "")


def _code(element: etree._Element, header: CdaHeader) -> None:
    header.type_code, header.type_scheme = element.get("code", ""), element.get("codeSystem", "")


def _confidentiality(element: etree._Element, header: CdaHeader) -> None:
    header.confidentiality = header.confidentiality or element.get("code", "")


def _id(element: etree._Element, header: CdaHeader) -> None:
    header.id = _ii(element)


def _set_id(element: etree._Element, header: CdaHeader) -> None:
    header.set_id = _ii(element)


def _template(element: etree._Element, header: CdaHeader) -> None:
    header.template_ids.append(element.get("root", ""))


def _title(element: etree._Element, header: CdaHeader) -> None:
    header.title = text_of(element)


_READERS: dict[str, Callable[[etree._Element, CdaHeader], None]] = {
    f"{H}templateId": _template,
    f"{H}id": _id,
    f"{H}code": _code,
    f"{H}title": _title,
    f"{H}confidentialityCode": _confidentiality,
    f"{H}setId": _set_id,
    f"{H}recordTarget": _record_target,
    f"{H}author": _author,
    f"{H}custodian": _custodian,
    f"{H}legalAuthenticator": _legal,
    f"{H}documentationOf": _service_event,
    f"{H}componentOf": _encounter,
    f"{H}relatedDocument": _related,
    f"{H}component": _body,
}
_VALUES = {
    f"{H}effectiveTime": ("effective_time", "value"),
    f"{H}languageCode": ("language", "code"),
    f"{H}versionNumber": ("version", "value"),
}
"""Elements that are one attribute: the header's field, and the attribute's name."""
_BODIES = frozenset({f"{H}text", f"{H}structuredBody"})
