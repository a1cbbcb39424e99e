"""The MIME reader against the standard library's, and on what real senders write wrong."""

from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mss_sim.wire.headers import decode_text, decode_words, parse_headers, parse_value
from mss_sim.wire.mime import MimeLimit, decode_body, opaque_mail, parse_mail
from support.mails import cda, mail, xdm


def contents(raw: bytes) -> list[tuple[str, str | None, bytes]]:
    return [
        (part.content_type, part.filename, decode_body(raw, part.start, part.end, part.encoding))
        for part in parse_mail(raw).root.leaves()
    ]


def reference(raw: bytes) -> list[tuple[str, str | None, bytes]]:
    message = message_from_bytes(raw, policy=policy.default)
    return [
        (part.get_content_type(), part.get_filename(), part.get_payload(decode=True) or b"")
        for part in message.walk()
        if not part.is_multipart()
    ]


names = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=60)


@settings(deadline=None)
@given(
    subject=st.text(st.characters(codec="utf-8", exclude_categories=["C"]), max_size=80).map(str.strip),
    texts=st.lists(
        st.text(st.characters(codec="utf-8", exclude_characters="\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029\0")), max_size=3
    ),
    attachments=st.lists(st.tuples(names, st.binary(max_size=300)), max_size=3),
)
def test_agrees_with_the_standard_library(subject: str, texts: list[str], attachments: list[tuple[str, bytes]]) -> None:
    message = EmailMessage(policy=policy.SMTP)
    message["Subject"] = subject
    message.set_content("corps\n" + "".join(texts))
    for text in texts:
        message.add_alternative(f"<p>{text}</p>", subtype="html")
    for name, content in attachments:
        message.add_attachment(content, maintype="application", subtype="zip", filename=name)
    raw = message.as_bytes()
    assert contents(raw) == reference(raw)


def test_numbers_are_those_of_imap() -> None:
    inner = (
        b"Subject: inner\r\nContent-Type: multipart/mixed; boundary=I\r\n\r\n--I\r\n\r\nA\r\n--I\r\n\r\nB\r\n--I--\r\n"
    )
    raw = (
        b'Content-Type: multipart/mixed; boundary="O O"\r\n\r\npreamble\r\n--O O\r\n\r\nfirst\r\n--O O  \r\n'
        b"Content-Type: message/rfc822\r\n\r\n" + inner + b"\r\n--O O--\r\nepilogue\r\n"
    )
    leaves = list(parse_mail(raw).root.leaves())
    assert [part.number for part in leaves] == ["1", "2.1", "2.2"]
    assert [raw[part.start : part.end] for part in leaves] == [b"first", b"A", b"B"]
    assert [part.number for part in parse_mail(b"Subject: x\r\n\r\nhello").root.leaves()] == ["1"]


@pytest.mark.parametrize("newline", [b"\r\n", b"\n"])
def test_bare_newlines_and_a_missing_end_are_read(newline: bytes) -> None:
    raw = b"Content-Type: multipart/mixed; boundary=B\n\n--B\n\none\n--Bx\n--B\n\ntwo".replace(b"\n", newline)
    leaves = list(parse_mail(raw).root.leaves())
    assert [raw[part.start : part.end] for part in leaves] == [b"one" + newline + b"--Bx", b"two"]


@pytest.mark.parametrize(
    "raw", [b"", b"\r\n", b"Subject", b"Subject: x", b"Content-Type: multipart/mixed; boundary=B\r\n\r\n"]
)
def test_odd_messages_do_not_fail(raw: bytes) -> None:
    assert parse_mail(raw).root.end == len(raw)


@settings(deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_are_read(noise: bytes) -> None:
    head = b"Content-Type: multipart/mixed; boundary=B\r\nContent-Transfer-Encoding: base64\r\n"
    for raw in (noise, head + noise, head + b"\r\n--B\r\n" + noise + b"\r\n--B--"):
        for part in parse_mail(raw).root.leaves():
            decode_body(raw, part.start, part.end, "base64")


def test_too_many_parts_or_levels_leave_the_message_opaque() -> None:
    many = b"Content-Type: multipart/mixed; boundary=B\r\n\r\n" + b"--B\r\n\r\n\r\n" * 1100
    deep = b"".join(b"Content-Type: multipart/mixed; boundary=%03d\r\n\r\n--%03d\r\n" % (n, n) for n in range(30))
    for raw in (many, deep):
        with pytest.raises(MimeLimit):
            parse_mail(raw)
        assert [part.number for part in opaque_mail(raw).root.leaves()] == ["1"]


def test_base64_is_read_as_mail_readers_do() -> None:
    for text, expected in (
        (b"SGVs\r\nbG8=\r\n", b"Hello"),
        (b"SGVsbG8", b"Hello"),
        (b"SGV!sbG8=", b"Hello"),
        (b"SGVsb", b"Hel"),
        (b"", b""),
    ):
        assert decode_body(text, 0, len(text), "base64") == expected
    assert decode_body(b"a=3Db=\r\nc", 0, 9, "quoted-printable") == b"a=bc"
    assert decode_body(b"raw", 0, 3, "x-unknown") == b"raw"


def test_headers() -> None:
    raw = b"A: 1\r\nFolded: one\r\n\ttwo\r\n  three\r\nnot a header\r\nUtf: \xc3\xa9\r\n"
    assert parse_headers(raw) == [("A", "1"), ("Folded", "one two three"), ("Utf", "é")]
    assert parse_headers(b"L: \xe9") == [("L", "é")]


def test_parameters() -> None:
    assert parse_value('attachment; filename="a \\"b\\".zip"; SIZE=3') == (
        "attachment",
        {"filename": 'a "b".zip', "size": "3"},
    )
    assert parse_value("x; filename*0*=utf-8''%C3%A9; filename*1=\"t.pdf\"")[1] == {"filename": "ét.pdf"}
    assert parse_value("x; filename*=iso-8859-1''%E9.pdf")[1] == {"filename": "é.pdf"}
    assert parse_value("x; filename*=nonsense''%E9.pdf")[1]["filename"].endswith(".pdf")
    assert parse_value("")[0] == ""


def test_encoded_words() -> None:
    assert decode_words("=?utf-8?q?=C3=A9?= =?iso-8859-1?b?6Q==?=") == "éé"
    assert decode_words("=?nonsense?q?x?=") == "=?nonsense?q?x?="


def test_a_sample_mail() -> None:
    archive = xdm(cda())
    assert contents(mail(archive))[1] == ("application/zip", "IHE_XDM.ZIP", archive)


@pytest.mark.parametrize("charset", ["idna", "punycode", "undefined", "a\0b", "hex", "utf-8\u00ff", "rot13"])
def test_a_charset_that_is_none_leaves_text_as_it_came(charset: str) -> None:
    assert parse_value(f"application/pdf; name*={charset}''b%20c")[1] == {"name": "b c"}
    assert decode_words(f"=?{charset}?q?abc?=") == f"=?{charset}?q?abc?="
    assert decode_text(b"abc", charset, otherwise="latin-1") == "abc"
