"""What the DMP says about a request's headers, and on the paths that are not simulated yet."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from dmp_sim.domain import names
from dmp_sim.domain.query import FIND_DOCUMENTS
from socle.control.faults import FaultRule
from socle.control.port import FaultEffect, FaultPoint
from socle.rules import Strictness
from socle.soap.model import SOAP11, SOAP12, WSA
from support.dmp_cda import INS, OID, STRUCTURE
from support.dmp_message import soap, vihf
from support.dmp_mutators import drop, sound
from support.dmp_served import REGISTRY, REPOSITORY, Answer, Dmp, dmp
from support.rule_table import RuleTable

PATIENT = f"{INS}^^^&{OID}&ISO^NH"
LIVE_TEXT = '<soap:Text xml:lang="fr">A required header representing a Message Addressing Property is not present<'


@pytest.fixture
async def served(tmp_path: Path) -> AsyncIterator[Dmp]:
    async with dmp(tmp_path) as running:
        yield running


async def find(served: Dmp, *, message_id: bool) -> Answer:
    body = f'<q:AdhocQueryRequest xmlns:q="{names.QUERY}"><rim:AdhocQuery id="{FIND_DOCUMENTS}"/></q:AdhocQueryRequest>'
    raw = soap("urn:ihe:iti:2007:RegistryStoredQuery", body, vihf(PATIENT, STRUCTURE))
    if not message_id:
        raw = raw.replace(b"MessageID", b"Unknown")
    return await served.post(REGISTRY, raw, "application/octet-stream")


async def test_a_request_without_a_message_id_gets_the_live_text(served: Dmp) -> None:
    deposit = sound()
    deposit.drop("//a:MessageID")
    for answer in (await served.deposit(deposit), await find(served, message_id=False)):
        assert answer.http.status_code == 500
        assert LIVE_TEXT in answer.http.text
        assert f'<soap:Value xmlns:ns1="{WSA}">ns1:MessageAddressingHeaderRequired<' in answer.http.text
        exchange = served.journal.exchanges[-1]
        assert (exchange.code, [finding.rule.id for finding in exchange.findings]) == (
            "MessageAddressingHeaderRequired",
            ["dmp.addressing.required"],
        )
    assert (await find(served, message_id=True)).accepted


async def test_the_rule_is_broken_alone_and_satisfied_in_each_transaction(
    served: Dmp, record_property: Callable[[str, object], None]
) -> None:
    table = RuleTable("DMP, addressing")
    bare = sound()
    bare.drop("//a:MessageID")
    transactions: dict[str, Callable[[bool], Awaitable[Answer]]] = {
        "deposit": lambda said: served.deposit(sound() if said else bare),
        "query": lambda said: find(served, message_id=said),
        "retrieval": lambda said: served.retrieve(PATIENT, STRUCTURE, "1.2.250.1.999.2.1", message_id=said),
    }
    for name, ask in transactions.items():
        for said, broken in ((True, None), (False, "dmp.addressing.required")):
            await ask(said)
            table.case(name, [finding.rule.id for finding in served.journal.exchanges[-1].findings], broken)
    table.close(record_property)


async def test_it_is_told_only_in_lenient_and_the_other_addressing_headers_may_be_absent(served: Dmp) -> None:
    lenient = await served.workspace("doux", Strictness.LENIENT)
    deposit = sound()
    deposit.drop("//a:MessageID")
    answer = await served.deposit(deposit, lenient)
    assert answer.accepted
    assert "RelatesTo" not in answer.http.text
    assert [finding.rule.id for finding in served.journal.exchanges[-1].findings] == ["dmp.addressing.required"]
    deposit = sound()
    drop("//a:Action")(deposit)
    drop("//a:To")(deposit)
    assert (await served.deposit(deposit)).accepted


async def test_a_refusal_says_that_its_rule_is_broken(served: Dmp) -> None:
    message = sound()
    message.drop("//saml2:Assertion")
    answer = await served.deposit(message)
    assert ">Règle non respectée : L'en-tête wsse:Security porte un VIHF (reçu : (absent))<" in answer.http.text
    message = sound()
    message.drop("//rim:Association[@id='A90']")
    context = next((await served.deposit(message)).body.iter("{*}RegistryError")).get("codeContext", "")
    assert context.startswith("Règle non respectée : La signature est reliée au lot par l'association signs | ")


async def test_words_of_the_live_service_stand_alone(served: Dmp) -> None:
    message = sound()
    message.drop("//h:Role[@code='SM26']")
    answer = await served.deposit(message)
    text = answer.body.findtext(".//{*}Text")
    assert text == "Aucune spécialité dans le vihf. Spécialité obligatoire pour les Médecins et les Pharmaciens"
    message = sound()
    for value in message.all("//saml2:Attribute[@Name='Identifiant_Structure']/saml2:AttributeValue"):
        value.text = "1010203040"
    context = next((await served.deposit(message)).body.iter("{*}RegistryError")).get("codeContext", "")
    assert context.startswith("Aucun AuthorInstitution ne correspond à l'utilisateur du VIHF | ")


@pytest.mark.parametrize("path", ["patients", "habilitations"])
async def test_paths_not_simulated_yet_answer_in_kind(served: Dmp, path: str) -> None:
    body = '<PRPA_IN201307UV02 xmlns="urn:hl7-org:v3"/>'
    raw = soap("urn:hl7-org:v3:PRPA_IN201307UV02", body, vihf(PATIENT, STRUCTURE))
    where = f"{REPOSITORY.rpartition('/')[0]}/{path}"
    answer = await served.post(where, raw, "application/soap+xml")
    assert answer.http.status_code == 500
    assert answer.http.headers["content-type"].startswith("application/soap+xml")
    assert "ns1:ActionNotSupported" in answer.http.text
    assert answer.http.headers["x-socles-exchange"].endswith(served.journal.exchanges[-1].id)
    older = await served.post(where, raw.replace(SOAP12.encode(), SOAP11.encode()), "text/xml")
    assert older.body.tag == f"{{{SOAP11}}}Fault"


async def test_an_injected_refusal_is_laid_out_as_its_transaction_answers(served: Dmp) -> None:
    busy = FaultRule("r1", "default", FaultEffect.REFUSE, FaultPoint.RECEIVED, code="XDSRepositoryBusy", times=1)
    await asyncio.to_thread(served.control.add_fault_rule, busy)
    answer = await served.retrieve(PATIENT, STRUCTURE, "1.2.3")
    assert answer.body.tag == f"{{{names.XDSB}}}RetrieveDocumentSetResponse"
    assert answer.body[0].get("status") == names.FAILURE
    assert answer.errors == ["XDSRepositoryBusy"]
    assert "urn:ihe:iti:2007:RetrieveDocumentSetResponse</Action>" in answer.http.text


async def test_a_retrieval_of_nothing(served: Dmp) -> None:
    answer = await served.retrieve(PATIENT, STRUCTURE)
    assert answer.errors == ["XDSRepositoryError"]
    assert served.journal.exchanges[-1].findings[0].rule.id == "dmp.retrieve.request"
