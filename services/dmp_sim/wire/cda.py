"""CDA R2 header → model. One parse, then one pass over the children of ClinicalDocument; the body is not visited."""

from collections.abc import Callable
from pathlib import Path
from xml.parsers import expat

from lxml import etree

from dmp_sim.domain.cda import NO_ID, CdaHeader, Identifier
from dmp_sim.wire.lines import line_of
from socle.blobs import Blob
from socle.rules import Finding
from socle.soap import xml
from socle.soap.refusal import XmlRefused

H = "{urn:hl7-org:v3}"
_XSL_ROOT = "{http://www.w3.org/1999/XSL/Transform}stylesheet"
_CHUNK = 64 * 1024
_ID = f"{H}id"
_INDUSTRY = tuple(
    H + name for name in ("performer", "assignedEntity", "representedOrganization", "standardIndustryClassCode")
)


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
        if tag.__class__ is str and (reader := _READERS.get(tag)) is not None:
            reader(child, header)
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
    if element is None:
        return []
    return [
        Identifier(root, child.get("extension", ""))
        for child in element.iterchildren(_ID)
        if (root := child.get("root"))
    ]


def _first_id(element: etree._Element | None) -> Identifier:
    return next(iter(_ids(element)), NO_ID)


def _at(element: etree._Element | None, *path: str) -> etree._Element | None:
    """The first descendant along ``path``; three times as fast as ``find``, which the header pays for."""
    for name in path:
        if element is None:
            return None
        element = next(element.iterchildren(name), None)
    return element


def _interval(element: etree._Element | None) -> tuple[str, str]:
    """``(low, high)`` of an IVL_TS; a point in time is its low."""
    if element is None:
        return "", ""
    start, stop = element.get("value", ""), ""
    for child in element:
        if child.tag == f"{H}low":
            start = child.get("value", "")
        elif child.tag == f"{H}high":
            stop = child.get("value", "")
    return start, stop


def _record_target(element: etree._Element, header: CdaHeader) -> None:
    role = _at(element, f"{H}patientRole")
    header.patient_ids += _ids(role)
    patient = _at(role, f"{H}patient")
    if patient is not None:
        for name in patient.iterchildren(f"{H}name"):
            header.family_qualifiers += [family.get("qualifier", "") for family in name.iterchildren(f"{H}family")]


def _author(element: etree._Element, header: CdaHeader) -> None:
    assigned = _at(element, f"{H}assignedAuthor")
    header.authors += _ids(assigned)
    header.author_institutions += _ids(_at(assigned, f"{H}representedOrganization"))


def _custodian(element: etree._Element, header: CdaHeader) -> None:
    header.custodians += _ids(_at(element, f"{H}assignedCustodian", f"{H}representedCustodianOrganization"))


def _legal(element: etree._Element, header: CdaHeader) -> None:
    entity = _at(element, f"{H}assignedEntity")
    header.legal_authenticator = _first_id(entity)
    header.legal_institutions += _ids(_at(entity, f"{H}representedOrganization"))


def _service_event(element: etree._Element, header: CdaHeader) -> None:
    """The main event: the first that tells a time; the practice setting comes from the first that tells one."""
    event = _at(element, f"{H}serviceEvent")
    if not header.service_start:
        header.service_start, header.service_stop = _interval(_at(event, f"{H}effectiveTime"))
    if not header.practice:
        industry = _at(event, *_INDUSTRY)
        header.practice = industry.get("code", "") if industry is not None else ""


def _encounter(element: etree._Element, header: CdaHeader) -> None:
    encounter = _at(element, f"{H}encompassingEncounter")
    header.encounter_ids += _ids(encounter)
    header.admitted, header.discharged = _interval(_at(encounter, f"{H}effectiveTime"))
    code = _at(encounter, f"{H}location", f"{H}healthCareFacility", f"{H}code")
    header.facility = code.get("code", "") if code is not None else ""


def _related(element: etree._Element, header: CdaHeader) -> None:
    if element.get("typeCode") == "RPLC":
        header.replaces += _ids(_at(element, f"{H}parentDocument"))


def _body(element: etree._Element, header: CdaHeader) -> None:
    plain = _at(element, f"{H}nonXMLBody")
    header.level = "N1" if plain is not None else "N3"
    text = _at(plain, f"{H}text")
    if text is not None:
        header.body_media_type = text.get("mediaType", "")


def _code(element: etree._Element, header: CdaHeader) -> None:
    header.type_code, header.type_scheme = element.get("code", ""), element.get("codeSystem", "")


def _confidentiality(element: etree._Element, header: CdaHeader) -> None:
    header.confidentiality = header.confidentiality or element.get("code", "")


def _set(attribute: str, value: Callable[[etree._Element], object]) -> Callable[[etree._Element, CdaHeader], None]:
    def reader(element: etree._Element, header: CdaHeader) -> None:
        setattr(header, attribute, value(element))

    return reader


_READERS: dict[str, Callable[[etree._Element, CdaHeader], None]] = {
    f"{H}templateId": lambda element, header: header.template_ids.append(element.get("root", "")),
    f"{H}id": _set("id", _ii),
    f"{H}code": _code,
    f"{H}title": _set("title", lambda element: (element.text or "").strip()),
    f"{H}effectiveTime": _set("effective_time", lambda element: element.get("value", "")),
    f"{H}confidentialityCode": _confidentiality,
    f"{H}languageCode": _set("language", lambda element: element.get("code", "")),
    f"{H}setId": _set("set_id", _ii),
    f"{H}versionNumber": _set("version", lambda element: element.get("value", "")),
    f"{H}recordTarget": _record_target,
    f"{H}author": _author,
    f"{H}custodian": _custodian,
    f"{H}legalAuthenticator": _legal,
    f"{H}documentationOf": _service_event,
    f"{H}componentOf": _encounter,
    f"{H}relatedDocument": _related,
    f"{H}component": _body,
}
_BODIES = frozenset({f"{H}text", f"{H}structuredBody"})
