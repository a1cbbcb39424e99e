"""ITI-41 over HTTP: answers, refusals, journal, events."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from lxml import etree

from dmp_sim.domain import names
from dmp_sim.domain.query import FIND_DOCUMENTS
from socle.control.faults import FaultRule
from socle.control.port import FaultEffect, FaultPoint
from socle.events import DmpDocumentRegistered, DmpDocumentRejected, DmpDocumentReplaced, DmpDocumentSubmitted
from socle.exchange import Outcome
from socle.identifiers.ins import OID_NIR, ins_key
from socle.rules import Strictness
from socle.soap.model import SOAP12
from support.dmp_cda import INS, OID, STRUCTURE, cda
from support.dmp_message import Message, deposit, describe
from support.dmp_mutators import DOC, sound, version
from support.dmp_mutators import vihf as set_vihf
from support.dmp_served import REPOSITORY, Dmp, dmp

PATIENT = f"{INS}^^^&{OID}&ISO^NH"
UNIQUE_ID = "1.2.250.1.999.2.1"


@pytest.fixture
async def served(tmp_path: Path, database: str | None) -> AsyncIterator[Dmp]:
    async with dmp(tmp_path, database=database) as running:
        yield running


async def entry_uuid(served: Dmp, status: str = names.APPROVED) -> str:
    found = await served.query(FIND_DOCUMENTS, [("$XDSDocumentEntryStatus", f"('{status}')")], PATIENT)
    return next(found.body.iter("{*}ExtrinsicObject")).get("id", "")


async def test_an_answer_byte_for_byte(served: Dmp) -> None:
    answer = await served.deposit(sound())
    assert answer.http.status_code == 200
    assert answer.http.headers["content-type"].startswith("multipart/related; ")
    assert etree.tostring(answer.body).decode() == (
        f'<ns3:RegistryResponse xmlns:ns3="{names.RS}" xmlns:soap="{SOAP12}" status="{names.SUCCESS}"/>'
    )
    assert "urn:ihe:iti:2007:ProvideAndRegisterDocumentSet-bResponse</Action>" in answer.http.text
    assert "urn:uuid:3f2b0c0e-5a3c-4b3e-9d3b-0c6f5a1d2e3f</RelatesTo>" in answer.http.text


async def test_the_journal_refers_to_the_documents_that_are_stored(served: Dmp) -> None:
    raw, kind = sound().write()
    for _ in range(2):  # taken, then refused: the document's uniqueId is known
        await served.post(REPOSITORY, raw, kind)
    taken, refused = list(served.journal.exchanges)[-2:]
    sizes = []
    for exchange in (taken, refused):
        entry = await asyncio.to_thread(served.journal.get, exchange.id)
        assert entry is not None
        assert await asyncio.to_thread(served.journal.raw, exchange.id, "request") == raw
        assert "<ClinicalDocument" in "".join(segment.get("text", "") for segment in entry["request"]["body"])
        sizes.append(entry["size"] - sum(len(piece) for piece in exchange.response.body if isinstance(piece, bytes)))
    assert sizes[1] == len(raw)
    document, signature = sorted((blob.size for blob in taken.stored), reverse=True)
    assert document > 2000
    assert signature < 1000  # not worth it
    assert sizes[0] == len(raw) - document


async def test_plain_answers_by_workspace_option(served: Dmp) -> None:
    await served.workspace("simple", Strictness.OFFICIAL, **{"soap.multipart": "off"})
    answer = await served.deposit(sound(), "simple")
    assert answer.accepted
    assert answer.http.headers["content-type"].startswith("application/soap+xml")


async def test_state_events_and_journal(served: Dmp) -> None:
    site = next(iter(served.control.population("default").establishments))
    message = sound()
    for owner in ("SubmissionSet01", "Document01", "Signature01"):
        path = f"//*[@id='{owner}']//rim:Slot[@name='authorInstitution']//rim:Value"
        message.find(path).text = f"H^^^^^&1.2.250.1.71.4.2.2&ISO^IDNST^^^1{site.finess_eg}"
    set_vihf("Identifiant_Structure", f"1{site.finess_eg}")(message)
    message.document(lambda data: data.replace(STRUCTURE.encode(), f"1{site.finess_eg}".encode()))
    answer = await served.deposit(message)
    assert answer.accepted, answer.http.text
    submitted, registered = await served.events(2)
    assert isinstance(submitted, DmpDocumentSubmitted)
    assert isinstance(registered, DmpDocumentRegistered)
    exchange = served.journal.exchanges[-1]
    assert answer.http.headers["x-socles-exchange"].endswith(f"/_sandbox/exchanges/{exchange.id}")
    assert (exchange.operation, exchange.outcome, exchange.subject) == ("iti41", Outcome.ACCEPTED, UNIQUE_ID)
    assert exchange.finess == registered.finess_eg == site.finess_eg
    assert len(exchange.events) == 2
    assert registered.model_dump(
        include={"type_code", "class_code", "level", "stay_id", "linked_by", "set_id", "software", "sector", "revision"}
    ) == {
        "type_code": "11490-0",
        "class_code": "10",
        "level": "N3",
        "stay_id": "1.2.250.1.999.3^SEJ1",
        "linked_by": "encounter-id",
        "set_id": "1.2.250.1.999.2",
        "software": "LOGICIEL-ESSAI 1.0",
        "sector": "SA01",
        "revision": 1,
    }
    assert registered.patient_ref == served.control.patient_ref(INS[:13])
    assert registered.exchange_id == exchange.id
    assert registered.attributed_by == "author-institution"


async def test_a_refusal_names_attribute_value_expectation_and_rule(served: Dmp) -> None:
    message = sound()
    message.code(DOC, names.DE_CLASS_CODE, "31")
    answer = await served.deposit(message)
    assert answer.http.status_code == 200
    assert answer.body.get("status") == names.FAILURE
    error = next(answer.body.iter("{*}RegistryError"))
    assert error.get("errorCode") == "XDSRepositoryMetadataError"
    assert error.get("location") == "//ExtrinsicObject[@id='Document01']/classCode"
    context = error.get("codeContext", "")
    assert "reçu : 31 | attendu : 10 (11490-0) | règle dmp.code.class-type" in context
    submitted, rejected = await served.events(2)
    assert isinstance(submitted, DmpDocumentSubmitted)
    assert isinstance(rejected, DmpDocumentRejected)
    assert (rejected.error_code, rejected.findings) == ("XDSRepositoryMetadataError", ("dmp.code.class-type",))
    exchange = served.journal.exchanges[-1]
    assert (exchange.outcome, exchange.code) == (Outcome.REFUSED, "XDSRepositoryMetadataError")
    await served.workspace("souple", Strictness.LENIENT)
    assert (await served.deposit(message, "souple")).accepted


async def test_a_refused_assertion_is_a_fault(served: Dmp) -> None:
    message = sound()
    message.drop("//h:Role[@code='SM26']")
    answer = await served.deposit(message)
    assert answer.http.status_code == 500
    assert "Aucune spécialité dans le vihf. Spécialité obligatoire pour les Médecins" in answer.http.text
    message = sound()
    set_vihf("Authentification_Mode", "INDIRECTE_RENFORCEE")(message)
    answer = await served.deposit(message)
    assert "soap:DMPAccessDeniedByRightsService" in answer.http.text
    assert served.journal.exchanges[-1].code == "DMPAccessDeniedByRightsService"
    assert sum(isinstance(event, DmpDocumentRejected) for event in await served.events(4)) == 2


async def test_duplicates(served: Dmp) -> None:
    assert (await served.deposit(sound())).accepted
    again = await served.deposit(sound())
    assert set(again.errors) == {"XDSDuplicateUniqueIdInRegistry", "XDSNonIdenticalHash"} - {"XDSNonIdenticalHash"}
    other = deposit([describe(cda(body="<component/>"))], lot_id="2.25.77")
    assert (await served.deposit(other)).errors == ["XDSNonIdenticalHash"]
    await served.workspace("autre", Strictness.LENIENT)
    assert (await served.deposit(sound(), "autre")).accepted, "another workspace knows nothing of it"
    assert (await served.deposit(sound(), "autre")).errors, "a uniqueId cannot be stored twice, however lenient"


async def test_a_chain_of_versions(served: Dmp) -> None:
    assert (await served.deposit(sound())).accepted
    first = await entry_uuid(served)
    assert (await served.deposit(version("1.2.250.1.999.2.2", first, said=UNIQUE_ID))).accepted
    second = await entry_uuid(served)
    assert second != first
    assert await entry_uuid(served, names.DEPRECATED) == first
    deprecated = await served.deposit(version("1.2.250.1.999.2.3", first, said=UNIQUE_ID))
    assert deprecated.errors == ["XDSRegistryDeprecatedDocumentError"]
    unknown = await served.deposit(version("1.2.250.1.999.2.3", UNIQUE_ID, said=UNIQUE_ID))
    assert unknown.errors == ["UnresolvedReferenceException"]
    assert (await served.deposit(version("1.2.250.1.999.2.3", second, said=UNIQUE_ID))).accepted
    events = [event for event in await served.events(13) if isinstance(event, DmpDocumentReplaced)]
    assert [(event.lid, event.revision) for event in events] == [(first, 2), (first, 3)]
    shown = (await served.http.get("/_sandbox/dmp_sim/documents")).json()
    assert [(one["uniqueId"], one["revision"], one["status"].rpartition(":")[2]) for one in shown] == [
        ("1.2.250.1.999.2.3", 3, "Approved"),
        ("1.2.250.1.999.2.2", 2, "Deprecated"),
        (UNIQUE_ID, 1, "Deprecated"),
    ]


REAL = "1850675123456"


def of_a_real_patient() -> Message:
    ins = REAL + ins_key(REAL)
    message = sound()
    text = etree.tostring(message.envelope).replace(INS.encode(), ins.encode()).replace(OID.encode(), OID_NIR.encode())
    message.envelope = etree.fromstring(text)
    message.document(lambda data: data.replace(INS.encode(), ins.encode()).replace(OID.encode(), OID_NIR.encode()))
    return message


async def test_no_real_patient_gets_in(served: Dmp) -> None:
    message = of_a_real_patient()
    await served.workspace("souple", Strictness.LENIENT)
    for workspace in ("default", "souple"):
        answer = await served.deposit(message, workspace)
        assert "patient.not-fictitious" in answer.http.text
        assert REAL not in answer.http.text
        exchange = served.journal.exchanges[-1]
        assert exchange.redacted
        assert {finding.rule.id for finding in exchange.findings} == {"patient.not-fictitious"}
        assert (
            await served.http.get("/_sandbox/dmp_sim/documents", headers={"x-test-workspace": workspace})
        ).json() == []
    for event in await served.events(4):
        told = event.model_dump(include={"patient_ref", "stay_id", "admitted_at", "service_start", "set_id"})
        assert set(told.values()) == {None}


@pytest.mark.parametrize("effect", [FaultEffect.REFUSE, FaultEffect.OVERLOAD])
async def test_a_fault_that_ends_an_act_early_keeps_no_real_patient(served: Dmp, effect: FaultEffect) -> None:
    code = "XDSRepositoryBusy" if effect is FaultEffect.REFUSE else None
    await asyncio.to_thread(served.control.add_fault_rule, FaultRule("early", "default", effect, code=code))

    await served.deposit(of_a_real_patient())
    redacted = served.journal.exchanges[-1]
    await served.deposit(sound())
    usual = served.journal.exchanges[-1]

    assert (redacted.fault, usual.fault) == ("early", "early")
    assert (redacted.redacted, usual.redacted) == (True, False)
    told = ["fault.overload"] if effect is FaultEffect.OVERLOAD else []
    assert [finding.rule.id for finding in usual.findings] == told


async def test_injected_refusals(served: Dmp) -> None:
    busy = FaultRule("r1", "default", FaultEffect.REFUSE, FaultPoint.BEFORE_COMMIT, code="XDSRepositoryBusy", times=1)
    await asyncio.to_thread(served.control.add_fault_rule, busy)
    assert (await served.deposit(sound())).errors == ["XDSRepositoryBusy"]
    denied = FaultRule(
        "r2", "default", FaultEffect.REFUSE, FaultPoint.BEFORE_COMMIT, code="DMPInvalidCertificate", times=1
    )
    await asyncio.to_thread(served.control.add_fault_rule, denied)
    answer = await served.deposit(sound())
    assert answer.http.status_code == 500
    assert "<soap:Value>soap:Sender</soap:Value>" in answer.http.text
    assert "<soap:Value>soap:DMPInvalidCertificate</soap:Value>" in answer.http.text
    assert ">Le certificat ayant signé le VIHF est invalide : Not a valid signature certificate<" in answer.http.text
    assert (await served.deposit(sound())).accepted
    events = [type(event) for event in await served.events(6)]
    assert events.count(DmpDocumentRejected) == 2
