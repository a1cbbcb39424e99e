"""What senders really do in ITI-41: packaging, encodings, sizes."""

import base64
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from lxml import etree

from dmp_sim.domain import names
from socle.soap.model import SOAP11, SOAP12
from support.dmp_cda import INS, OID, STRUCTURE, cda
from support.dmp_message import Message, deposit, describe, vihf
from support.dmp_mutators import sound
from support.dmp_served import REPOSITORY, Dmp, dmp

PATIENT = f"{INS}^^^&{OID}&ISO^NH"
UNIQUE_ID = "1.2.250.1.999.2.1"


@pytest.fixture
async def served(tmp_path: Path, database: str | None) -> AsyncIterator[Dmp]:
    async with dmp(tmp_path, database=database) as running:
        yield running


def inline(message: Message) -> tuple[bytes, str]:
    """Every document in the envelope, as un-optimised MTOM writes it."""
    for document in message.all("//xdsb:Document"):
        include = document[0]
        cid = include.get("href", "").removeprefix("cid:")
        document.remove(include)
        document.text = base64.encodebytes(message.parts[cid]).decode()
    return etree.tostring(message.envelope), "application/soap+xml"


def soap11(message: Message) -> tuple[bytes, str]:
    body, kind = message.write()
    return body.replace(SOAP12.encode(), SOAP11.encode()), kind


def encoded_cid(message: Message) -> tuple[bytes, str]:
    """Angle brackets hold the plain id, the href the URL-encoded one."""
    body, kind = message.write()
    body = body.replace(b"cid:doc1@test", b"cid:doc1%40urn%3Aihe").replace(b"<doc1@test>", b"<doc1@urn:ihe>")
    return body, kind


def line_feeds_only(message: Message) -> tuple[bytes, str]:
    """A Java client: LF only, hash and size count the line end before the boundary."""
    message.document(lambda data: data + b"\n")
    message.parts["doc1@test"] = message.parts["doc1@test"][:-1]
    body, kind = message.write()
    return body.replace(b"\r\n", b"\n"), kind


def no_prefix(message: Message) -> tuple[bytes, str]:
    """rim as the default namespace, the signature's document first, ObjectRef noise."""
    request = message.find("//xdsb:ProvideAndRegisterDocumentSetRequest")
    request.insert(1, request[-1])
    objects = message.find("//rim:RegistryObjectList")
    objects.insert(0, etree.fromstring(f'<ObjectRef xmlns="{names.RIM}" id="urn:uuid:x"/>'))
    text = etree.tostring(message.envelope)
    text = text.replace(b"<rim:", b"<").replace(b"</rim:", b"</").replace(b"xmlns:rim=", b"xmlns=")
    message.envelope = etree.fromstring(text)
    return message.write()


@pytest.mark.parametrize("write", [inline, soap11, encoded_cid, line_feeds_only, no_prefix])
async def test_what_senders_really_do(served: Dmp, write: object) -> None:
    body, kind = write(sound())  # type: ignore[operator]
    answer = await served.post(REPOSITORY, body, kind)
    assert answer.accepted, answer.http.text
    assert served.journal.exchanges[-1].findings == []
    back = await served.retrieve(PATIENT, STRUCTURE, UNIQUE_ID)
    assert back.attachments == [cda()]


async def test_a_missing_part_and_a_bad_body(served: Dmp) -> None:
    message = sound()
    del message.parts["doc1@test"]
    answer = await served.deposit(message)
    assert answer.errors == ["XDSMissingDocument"]
    message = sound()
    message.drop("//lcm:SubmitObjectsRequest")
    answer = await served.deposit(message)
    assert answer.http.status_code == 500
    assert "RegistryObjectList est absent" in answer.http.text


async def test_a_byte_order_mark_and_a_broken_charset(served: Dmp) -> None:
    message = deposit([describe(b"\xef\xbb\xbf" + cda())])
    assert (await served.deposit(message)).accepted
    back = await served.retrieve(PATIENT, STRUCTURE, UNIQUE_ID)
    assert back.attachments == [b"\xef\xbb\xbf" + cda()]
    broken = deposit([describe(cda(root="1.2.250.1.999.2.5"))])
    broken.document(lambda data: data.replace(b"HOPITAL", b"Acc\xe8s"))
    answer = await served.deposit(broken)
    assert "InvalidDocumentContent" in answer.errors


async def test_a_large_document_is_spooled_and_read_as_a_stream(served: Dmp) -> None:
    text = base64.encodebytes(bytes(3_000_000)).decode()
    body = f"<component><section><text>{text}</text></section></component>"
    message = deposit([describe(cda(body=body))])
    assert len(message.parts["doc1@test"]) > 1_048_576
    assert (await served.deposit(message)).accepted
    back = await served.retrieve(PATIENT, STRUCTURE, UNIQUE_ID)
    assert back.attachments == [message.parts["doc1@test"]]
    raw = await served.http.get(f"/_sandbox/dmp_sim/documents/{UNIQUE_ID}/raw")
    assert raw.content == message.parts["doc1@test"]
    truncated = deposit([describe(cda(root="1.2.250.1.999.2.6", body=body))])
    truncated.document(lambda data: data[:-20])
    assert "InvalidDocumentContent" in (await served.deposit(truncated)).errors


def test_the_helper_writes_a_whole_assertion() -> None:
    assert etree.fromstring(vihf(PATIENT, STRUCTURE)) is not None


async def test_a_large_document_that_is_registered_comes_back(served: Dmp) -> None:
    message = deposit([describe(cda(root=UNIQUE_ID, body=f"<!-- {'x' * 1_500_000} -->"))])
    answers = [await served.deposit(message) for _ in range(5)]
    assert [answer.accepted for answer in answers] == [True, False, False, False, False]
    for answer in answers[1:]:
        assert set(answer.errors) == {"XDSDuplicateUniqueIdInRegistry"}
    assert (await served.retrieve(PATIENT, STRUCTURE, UNIQUE_ID)).attachments == [message.parts["doc1@test"]]
