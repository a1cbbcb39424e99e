"""ITI-41 ProvideAndRegisterDocumentSet-b: envelope and parts → :class:`Deposit` (domain/dmp.md §0.5, §1.5)."""

from lxml import etree

from dmp_sim.domain import names
from dmp_sim.domain.model import Deposit, Document
from dmp_sim.wire.cda import NotACda, read_header
from dmp_sim.wire.children import at
from dmp_sim.wire.ebrim import read_objects
from socle.soap.include import XOP_INCLUDE, content_of
from socle.soap.model import Call, FaultCode, SoapFault
from socle.soap.offload import by_size
from socle.soap.refusal import MimeRefused

BODY = f"{{{names.XDSB}}}ProvideAndRegisterDocumentSetRequest"
ACTIONS = frozenset(
    {
        "urn:ihe:iti:2007:ProvideAndRegisterDocumentSet-b",
        "urn:ihe:iti:xds-b:2007:ProvideAndRegisterDocumentSet-b",
        "urn:ihe:iti:xds-b:2007:DocumentRepository_ProvideAndRegisterDocumentSet-b",
    }
)
RESPONSE_ACTION = "urn:ihe:iti:2007:ProvideAndRegisterDocumentSet-bResponse"

_XML_TYPES = frozenset({"text/xml", "application/xslt+xml", "application/xml"})
_DOCUMENT = f"{{{names.XDSB}}}Document"
_OBJECTS = (f"{{{names.LCM}}}SubmitObjectsRequest", f"{{{names.RIM}}}RegistryObjectList")


async def read_deposit(call: Call) -> Deposit:
    """Read the message; documents that their entry calls XML have their CDA header read.

    Raises ``SoapFault`` when there is no RegistryObjectList, ``MimeRefused`` when an inline document is no base64.
    """
    body = call.envelope.body
    objects = at(body, *_OBJECTS)
    if objects is None:
        raise SoapFault(
            FaultCode.SENDER, "Requête invalide : lcm:SubmitObjectsRequest/rim:RegistryObjectList est absent."
        )
    deposit = Deposit()
    read_objects(objects, deposit)
    for element in body.iterchildren(_DOCUMENT):
        document = await _document(element, call)
        if document is None:
            deposit.missing_parts.append(element.get("id", ""))
        else:
            deposit.documents.append(document)
    for entry in deposit.entries:
        content = deposit.document_of(entry)
        if content is not None and entry.mime_type in _XML_TYPES and not entry.is_signature:
            await by_size(content.blob.size, _read_cda, content)
    return deposit


async def _document(element: etree._Element, call: Call) -> Document | None:
    identifier = element.get("id", "")
    included = at(element, XOP_INCLUDE) is not None
    try:
        part = await content_of(element, call, identifier)
    except MimeRefused:
        if included:
            return None
        raise
    return Document(
        identifier,
        part.blob,
        part.sha1,
        part.sha1_with_eol,
        part.eol_length,
        part.content_id if included else None,
    )


def _read_cda(document: Document) -> None:
    try:
        document.cda = read_header(document.blob)
    except NotACda as error:
        document.cda_error, document.cda_error_line = str(error), error.line
