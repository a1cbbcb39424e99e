"""No message, however mutilated, breaks reading or checks: it gets findings, or a fault in the protocol's words."""

import copy

import pytest
from lxml import etree

from dmp_sim.domain.facts import ActFacts, finding_ids
from dmp_sim.domain.model import Deposit
from dmp_sim.domain.registration import accepted_events, entry_uuids, new_entries, refused_events
from dmp_sim.domain.verdict import check_deposit, registry_errors
from dmp_sim.domain.vihf import Vihf
from socle.clock import SystemClock
from socle.rules import Finding, Strictness, refusing
from socle.soap.model import SoapFault
from support.dmp_cda import cda, read
from support.dmp_message import Message
from support.dmp_mutators import sound


async def whole_way(message: Message) -> list[Finding]:
    """Read, check, decide, and make the events of both outcomes."""
    deposit: Deposit
    vihf: Vihf | None
    deposit, vihf = await read(message)
    findings = check_deposit(deposit, vihf)
    act = ActFacts("default", 1, "x", SystemClock().now(), findings=finding_ids(findings))
    assert len(registry_errors(findings)) == len(findings)
    refused_events(deposit, act, "XDSRepositoryError")
    if not refusing(findings, Strictness.LENIENT):
        for new in new_entries(deposit, entry_uuids(deposit), {}, act):
            accepted_events(new)
    return findings


async def test_any_element_of_the_envelope_may_be_missing() -> None:
    count = len(list(sound().envelope.iter()))
    told = faults = 0
    for index in range(1, count):
        message = sound()
        element = list(message.envelope.iter())[index]
        parent = element.getparent()
        assert parent is not None
        if etree.QName(parent).localname in {"Envelope", "Body"}:
            continue  # the endpoint's own rules
        parent.remove(element)
        try:
            told += bool(await whole_way(message))
        except SoapFault:
            faults += 1
    assert told > 100
    assert faults == 2, "SubmitObjectsRequest or RegistryObjectList missing"


async def test_any_element_of_the_cda_may_be_missing() -> None:
    root = etree.fromstring(cda())
    for index in range(1, len(list(root.iter()))):
        copied = copy.deepcopy(root)
        element = list(copied.iter())[index]
        parent = element.getparent()
        assert parent is not None
        parent.remove(element)
        message = sound()
        message.document(lambda _, tree=copied: etree.tostring(tree))  # type: ignore[misc]
        await whole_way(message)


@pytest.mark.parametrize(
    "within", [etree.Comment("y"), etree.ProcessingInstruction("y")], ids=["comment", "instruction"]
)
async def test_nothing_within_a_value_cuts_it_short(within: etree._Element) -> None:
    """Signatures do not see a comment: what is read of a signed name must be what was signed."""
    message = sound()
    whole, said = await read(message)
    cut = 0
    for element in message.all("//rim:Value | //s:Header//*[not(*)]"):
        if (text := element.text) and len(text) > 1:
            inner = copy.copy(within)
            element.text, inner.tail = text[:1], text[1:]
            element.append(inner)
            cut += 1
    deposit, vihf = await read(message)
    assert cut > 20
    assert (deposit.submission_sets, deposit.entries) == (whole.submission_sets, whole.entries)
    assert vihf == said


async def test_any_attribute_may_be_empty() -> None:
    total = sum(len(element.attrib) for element in sound().envelope.iter())
    assert total > 100
    for index in range(total):
        message = sound()
        pairs = [(element, name) for element in message.envelope.iter() for name in element.attrib]
        element, name = pairs[index]
        element.set(name, "")
        await whole_way(message)


async def test_comments_anywhere_change_nothing() -> None:
    message = sound()
    for element in list(message.envelope.iter()):
        if len(element) and etree.QName(element).localname not in {"Envelope", "Body"}:
            element.insert(0, etree.Comment("un commentaire"))
    assert await whole_way(message) == []
