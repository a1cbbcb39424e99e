"""Recorded bodies: put together, parted, shown; and what a hostile sender might put there."""

import base64
from typing import Any

from console.reading.body import assemble
from console.reading.message import Kind, raw_text, read
from support import mails

MULTIPART = 'multipart/related; boundary="b1"; type="application/xop+xml"'


def recorded(*body: dict[str, Any], kind: str = "application/soap+xml", size: int | None = None) -> dict[str, Any]:
    total = sum(len(one.get("text", "")) + one.get("blob", {}).get("size", 0) for one in body)
    return {
        "headers": [["content-type", kind]],
        "size": total if size is None else size,
        "cut": False,
        "body": list(body),
    }


def test_a_package_is_parted_root_first_and_a_blob_stays_a_reference() -> None:
    body = assemble(
        recorded(
            {"text": "--b1\r\nContent-Type: application/xop+xml\r\nContent-ID: <root@x>\r\n\r\n<Envelope/>"},
            {"text": "\r\n--b1\r\nContent-Type: text/xml\r\nContent-ID: <doc@x>\r\n\r\n"},
            {"blob": {"sha256": "ab" * 32, "size": 5_000_000}},
            {"text": "\r\n--b1--"},
            kind=MULTIPART,
        )
    )
    root, document = read(body, mail=False)
    assert (root.kind, root.title, root.part.names) == (Kind.XML, "Enveloppe SOAP", ("1", "root@x"))
    assert (document.kind, document.part.size, document.part.content) == (Kind.LARGE, 5_000_000, None)
    assert "5000000 octets : abababababab" in raw_text(body)


def test_a_sender_cannot_forge_the_mark_of_a_blob() -> None:
    body = assemble(recorded({"text": "\0deadbeef:0\0"}, {"blob": {"sha256": "cd" * 32, "size": 3}}, kind="text/plain"))
    (part,) = read(body, mail=False)
    assert part.kind is Kind.LARGE
    (mark,) = body.gaps
    assert body.data.index(mark) == len(b"\0deadbeef:0\0")


def test_xml_that_is_not_or_that_asks_for_entities_is_shown_as_it_came() -> None:
    for text in ("<a><b></a>", "<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>\n<a>&x;</a>"):
        (part,) = read(assemble(recorded({"text": text})), mail=False)
        assert (part.kind, part.broken) == (Kind.TEXT, True)
        assert "\n".join(part.lines) == text


def test_what_is_binary_is_named_not_dumped() -> None:
    pdf = {"base64": base64.b64encode(b"%PDF-1.4\n\xff\xfe").decode()}
    (part,) = read(assemble(recorded(pdf, kind="application/pdf", size=11)), mail=False)
    assert (part.kind, part.title) == (Kind.BINARY, "PDF")


def test_a_mail_has_its_headers_and_its_parts_and_an_archive_its_names() -> None:
    raw = mails.mail(mails.xdm(mails.cda()), subject="Compte rendu é")
    body = assemble(recorded({"text": raw.decode("ascii")}))
    head, text, archive, pdf = read(body, mail=True)
    assert head.kind is Kind.HEADERS
    assert head.part.header("subject") == "Compte rendu é"
    assert text.kind is Kind.TEXT
    assert archive.kind is Kind.ARCHIVE
    assert any(line.startswith("IHE_XDM/SUBSET01/METADATA.XML · ") for line in archive.lines)
    assert (pdf.kind, pdf.part.names) == (Kind.BINARY, ("3", "20260105_CR_PAT-TROIS_DOMINIQUE.pdf"))


def test_a_boundary_that_never_comes_leaves_the_body_whole() -> None:
    (part,) = read(assemble(recorded({"text": "no boundary"}, kind=MULTIPART)), mail=False)
    assert part.lines == ["no boundary"]


def test_a_long_part_is_left_to_its_own_page() -> None:
    body = assemble(recorded({"text": "<a>" + "<b/>" * 30_000 + "</a>"}))
    assert [part.kind for part in read(body, mail=False)] == [Kind.LARGE]
    assert [part.kind for part in read(body, mail=False, limit=200_000)] == [Kind.XML]


def test_a_word_of_a_mail_that_cannot_be_decoded_is_shown_as_it_came() -> None:
    for word in ("=?utf-8?b?a?=", "=?utf-8\u00ff?q?a?="):
        shown, _ = read(assemble(recorded({"text": f"Subject: {word}\r\n\r\nx"}, kind="message/rfc822")), mail=True)
        assert shown.part.headers[0][0] == "Subject"
