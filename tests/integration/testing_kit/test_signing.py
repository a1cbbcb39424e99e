"""Signed assertions from the kit, in a workspace that verifies them."""

from uuid import UUID, uuid4

import httpx
import pytest
from lxml import etree

from dmp_sim.domain import names
from dmp_sim.domain.query import FIND_DOCUMENTS
from sandbox import examples
from socles.testing import Refused, Socles
from support.dmp_message import soap

PATIENT = "279035121518989^^^&1.2.250.1.213.1.4.10&ISO^NH"
STRUCTURE = "1699050001"
BODY = (
    f'<q:AdhocQueryRequest xmlns:q="{names.QUERY}"><q:ResponseOption returnComposedObjects="true" '
    f'returnType="LeafClass"/><rim:AdhocQuery id="{FIND_DOCUMENTS}"><rim:Slot name="$XDSDocumentEntryStatus">'
    f"<rim:ValueList><rim:Value>('{names.APPROVED}')</rim:Value></rim:ValueList></rim:Slot></rim:AdhocQuery></q:AdhocQueryRequest>"
)


def query(socles: Socles, header: str) -> httpx.Response:
    raw = soap("urn:ihe:iti:2007:RegistryStoredQuery", BODY, header)
    kind = {"content-type": "application/soap+xml"}
    return httpx.post(socles.dmp_registry_url, content=raw, headers=kind, trust_env=False)


@pytest.mark.socles(fail_on="never")
def test_right_ones_are_taken_and_wrong_ones_refused(socles: Socles) -> None:
    assert socles.assertions == ""
    socles.assertions = "strict"
    assert socles.assertions == "strict"
    assert query(socles, socles.sign.vihf(STRUCTURE, PATIENT)).status_code == 200
    for flaw in ("unsigned", "xsw4", "expired-assertion"):
        assert flaw in socles.sign.flaws()
        assert query(socles, socles.sign.vihf(STRUCTURE, PATIENT, flaw=flaw)).status_code == 500
    old = socles.sign.vihf(STRUCTURE, PATIENT)
    socles.clock.advance(seconds=3600)
    assert query(socles, old).status_code == 500
    assert query(socles, socles.sign.vihf(STRUCTURE, PATIENT, lps_name="MON LOGICIEL")).status_code == 200


@pytest.mark.socles(fail_on="never")
def test_lots_are_verified_where_the_workspace_says_so(socles: Socles) -> None:
    plain = examples.deposit(token=UUID(int=uuid4().int | 1))
    kind = {"content-type": plain.content_type}
    assert socles.lots == ""
    socles.assertions, socles.lots = "off", "strict"
    assert (socles.assertions, socles.lots) == ("off", "strict")
    refused = httpx.post(f"{socles.url}{plain.path}", content=plain.body, headers=kind, trust_env=False)
    assert b"Success" not in refused.content, "its signer is nobody's"
    (told,) = socles.exchanges(outcome="refused")
    assert told.rules == ("dmp.xades.certificate.issuer",)
    socles.lots = "off"
    taken = httpx.post(f"{socles.url}{plain.path}", content=plain.body, headers=kind, trust_env=False)
    assert b"ResponseStatusType:Success" in taken.content


def test_insi_and_lots(socles: Socles) -> None:
    card = etree.fromstring(socles.sign.assertion("899900000010"))[0]
    assert card.findtext("{*}Subject/{*}NameID") == "899900000010"
    lot = etree.fromstring(socles.sign.lot("2.25.1", {"2.25.2": b"<ClinicalDocument/>"}).encode())
    assert [one.get("URI") for one in lot.iterfind(".//{*}Manifest/{*}Reference")] == [
        "urn:oid:2.25.1",
        "urn:oid:2.25.2",
    ]
    assert socles.sign.lot_flaws()["missing-document"] == "dmp.xades.manifest.document"
    shorter = socles.sign.lot("2.25.1", {"2.25.2": b"<ClinicalDocument/>"}, flaw="missing-document").encode()
    assert len(etree.fromstring(shorter).findall(".//{*}Manifest/{*}Reference")) == 1
    with pytest.raises(Refused):
        socles.sign.vihf(STRUCTURE, flaw="faux")
