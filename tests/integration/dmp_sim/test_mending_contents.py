"""Mending wherever a document stands, whatever carries the message, and in the other transactions."""

import base64

from lxml import etree

from dmp_sim.domain import names
from support.dmp_mending import bench, broken_by, send
from support.dmp_message import Message
from support.dmp_mutators import breaks, slot, sound, text
from support.dmp_served import REGISTRY, REPOSITORY
from support.mending_served import Bench

__all__ = ["bench"]


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


async def test_a_retrieval_from_another_repository_is_mended(bench: Bench) -> None:
    message = sound()
    await send(bench, message)
    header = etree.tostring(message.find("//s:Header")).decode()
    asked = "".join(
        f"<x:DocumentRequest><x:RepositoryUniqueId>{wrong}</x:RepositoryUniqueId>"
        "<x:DocumentUniqueId>1.2.250.1.999.2.1</x:DocumentUniqueId></x:DocumentRequest>"
        for wrong in ("1.2.3", "1.2.4")
    )
    raw = (
        f'<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope">{header}<s:Body>'
        f'<x:RetrieveDocumentSetRequest xmlns:x="{names.XDSB}">{asked}</x:RetrieveDocumentSetRequest>'
        "</s:Body></s:Envelope>"
    )
    first = await bench.send(REPOSITORY, raw.encode(), "application/soap+xml")
    assert first.rules == {"dmp.retrieve.repository"}
    again = await bench.again(REPOSITORY, first.exchange)
    assert (again.sent.rules, again.sent.outcome) == (set(), "accepted")


def inline(message: Message) -> None:
    """Each document as base64 text instead of xop:Include."""
    for element in message.all("//xdsb:Document"):
        cid = element[0].get("href", "").removeprefix("cid:")
        del element[0]
        element.text = base64.b64encode(message.parts[cid]).decode()
