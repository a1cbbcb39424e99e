"""ITI-18 and ITI-43 over HTTP."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from dmp_sim.domain import names
from dmp_sim.domain.query import FIND_DOCUMENTS, GET_DOCUMENTS
from socle.control.faults import FaultRule
from socle.control.port import FaultEffect, FaultPoint
from socle.events import DmpRecordConsulted
from socle.exchange import Outcome
from support.dmp_cda import INS, OID, STRUCTURE, cda
from support.dmp_message import deposit, describe, soap, vihf
from support.dmp_mutators import sound
from support.dmp_served import REGISTRY, Answer, Dmp, dmp

PATIENT = f"{INS}^^^&{OID}&ISO^NH"
UNIQUE_ID = "1.2.250.1.999.2.1"
ENTRY = "$XDSDocumentEntry"


@pytest.fixture
async def served(tmp_path: Path, database: str | None) -> AsyncIterator[Dmp]:
    async with dmp(tmp_path, database=database) as running:
        assert (await running.deposit(sound())).accepted
        yield running


async def find(served: Dmp, *slots: tuple[str, str], patient: str = PATIENT) -> int:
    answer = await served.query(FIND_DOCUMENTS, [(f"{ENTRY}{name}", value) for name, value in slots], patient)
    assert answer.accepted, answer.http.text
    return int(answer.body.get("totalResultCount", "-1"))


async def test_an_entry_laid_out_as_the_live_service_does(served: Dmp) -> None:
    answer = await served.query(FIND_DOCUMENTS, [], PATIENT)
    text = answer.http.text
    assert answer.http.headers["content-type"].startswith("application/soap+xml")
    assert ' startIndex="0" totalResultCount="1" status="urn:oasis' in text
    entry = text[text.index("<ns4:ExtrinsicObject") : text.index("</ns4:ExtrinsicObject>")]
    assert "\n" not in entry
    for piece in (
        'isOpaque="false"',
        '<ns4:VersionInfo versionName="1"/>',
        '<ns4:Name><ns4:LocalizedString charset="UTF8" value="Lettre de liaison"',
        f"<ns4:Value>{names.REPOSITORY_UNIQUE_ID}</ns4:Value>",
        f'status="{names.APPROVED}"',
    ):
        assert piece in entry
    slots = [slot.get("name") for slot in answer.body.iter("{*}Slot") if slot.getparent().tag.endswith("Object")]  # type: ignore[union-attr]
    assert slots == sorted(slots, key=str)
    assert {"hash", "size", "repositoryUniqueId", "sourcePatientId", "creationTime"} <= set(slots)
    external = [one.get("identificationScheme") for one in answer.body.iter("{*}ExternalIdentifier")]
    assert external == [names.DE_PATIENT_ID, names.DE_UNIQUE_ID]
    schemes = [one.get("classificationScheme") for one in answer.body.iter("{*}Classification")]
    assert schemes[:3] == [names.DE_AUTHOR, names.DE_CLASS_CODE, names.DE_CONFIDENTIALITY]
    assert names.SIGNATURE_TYPE not in text
    ids = [one.get("id", "") for one in answer.body.iter() if one.get("id")]
    assert len(set(ids)) == len(ids)
    assert all(one.startswith("urn:uuid:") and one[23] == "1" for one in ids), "UUIDs of version 1"
    again = await served.query(FIND_DOCUMENTS, [], PATIENT)
    assert [one.get("id") for one in again.body.iter() if one.get("id")] == ids, "ids do not change between answers"


async def test_object_references(served: Dmp) -> None:
    answer = await served.query(FIND_DOCUMENTS, [], PATIENT, leaf=False)
    assert '<ns4:ObjectRef id="urn:uuid:' in answer.http.text
    assert "ExtrinsicObject" not in answer.http.text


async def test_filters(served: Dmp) -> None:
    other = deposit([describe(cda(root="1.2.250.1.999.2.8"))])
    other.code("Document01", names.DE_PRACTICE_SETTING, "HAD")
    assert (await served.deposit(other)).accepted
    assert await find(served) == 2
    assert await find(served, ("ClassCode", "('10^^1.2.250.1.213.1.1.4.1')")) == 2
    assert await find(served, ("ClassCode", "('10')"), ("TypeCode", "('34112-3','11490-0')")) == 2
    assert await find(served, ("ClassCode", "('10')"), ("ClassCode", "('31')")) == 0, "two slots of one name: both"
    assert await find(served, ("ClassCode", "('10^^1.2.3')")) == 0
    assert await find(served, ("PracticeSettingCode", "('HAD^^1.2.250.1.213.1.1.4.9')")) == 1
    assert await find(served, ("CreationTimeFrom", "20260103"), ("CreationTimeTo", "20260104")) == 2
    assert await find(served, ("CreationTimeTo", "20260103")) == 0
    assert await find(served, ("ServiceStartTimeFrom", "202601010700")) == 2
    assert await find(served, ("ServiceStartTimeFrom", "202601010701")) == 0
    assert await find(served, ("ServiceStopTimeTo", "20260103090001")) == 2
    assert await find(served, ("AuthorPerson", "('801234567897')")) == 2
    assert await find(served, ("AuthorPerson", "('8')")) == 0
    assert await find(served, ("ReferenceIdList", "('x')")) == 0
    assert await find(served, ("Status", f"('{names.DEPRECATED}')")) == 0
    assert await find(served, ("Status", f"('{names.DEPRECATED}','{names.APPROVED}')")) == 2
    assert await find(served, patient="275126322074974^^^&1.2.250.1.213.1.4.10&ISO^NH") == 0


async def test_get_documents(served: Dmp) -> None:
    by_id = await served.query(GET_DOCUMENTS, [(f"{ENTRY}UniqueId", f"('{UNIQUE_ID}')")], PATIENT)
    uuid = next(by_id.body.iter("{*}ExtrinsicObject")).get("id", "")
    by_uuid = await served.query(GET_DOCUMENTS, [(f"{ENTRY}EntryUUID", f"('{uuid}')")], PATIENT)
    assert by_uuid.body.get("totalResultCount") == "1"
    other = "275126322074974^^^&1.2.250.1.213.1.4.10&ISO^NH"
    hidden = await served.query(GET_DOCUMENTS, [(f"{ENTRY}UniqueId", f"('{UNIQUE_ID}')")], other)
    assert hidden.body.get("totalResultCount") == "0"


async def test_bad_queries(served: Dmp) -> None:
    def codes(answer: Answer) -> tuple[bool, list[str]]:
        return answer.accepted, answer.errors

    find_sets = "urn:uuid:f26abbcb-ac74-4422-8a30-edb644bbc1a9"
    assert codes(await served.query(find_sets, [], PATIENT)) == (False, ["XDSUnknownStoredQuery"])
    assert served.journal.exchanges[-1].outcome is Outcome.REFUSED
    assert codes(await served.query(GET_DOCUMENTS, [], PATIENT)) == (False, ["XDSStoredQueryMissingParam"])
    raw = soap("urn:ihe:iti:2007:RegistryStoredQuery", f'<q:AdhocQueryRequest xmlns:q="{names.QUERY}"/>', "")
    answer = await served.post(REGISTRY, raw, "application/soap+xml")
    assert answer.http.status_code == 500
    assert "rim:AdhocQuery est absent" in answer.http.text


async def test_retrieval_and_its_refusals(served: Dmp) -> None:
    answer = await served.retrieve(PATIENT, STRUCTURE, UNIQUE_ID)
    assert answer.attachments == [cda()]
    assert "Content-Type: application/octet-stream" in answer.http.text
    assert "<ns2:mimeType>text/xml</ns2:mimeType><ns2:Document><xop:Include" in answer.http.text
    partly = await served.retrieve(PATIENT, STRUCTURE, UNIQUE_ID, "1.2.3")
    assert next(partly.body.iter("{*}RegistryResponse")).get("status") == names.PARTIAL_SUCCESS
    assert (partly.errors, partly.attachments) == (["XDSDocumentUniqueIdError"], [cda()])
    elsewhere = await served.retrieve(PATIENT, STRUCTURE, UNIQUE_ID, repository="1.2.3")
    assert (elsewhere.errors, elsewhere.attachments) == (["XDSUnknownRepositoryId"], [])
    other = "275126322074974^^^&1.2.250.1.213.1.4.10&ISO^NH"
    assert (await served.retrieve(other, STRUCTURE, UNIQUE_ID)).errors == ["XDSPatientIdDoesNotMatch"]
    fault = await served.retrieve(PATIENT, STRUCTURE, "urn:uuid:9b1b3a52-0000-1000-8000-000000000000")
    assert fault.http.status_code == 500
    assert "soap:XDSDocumentUniqueIdError" in fault.http.text
    assert "uniqueId=urn:uuid:9b1b3a52-0000-1000-8000-000000000000" in fault.http.text


async def test_consultations_are_told(served: Dmp) -> None:
    await served.query(FIND_DOCUMENTS, [], PATIENT)
    await served.retrieve(PATIENT, STRUCTURE, UNIQUE_ID)
    await served.query(GET_DOCUMENTS, [], PATIENT)
    events = [event for event in await served.events(5) if isinstance(event, DmpRecordConsulted)]
    told = [(event.operation, event.success, event.returned, event.mode) for event in events]
    assert told == [("iti18", True, 1, "normal"), ("iti43", True, 1, "normal"), ("iti18", False, 0, "normal")]
    assert {event.patient_ref for event in events} == {served.control.patient_ref(INS[:13])}


async def test_an_injected_refusal_is_told_too(served: Dmp) -> None:
    busy = FaultRule("r", "default", FaultEffect.REFUSE, FaultPoint.BEFORE_COMMIT, code="XDSRegistryBusy", times=1)
    await asyncio.to_thread(served.control.add_fault_rule, busy)
    answer = await served.query(FIND_DOCUMENTS, [], PATIENT)
    assert (answer.accepted, answer.errors) == (False, ["XDSRegistryBusy"])
    told = [event for event in await served.events(3) if isinstance(event, DmpRecordConsulted)]
    assert [(event.success, event.returned) for event in told] == [(False, 0)]


async def test_an_unsound_assertion_is_refused_here_too(served: Dmp) -> None:
    body = f'<q:AdhocQueryRequest xmlns:q="{names.QUERY}"><rim:AdhocQuery id="{FIND_DOCUMENTS}"/></q:AdhocQueryRequest>'
    header = vihf(PATIENT, STRUCTURE).replace(">urn:dmp<", ">urn:autre<")
    answer = await served.post(REGISTRY, soap("urn:ihe:iti:2007:RegistryStoredQuery", body, header), "text/xml")
    assert answer.http.status_code == 500
    assert "VIHF : ressource urn:dmp" in answer.http.text


async def test_inspection(served: Dmp) -> None:
    listed = (await served.http.get("/_sandbox/dmp_sim/documents")).json()
    assert [one["uniqueId"] for one in listed] == [UNIQUE_ID]
    one = (await served.http.get(f"/_sandbox/dmp_sim/documents/{UNIQUE_ID}")).json()
    assert one["metadata"]["class_code"] == ["10", "1.2.250.1.213.1.1.4.1", "10"]
    raw = await served.http.get(f"/_sandbox/dmp_sim/documents/{UNIQUE_ID}/raw")
    assert (raw.content, raw.headers["content-type"]) == (cda(), "text/xml; charset=utf-8")
    assert (await served.http.get("/_sandbox/dmp_sim/documents/1.2.3")).status_code == 404
