"""TD3.1 of the DMP by any HTTP client: the documents of the test patient, for a structure."""

import httpx

from dmp_sim.domain import names
from dmp_sim.domain.query import FIND_DOCUMENTS
from support.dmp_message import soap, vihf

REGISTRY = "/si-dmp-server/v2/services/registry"
PATIENT = "279035121518989^^^&1.2.250.1.213.1.4.10&ISO^NH"
STRUCTURE = "1699050001"
"""OU of the certificates that are issued for nobody in particular."""
CONTENT_TYPE = "application/soap+xml"


def request(structure: str = STRUCTURE) -> bytes:
    """The whole message."""
    slots = {"$XDSDocumentEntryPatientId": f"'{PATIENT.replace('&', '&amp;')}'"}
    slots["$XDSDocumentEntryStatus"] = "('urn:oasis:names:tc:ebxml-regrep:StatusType:Approved')"
    listed = "".join(
        f'<rim:Slot name="{name}"><rim:ValueList><rim:Value>{value}</rim:Value></rim:ValueList></rim:Slot>'
        for name, value in slots.items()
    )
    body = (
        f'<q:AdhocQueryRequest xmlns:q="{names.QUERY}"><q:ResponseOption returnComposedObjects="true" '
        f'returnType="LeafClass"/><rim:AdhocQuery id="{FIND_DOCUMENTS}">{listed}</rim:AdhocQuery></q:AdhocQueryRequest>'
    )
    return soap("urn:ihe:iti:2007:RegistryStoredQuery", body, vihf(PATIENT, structure))


def find_documents(client: httpx.Client, url: str, structure: str = STRUCTURE, **headers: str) -> httpx.Response:
    return client.post(url + REGISTRY, content=request(structure), headers={"Content-Type": CONTENT_TYPE, **headers})
