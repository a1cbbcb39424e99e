"""CDA R2 header → model. One parse, then one pass over the children of ClinicalDocument; the body is not visited."""

from collections.abc import Callable, Iterator
from pathlib import Path
from xml.parsers import expat

from lxml import etree

from dmp_sim.domain.cda import CdaHeader, Identifier
from dmp_sim.wire.lines import line_of
from socle.blobs import Blob
from socle.rules import Finding
from socle.soap import xml
from socle.soap.refusal import XmlRefused

H = "{urn:hl7-org:v3}"
_XSL_ROOT = "{http://www.w3.org/1999/XSL/Transform}stylesheet"
_CHUNK = 64 * 1024


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


def _ids(element: etree._Element | None) -> Iterator[Identifier]:
    if element is not None:
        for child in element.iterchildren(f"{H}id"):
            if child.get("root"):
                yield _ii(child)


def _first_id(element: etree._Element | None) -> Identifier:
    return next(_ids(element), Identifier(""))


def _interval(element: etree._Element | None) -> tuple[str, str]:
    """``(low, high)`` of an IVL_TS; a point in time is its low."""
    if element is None:
        return "", ""
    low, high = element.find(f"{H}low"), element.find(f"{H}high")
    start = low.get("value", "") if low is not None else element.get("value", "")
    return start, high.get("value", "") if high is not None else ""


def _record_target(element: etree._Element, header: CdaHeader) -> None:
    role = element.find(f"{H}patientRole")
    if role is not None:
        header.patient_ids.extend(_ids(role))
        for name in role.iterfind(f"{H}patient/{H}name/{H}family"):
            header.family_qualifiers.append(name.get("qualifier", ""))


def _author(element: etree._Element, header: CdaHeader) -> None:
    assigned = element.find(f"{H}assignedAuthor")
    if assigned is not None:
        header.authors.extend(_ids(assigned))
        header.author_institutions.extend(_ids(assigned.find(f"{H}representedOrganization")))


def _custodian(element: etree._Element, header: CdaHeader) -> None:
    path = f"{H}assignedCustodian/{H}representedCustodianOrganization"
    header.custodians.extend(_ids(element.find(path)))


def _legal(element: etree._Element, header: CdaHeader) -> None:
    entity = element.find(f"{H}assignedEntity")
    if entity is not None:
        header.legal_authenticator = _first_id(entity)
        header.legal_institutions.extend(_ids(entity.find(f"{H}representedOrganization")))


def _service_event(element: etree._Element, header: CdaHeader) -> None:
    """The main event: the first that tells a time; the practice setting comes from the first that tells one."""
    event = element.find(f"{H}serviceEvent")
    if event is None:
        return
    if not header.service_start:
        header.service_start, header.service_stop = _interval(event.find(f"{H}effectiveTime"))
    if not header.practice:
        industry = event.find(f"{H}performer/{H}assignedEntity/{H}representedOrganization/{H}standardIndustryClassCode")
        header.practice = industry.get("code", "") if industry is not None else ""


def _encounter(element: etree._Element, header: CdaHeader) -> None:
    encounter = element.find(f"{H}encompassingEncounter")
    if encounter is None:
        return
    header.encounter_ids.extend(_ids(encounter))
    header.admitted, header.discharged = _interval(encounter.find(f"{H}effectiveTime"))
    code = encounter.find(f"{H}location/{H}healthCareFacility/{H}code")
    header.facility = code.get("code", "") if code is not None else ""


def _related(element: etree._Element, header: CdaHeader) -> None:
    if element.get("typeCode") == "RPLC":
        header.replaces.extend(_ids(element.find(f"{H}parentDocument")))


def _body(element: etree._Element, header: CdaHeader) -> None:
    text = element.find(f"{H}nonXMLBody/{H}text")
    header.level = "N1" if element.find(f"{H}nonXMLBody") is not None else "N3"
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
