"""ITI-43 RetrieveDocumentSet: request → ids, documents → response with XOP attachments."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote
from uuid import uuid4

from lxml import etree

from dmp_sim.domain import names
from dmp_sim.domain.query import StoredEntry
from dmp_sim.domain.verdict import RegistryError
from dmp_sim.wire.response import registry_response
from socle.blobs import Blob
from socle.soap.render import escape
from socle.soap.text import text_of

BODY = f"{{{names.XDSB}}}RetrieveDocumentSetRequest"
ACTIONS = frozenset({"urn:ihe:iti:2007:RetrieveDocumentSet", "urn:ihe:iti:xds-b:2007:RetrieveDocumentSet"})
RESPONSE_ACTION = "urn:ihe:iti:2007:RetrieveDocumentSetResponse"
_X = f"{{{names.XDSB}}}"
_XOP = "http://www.w3.org/2004/08/xop/include"
PART_TYPE = "application/octet-stream"
"""Of every document part: clients look for exactly this on a KOS."""


@dataclass(frozen=True, slots=True)
class DocumentRequest:
    """One document asked for."""

    repository: str
    unique_id: str


def read_requests(body: etree._Element) -> list[DocumentRequest]:
    """All DocumentRequest of the body."""
    return [
        DocumentRequest(
            text_of(item.find(f"{_X}RepositoryUniqueId")),
            text_of(item.find(f"{_X}DocumentUniqueId")),
        )
        for item in body.iterchildren(f"{_X}DocumentRequest")
    ]


def render(
    found: Sequence[tuple[StoredEntry, Blob]], errors: Sequence[RegistryError]
) -> tuple[bytes, list[tuple[str, str, Blob]]]:
    """The body and its attachments: Success, PartialSuccess or Failure, as the errors say."""
    status = names.SUCCESS if not errors else names.PARTIAL_SUCCESS if found else names.FAILURE
    attachments: list[tuple[str, str, Blob]] = []
    written = [f'<ns2:RetrieveDocumentSetResponse xmlns:ns2="{names.XDSB}">{registry_response(status, errors)}']
    for number, (stored, blob) in enumerate(found, 1):
        cid = f"{uuid4()}-{number}@{names.XDSB}"
        attachments.append((cid, PART_TYPE, blob))
        written.append(_document(stored.entry.unique_id, stored.entry.mime_type, cid))
    written.append("</ns2:RetrieveDocumentSetResponse>")
    return "".join(written).encode(), attachments


def render_broken(unique_id: str, content: Blob | None) -> tuple[bytes, list[tuple[str, str, Blob]]]:
    """A Success that gives ``content`` whatever the document is, or points at a part that is not there (D10)."""
    cid = "absente@socles" if content is None else "vide@socles"
    body = (
        f'<ns2:RetrieveDocumentSetResponse xmlns:ns2="{names.XDSB}">{registry_response(names.SUCCESS, ())}'
        f"{_document(unique_id, 'text/xml', cid)}</ns2:RetrieveDocumentSetResponse>"
    )
    return body.encode(), [] if content is None else [(cid, PART_TYPE, content)]


def _document(unique_id: str, mime_type: str, cid: str) -> str:
    return (
        f"<ns2:DocumentResponse><ns2:RepositoryUniqueId>{names.REPOSITORY_UNIQUE_ID}</ns2:RepositoryUniqueId>"
        f"<ns2:DocumentUniqueId>{escape(unique_id)}</ns2:DocumentUniqueId>"
        f"<ns2:mimeType>{escape(mime_type)}</ns2:mimeType>"
        f'<ns2:Document><xop:Include xmlns:xop="{_XOP}" href="cid:{quote(cid, safe="")}"/></ns2:Document>'
        "</ns2:DocumentResponse>"
    )
