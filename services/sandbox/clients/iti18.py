"""ITI-18: how a hospital finds the entryUUID of a document it wants to replace (dmp.md §1.7)."""

from datetime import datetime
from uuid import UUID

from sandbox.clients.ebrim import RIM, slot
from sandbox.clients.envelope import Answer, addressed
from sandbox.clients.vihf import vihf
from sandbox.facts import Author, Patient, Site

PATH = "/si-dmp-server/v2/services/registry"
ACTION = "urn:ihe:iti:2007:RegistryStoredQuery"
_QUERY = "urn:oasis:names:tc:ebxml-regrep:xsd:query:3.0"
_GET_DOCUMENTS = "urn:uuid:5c4f972b-d56b-40ac-a5fc-c8ca9b40b9d4"
_UNIQUE_ID = "urn:uuid:2e82c1f6-a085-4c72-9da3-8640a32e42ab"
HEADERS = {"Content-Type": f'application/soap+xml; charset=UTF-8; action="{ACTION}"'}


def get_documents(
    unique_id: str, *, base_url: str, token: UUID, now: datetime, site: Site, author: Author, patient: Patient
) -> bytes:
    """The envelope of a GetDocuments query by uniqueId."""
    wanted = slot("$XDSDocumentEntryUniqueId", f"('{unique_id}')")
    body = (
        f'<query:AdhocQueryRequest xmlns:query="{_QUERY}" xmlns:rim="{RIM}">'
        '<query:ResponseOption returnComposedObjects="true" returnType="LeafClass"/>'
        f'<rim:AdhocQuery id="{_GET_DOCUMENTS}">{wanted}'
        "</rim:AdhocQuery></query:AdhocQueryRequest>"
    )
    header = vihf(f"_{token}", now, site=site, author=author, patient=patient)
    return addressed(ACTION, f"urn:uuid:{token}", f"{base_url}{PATH}", header=header, body=body)


def entry_uuid(answer: Answer, unique_id: str) -> str | None:
    """The id of the approved entry with this uniqueId; None when the answer does not hold it."""
    for entry in answer.body.iter(f"{{{RIM}}}ExtrinsicObject"):
        if not (entry.get("status") or "").endswith(":Approved"):
            continue
        for external in entry.iter(f"{{{RIM}}}ExternalIdentifier"):
            if external.get("identificationScheme") == _UNIQUE_ID and external.get("value") == unique_id:
                return entry.get("id")
    return None
