"""Multipart requests as senders really write them: every variant of domain/dmp.md §0.5–0.7."""

import base64
import hashlib
from pathlib import Path

import pytest

from socle.soap.headers import content_type
from socle.soap.limits import Limits
from socle.soap.mtom import MultipartReader
from socle.soap.refusal import MimeRefused
from support.mtom import CDA, ROOT, SMALL, portions, read, read_any, rule_of
from support.wire import multipart


@pytest.mark.parametrize("eol", ["\r\n", "\n"])
@pytest.mark.parametrize("last", ["", "\r\n", "\n", "\r\nepilogue --b ignored"])
@pytest.mark.parametrize("preamble", ["", "\r\n", "This is a multi-part message.\r\n"])
async def test_line_ends_preamble_and_what_follows_the_end(eol: str, last: str, preamble: str) -> None:
    body = multipart([ROOT, ("Content-ID: <cda>", CDA)], eol=eol, last=last, preamble=preamble)
    got = await read_any(body)
    assert got.root == b"<e/>"
    assert got.parts[0].blob.data == CDA


async def test_crlf_before_the_first_boundary_and_none_after_the_last() -> None:
    body = b"\r\n" + multipart([ROOT, ("Content-ID: <x>", CDA)], boundary="uuid:1-2")
    kind = 'multipart/related; type="application/xop+xml"; boundary="uuid:1-2"; start="<root>"'
    assert (await read(body, kind)).parts[0].blob.data == CDA


@pytest.mark.parametrize(
    ("kind", "boundary"),
    [
        ('multipart/related; boundary="----=_Part_1_2.3"; type="application/xop+xml"', "----=_Part_1_2.3"),
        ("multipart/related; boundary=----=_Part_1_2.3; type=text/xml", "----=_Part_1_2.3"),
        ("multipart/related;boundary=uuid:12-34;start-info=x", "uuid:12-34"),
        ("Multipart/Related; BOUNDARY=MIMEBoundary/(1)?='", "MIMEBoundary/(1)?='"),
        ('multipart/related;type="application/xop+xml";start-info="text/xml; action=\\"a;b\\"";boundary="q"', "q"),
        ('multipart/mixed; boundary="a b"', "a b"),
        ("multipart/related; boundary=-", "-"),
    ],
)
async def test_boundaries_quoted_or_not(kind: str, boundary: str) -> None:
    body = multipart([ROOT, ("Content-ID: <x>", CDA)], boundary=boundary)
    assert [part.blob.data for part in (await read(body, kind)).parts] == [CDA]


async def test_without_start_type_and_start_info_the_first_part_is_the_root() -> None:
    body = multipart([("Content-Type: text/xml", b"<e/>"), ("Content-ID: <x>", CDA)])
    assert (await read(body, "multipart/related; boundary=b")).root == b"<e/>"


async def test_start_finds_a_root_that_is_not_first() -> None:
    body = multipart([("Content-ID: <cda>", CDA), ROOT])
    got = await read(body)
    assert (got.root, got.parts[0].content_id) == (b"<e/>", "cda")


@pytest.mark.parametrize("start", ["root%40x", "<root@x>", "root@x", "<ROOT-absent>"])
async def test_start_in_any_form(start: str) -> None:
    body = multipart([("Content-ID: <root@x>", b"<e/>"), ("Content-ID: <cda>", CDA)])
    got = await read(body, f'multipart/related; boundary="b"; start="{start}"')
    assert got.root == b"<e/>"


async def test_a_root_that_start_does_not_find_may_even_be_on_disk(tmp_path: Path) -> None:
    envelope = b"<e>" + b"x" * 5000 + b"</e>"
    body = multipart([("Content-ID: <a>", envelope), ("Content-ID: <cda>", CDA)])
    reader = MultipartReader(content_type('multipart/related; boundary=b; start="<no>"'), SMALL, tmp_path)
    assert (await reader.read(portions(body, 300))).root == envelope
    await reader.discard()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "head",
    [
        "Content-Type: text/xml; charset=Cp1252; name=cda.xml\nContent-Transfer-Encoding: 8bit\nContent-ID: <x>",
        "Content-Type:application/octet-stream;name=a\ncontent-transfer-encoding:BINARY\nCONTENT-ID:<x>",
        'Content-ID: x\nContent-Disposition: attachment; filename="r\xe9sum\xe9.xml"',
        "Content-Type: text/xml;\n  charset=utf-8\nContent-ID: <x>\nContent-Transfer-Encoding: 7bit",
        "no colon in this line\nContent-ID: < x >",
    ],
)
async def test_part_headers_as_they_come(head: str) -> None:
    got = await read(multipart([ROOT, (head, CDA)]))
    assert got.parts[0].content_id.strip() == "x"
    assert got.parts[0].blob.data == CDA


async def test_folded_part_headers_are_one_line() -> None:
    got = await read(multipart([ROOT, ("Content-Type: text/xml;\n\tcharset=utf-8", CDA)]))
    assert got.parts[0].content_type == "text/xml; charset=utf-8"


async def test_a_part_without_headers() -> None:
    got = await read(multipart([ROOT, ("", CDA)]))
    assert (got.parts[0].content_id, got.parts[0].content_type) == ("", "application/octet-stream")


@pytest.mark.parametrize("name", ["base64", "BASE64", "Base64 "])
async def test_base64_parts_are_decoded_and_recorded_as_sent(name: str) -> None:
    content = bytes(range(256)) * 9
    body = multipart([ROOT, (f"Content-ID: <kos>\nContent-Transfer-Encoding: {name}", base64.encodebytes(content))])
    part = (await read(body)).parts[0]
    assert part.blob.data == content
    assert part.sha1 == hashlib.sha1(content).hexdigest()
    assert (part.sha1_with_eol, part.eol_length) == (None, 0)


@pytest.mark.parametrize("bad", [b"a=bc", b"QUJ", b"QQ==QUJDQUJD", b"Q*==", b"====", b"QQ==QUJD"])
async def test_broken_base64(bad: bytes) -> None:
    body = multipart([ROOT, ("Content-ID: <kos>\nContent-Transfer-Encoding: base64", bad)])
    assert await rule_of(body) == "mime.transfer-encoding"


async def test_unknown_transfer_encoding() -> None:
    body = multipart([ROOT, ("Content-Transfer-Encoding: quoted-printable", b"=E9")])
    assert await rule_of(body) == "mime.transfer-encoding"


async def test_both_readings_of_the_line_feed_before_the_boundary() -> None:
    part = (await read(multipart([ROOT, ("Content-ID: <x>", CDA)], eol="\n"))).parts[0]
    assert part.sha1 == hashlib.sha1(CDA).hexdigest()
    assert part.sha1_with_eol == hashlib.sha1(CDA + b"\n").hexdigest()
    assert (part.blob.size, part.eol_length) == (len(CDA), 1)
    strict = (await read(multipart([ROOT, ("Content-ID: <x>", CDA)]))).parts[0]
    assert (strict.sha1_with_eol, strict.eol_length) == (None, 0)


async def test_a_carriage_return_before_a_bare_line_feed_is_content() -> None:
    part = (await read(multipart([ROOT, ("Content-ID: <x>", b"bin\r")], eol="\n"))).parts[0]
    assert part.blob.data == b"bin\r"


async def test_a_bare_line_feed_in_a_crlf_message() -> None:
    body = multipart([ROOT, ("Content-ID: <x>", CDA)])
    body = body.removesuffix(b"\r\n--b--") + b"\n--b--"
    part = (await read(body)).parts[0]
    assert part.blob.data == CDA
    assert part.sha1_with_eol == hashlib.sha1(CDA + b"\n").hexdigest()


@pytest.mark.parametrize(
    "content", [b"--bb", b"\r\n--bx\r\n", b"\n--b-\n", b"--", b"\r\n\r\n", b"", b"\n--", b"x\r\n--b"]
)
async def test_what_only_looks_like_a_delimiter_is_content(content: bytes) -> None:
    if content.endswith(b"--b"):
        content += b"b"
    body = multipart([ROOT, ("Content-ID: <x>", content)])
    assert (await read(body, size=1)).parts[0].blob.data == content


async def test_an_empty_part_without_a_line_end_of_its_own() -> None:
    body = b"--b\r\nContent-ID: <root>\r\n\r\n<e/>\r\n--b\r\nContent-ID: <x>\r\n\r\n--b--"
    part = (await read(body)).parts[0]
    assert (part.blob.size, part.sha1_with_eol) == (0, None)


async def test_blanks_after_a_boundary() -> None:
    body = multipart([ROOT, ("Content-ID: <x>", CDA)]).replace(b"--b\r\n", b"--b  \t\r\n")
    assert (await read(body)).parts[0].blob.data == CDA


@pytest.mark.parametrize("cut", [1, 2, 3, 6, 40, 60])
async def test_truncated(cut: int) -> None:
    body = multipart([ROOT, ("Content-ID: <x>", CDA)])
    assert await rule_of(body[:-cut]) == "mime.truncated"


async def test_empty_body_and_other_boundary_are_truncated_too() -> None:
    assert await rule_of(b"") == "mime.truncated"
    assert await rule_of(multipart([ROOT]), "multipart/related; boundary=other") == "mime.truncated"


async def test_no_part_at_all() -> None:
    assert await rule_of(b"--b--") == "mime.no-part"


@pytest.mark.parametrize(
    "kind", ["multipart/related", 'multipart/related; boundary=""', "multipart/related; boundary=" + "x" * 201]
)
async def test_unusable_boundary(kind: str) -> None:
    with pytest.raises(MimeRefused) as caught:
        MultipartReader(content_type(kind), Limits(), Path("unused"))
    assert caught.value.finding.rule.id == "mime.boundary"
