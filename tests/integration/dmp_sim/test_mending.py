"""Broken deposits, mended by the API and really sent again: what was mechanical is gone."""

import base64
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from lxml import etree

from dmp_sim.app import build
from dmp_sim.domain import names
from dmp_sim.domain.mending import MENDERS
from socle.identifiers.ins import OID_NIR, ins_key
from support.dmp_breaks import BREAKS
from support.dmp_message import Message
from support.dmp_mutators import (
    DOC,
    LOT,
    Break,
    attribute,
    author_slot,
    breaks,
    code,
    drop,
    patient,
    slot,
    sound,
    text,
)
from support.dmp_served import REGISTRY, REPOSITORY
from support.mending_served import Bench, Sent, served

MORE = [
    breaks("addressing.required", drop("//a:MessageID")),
    breaks("association.type", attribute("//rim:Association[@id='A01']", "associationType", "urn:x:HasMember")),
    breaks("cda.institution", author_slot("authorInstitution", "H^^^^^&1.2.250.1.71.4.2.2&ISO^IDNST^^^1", DOC)),
    breaks("cda.readable", text("<title>Lettre", "<title>Soins & lettre")),
    breaks("part.missing-document", attribute("//xdsb:Document[@id='Document01']/*", "href", "cid:elsewhere@test")),
    breaks("time.form", slot("creationTime", "2026-01-03T10:15:00+01:00")),
]
"""What BREAKS breaks beyond repair, broken so that it can be mended; and what it does not break."""
UNMENDED = {"dmp.part.missing-document", "dmp.association.type", "dmp.cda.institution", "dmp.cda.readable"}
"""Menders that BREAKS leaves nothing to do for: see MORE."""
UNSOUND = {"dmp.association.replacement-status"}
"""Mended, but the message breaks what a human decides, too."""


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    async with served(build, tmp_path) as one:
        yield one


def broken_by(one: Break) -> Message:
    message = sound()
    one.mutate(message)
    return message


async def send(bench: Bench, message: Message) -> Sent:
    raw, kind = message.write()
    return await bench.send(REPOSITORY, raw, kind)


def test_every_mender_is_exercised() -> None:
    assert {mender.rule for mender in MENDERS} <= {one.rule for one in [*BREAKS, *MORE]}


async def mended_and_accepted(bench: Bench, one: Break) -> None:
    first = await send(bench, broken_by(one))
    assert one.rule in first.rules
    again = await bench.again(REPOSITORY, first.exchange)
    assert one.rule in again.changed, one.rule
    assert one.rule not in again.left | again.sent.rules, one.rule
    if one.rule not in UNSOUND:
        assert (again.left, again.sent.rules, again.sent.outcome) == (set(), set(), "accepted"), one.rule


async def test_a_few_broken_deposits_are_mended_and_accepted_on_the_wire(bench: Bench) -> None:
    few = {"part.hash", "cda.title", "entry.author.required", "code.practice", "ins.key", "cda.family-sp"}
    for one in [*(each for each in BREAKS if each.rule.removeprefix("dmp.") in few), *MORE]:
        await mended_and_accepted(bench, one)


@pytest.mark.slow
async def test_every_deposit_that_can_be_mended_is_accepted_on_the_wire(bench: Bench) -> None:
    for one in BREAKS:
        if MENDERS.get(one.rule) is not None and one.rule not in UNMENDED:
            await mended_and_accepted(bench, one)


@pytest.mark.slow
async def test_what_a_human_decides_is_left_to_him(bench: Bench) -> None:
    for one in BREAKS:
        if MENDERS.get(one.rule) is None or one.rule in UNMENDED:
            first = await send(bench, broken_by(one))
            view, _ = await bench.mended(first.exchange)
            assert one.rule in {left["rule"] for left in view["left"]}
            assert one.rule not in {change["rule"] for change in view["changes"]}


async def test_a_deposit_broken_in_many_ways_at_once_is_mended(bench: Bench) -> None:
    several = (
        *(slot("hash", "0" * 40), slot("size", "1"), slot("languageCode", "en"), drop("//a:MessageID")),
        *(
            code(names.DE_CLASS_CODE, "31"),
            code(names.DE_PRACTICE_SETTING, "BLOC", "1.2"),
            drop("//rim:Association[@id='A90']"),
        ),
        *(slot("creationTime", "20260103101500+0100"), attribute(f"//*[@id='{DOC}']", "mimeType", "")),
        author_slot("authorPerson", "801234567897^A^B^^^^^^&1.2.250.1.71.4.2.1&ISO", LOT),
        text('qualifier="BR"', 'qualifier="SP"'),
    )
    message = sound()
    for mutate in several:
        mutate(message)
    first = await send(bench, message)
    assert len(first.rules) > 5
    again = await bench.again(REPOSITORY, first.exchange)
    assert (again.left, again.sent.rules, again.sent.outcome) == (set(), set(), "accepted")


async def test_nothing_but_the_finding_is_touched(bench: Bench) -> None:
    message = broken_by(breaks("part.size", slot("size", "1")))
    raw, kind = message.write()
    first = await bench.send(REPOSITORY, raw, kind)
    again = await bench.again(REPOSITORY, first.exchange)
    size = str(len(message.parts["doc1@test"])).encode()
    assert again.body == raw.replace(b"<rim:Value>1</rim:Value>", b"<rim:Value>" + size + b"</rim:Value>")
    assert again.view["contentType"] == kind
    (change,) = again.view["changes"]
    assert (change["before"], change["after"]) == ("1", size.decode())


async def test_what_is_registered_already_gets_new_identifiers(bench: Bench) -> None:
    first = await send(bench, sound())
    assert first.outcome == "accepted"
    second = await send(bench, sound())
    assert "dmp.duplicate.registered" in second.rules
    for exchange in (first.exchange, second.exchange):
        again = await bench.again(REPOSITORY, exchange)
        assert again.changed == {"dmp.duplicate.registered", "dmp.part.hash", "dmp.part.size"}
        assert (again.sent.outcome, again.sent.rules) == ("accepted", set())
        assert b"1.2.250.1.999.2.1<" not in again.body
        assert b'"1.2.250.1.999.2.1"' not in again.body


async def test_a_document_in_the_envelope_is_mended_there(bench: Bench) -> None:
    message = broken_by(breaks("cda.family-sp", text('qualifier="BR"', 'qualifier="SP"')))
    inline(message)
    raw = etree.tostring(message.envelope)
    first = await bench.send(REPOSITORY, raw, "application/soap+xml")
    assert first.rules == {"dmp.cda.family-sp"}
    again = await bench.again(REPOSITORY, first.exchange)
    assert (again.sent.rules, again.sent.outcome) == (set(), "accepted")


async def test_a_document_in_base64_is_mended_and_encoded_again(bench: Bench) -> None:
    message = broken_by(breaks("cda.family-sp", text('qualifier="BR"', 'qualifier="SP"')))
    raw, kind = message.write()
    data = message.parts["doc1@test"]
    head, tail = raw.split(data)
    head = b"base64".join(head.rsplit(b"binary", 1))
    first = await bench.send(REPOSITORY, head + base64.encodebytes(data) + tail, kind)
    assert first.rules == {"dmp.cda.family-sp"}
    again = await bench.again(REPOSITORY, first.exchange)
    assert data not in again.body
    assert (again.sent.rules, again.sent.outcome) == (set(), "accepted")


async def test_a_large_document_is_mended_from_the_blob_store(bench: Bench) -> None:
    long = b"<structuredBody><component><section><text>" + b"x" * 3_000_000 + b"</text></section></component>"
    broken = broken_by(breaks("cda.family-sp", text('qualifier="BR"', 'qualifier="SP"')))
    broken.document(lambda data: data.replace(b"<structuredBody>", long))
    first = await send(bench, broken)
    assert (first.rules, first.outcome) == ({"dmp.cda.family-sp"}, "accepted")
    again = await bench.again(REPOSITORY, first.exchange)
    assert (again.sent.rules, again.sent.outcome) == (set(), "accepted")
    assert again.body.count(b"x" * 3_000_000) == 1


async def test_a_large_document_that_was_refused_is_not_kept(bench: Bench) -> None:
    broken = broken_by(breaks("part.hash", slot("size", "1")))
    broken.parts["doc1@test"] += b" " * 3_000_000
    first = await send(bench, broken)
    view, _ = await bench.mended(first.exchange)
    assert view["error"]["code"] == "mending.gone"


async def test_what_carries_the_message_is_mended(bench: Bench) -> None:
    raw, kind = sound().write()
    other = kind.replace('boundary="', 'boundary="other')
    broken = {
        "mime.boundary": (raw + b" " * 20_000, other),
        "mime.truncated": (raw[: raw.rindex(b"\r\n--")], kind),
        "mime.transfer-encoding": (raw.replace(b"Encoding: binary", b"Encoding: quoted-printable"), kind),
    }
    for rule, (body, said) in broken.items():
        first = await bench.send(REPOSITORY, body, said)
        assert first.rules <= {rule, "mime.truncated"}
        again = await bench.again(REPOSITORY, first.exchange)
        assert first.rules <= again.changed
        assert (again.sent.rules, again.sent.outcome) == (set(), "accepted"), rule


async def test_a_redacted_exchange_is_not_mended(bench: Bench) -> None:
    message = sound()
    matricule = "1870775123456"
    patient(f"{matricule}{ins_key(matricule)}^^^&{OID_NIR}&ISO^NH")(message)
    first = await send(bench, message)
    view, body = await bench.mended(first.exchange)
    assert (body.status_code, view["error"]["code"]) == (409, "mending.redacted")


async def test_a_query_without_message_id_is_mended_too(bench: Bench) -> None:
    message = sound()
    message.drop("//a:MessageID")
    header = etree.tostring(message.find("//s:Header")).decode()
    body = (
        f'<q:AdhocQueryRequest xmlns:q="{names.QUERY}" xmlns:rim="{names.RIM}">'
        '<q:ResponseOption returnComposedObjects="true" returnType="LeafClass"/>'
        '<rim:AdhocQuery id="urn:uuid:14d4debf-8f97-4251-9a74-a90016b0af0d">'
        '<rim:Slot name="$XDSDocumentEntryStatus"><rim:ValueList><rim:Value>'
        "('urn:oasis:names:tc:ebxml-regrep:StatusType:Approved')</rim:Value></rim:ValueList></rim:Slot>"
        "</rim:AdhocQuery></q:AdhocQueryRequest>"
    )
    envelope = f'<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope">{header}<s:Body>{body}</s:Body>'
    first = await bench.send(REGISTRY, f"{envelope}</s:Envelope>".encode(), "application/soap+xml")
    assert "dmp.addressing.required" in first.rules
    again = await bench.again(REGISTRY, first.exchange)
    assert (again.changed, again.sent.rules) == ({"dmp.addressing.required"}, set())


def inline(message: Message) -> None:
    """Each document as base64 text instead of xop:Include."""
    for element in message.all("//xdsb:Document"):
        cid = element[0].get("href", "").removeprefix("cid:")
        del element[0]
        element.text = base64.b64encode(message.parts[cid]).decode()
