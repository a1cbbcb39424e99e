"""Hardened parsing: what is taken, what is refused and by which rule."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from lxml import etree

from socle.soap.limits import XmlLimits
from socle.soap.refusal import XmlRefused
from socle.soap.xml import parse, parse_async

BOMB = (
    '<?xml version="1.0"?><!-- one --><?pi two?>\n<!DOCTYPE lolz [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;">'
    "]><lolz>&b;&b;&b;</lolz>"
)
SMALL = XmlLimits(max_bytes=4_000_000, max_text=1_000, max_depth=10, max_elements=100, max_attributes=5)


def refused(data: bytes, **kwargs: object) -> XmlRefused:
    with pytest.raises(XmlRefused) as caught:
        parse(data, **kwargs)  # type: ignore[arg-type]
    return caught.value


REFUSED = [
    (b"", "xml.empty"),
    (b" \r\n\t", "xml.empty"),
    (b"hello", "xml.well-formed"),
    (b"<a><b></a>", "xml.well-formed"),
    (b"<a/><b/>", "xml.well-formed"),
    (b"<a>\x01</a>", "xml.well-formed"),
    (b'<a b="1" b="2"/>', "xml.well-formed"),
    (b"\x00\x01\x02\x03", "xml.well-formed"),
    (BOMB.encode(), "xml.doctype"),
    (BOMB.encode("utf-16"), "xml.doctype"),
    (BOMB.encode("utf-16-le"), "xml.doctype"),
    (BOMB.encode("utf-16-be"), "xml.doctype"),
    (b"\xef\xbb\xbf<!DOCTYPE a><a/>", "xml.doctype"),
    (b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>', "xml.doctype"),
    (b"<a>&undeclared;</a>", "xml.doctype"),
    (b"<a>" * 10_000 + b"</a>" * 10_000, "xml.depth"),
    (b"<a>" * 10_000, "xml.depth"),
    (b"<a>" * 257 + b"</a>" * 257, "xml.depth"),
    (b"<a>\xe8</a>", "xml.charset"),
    ("<a>é</a>".encode("utf-16-le")[:-1], "xml.charset"),
    (b'<?xml version="1.0" encoding="KOI8-R"?><a/>', "xml.charset"),
    (b"<a " + b" ".join(b'a%d=""' % n for n in range(200)) + b"/>", "xml.attributes"),
]


@pytest.mark.parametrize(("data", "rule"), REFUSED)
def test_refuses_by_rule(data: bytes, rule: str) -> None:
    error = refused(data)
    assert error.finding.rule.id == rule
    assert error.finding.rule.structural
    assert error.reason.startswith(error.finding.rule.title_fr)


def test_what_is_refused_leaves_nothing_behind() -> None:
    """A thread's parser serves one message after another: each is judged as it would be by a thread of its own."""
    good = b'<a xmlns:n="urn:n" id="1">text<n:b id="1"/></a>'

    def findings(*documents: bytes) -> list[str]:
        with ThreadPoolExecutor(1) as own:
            return list(own.map(told, documents))

    def told(data: bytes) -> str:
        try:
            return etree.tostring(parse(data)).decode()
        except XmlRefused as error:
            return str(error.finding)

    refused = [data for data, _ in REFUSED]
    one_by_one = [findings(data)[0] for data in refused]
    for turn in range(len(refused)):  # each after each other one's neighbour
        order = refused[turn:] + refused[:turn]
        together = findings(*(data for bad in order for data in (bad, good, bad)))
        expected = one_by_one[turn:] + one_by_one[:turn]
        assert together == [told for bad in expected for told in (bad, good.decode(), bad)]


@pytest.mark.parametrize("charset", ["klingon", "utf-7", "punycode", "zip", "x" * 500, "utf-8\x00"])
def test_refuses_charsets_it_does_not_know(charset: str) -> None:
    error = refused(b"<a/>", charset=charset)
    assert error.finding.rule.id == "xml.charset"
    assert len(error.finding.found) <= 60


def test_bytes_that_break_the_announced_charset_are_refused_with_their_place() -> None:
    error = refused(b"<a>\nAcc\xe8s</a>", charset="UTF-8")
    assert error.finding.rule.id == "xml.charset"
    assert error.finding.line == 2


def test_the_content_type_wins_over_the_declaration() -> None:
    data = b'<?xml version="1.0" encoding="UTF-8"?><a>\xe8</a>'
    assert parse(data, charset="iso-8859-1").text == "è"
    latin = b'<?xml version="1.0" encoding="ISO-8859-1"?><a>\xe8</a>'
    assert parse(latin).text == "è"
    assert refused(latin, charset="utf-8").finding.rule.id == "xml.charset"


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "iso-8859-15", "cp1252"]
)
def test_reads_the_charsets_senders_use(encoding: str) -> None:
    declared = encoding.removesuffix("-sig")
    text = f'<?xml version="1.0" encoding="{declared}"?><a b="é">été</a>'
    root = parse(text.encode(encoding))
    assert (root.text, root.get("b")) == ("été", "é")
    assert parse("<a>été</a>".encode(encoding), charset=declared).text == "été"


def test_a_quoted_or_padded_charset_is_read() -> None:
    assert parse(b"<a>\xe8</a>", charset=' "ISO-8859-1" ').text == "è"


def test_a_doctype_in_text_or_comments_is_no_doctype() -> None:
    root = parse(b"<!-- <!DOCTYPE a> --><a><![CDATA[<!DOCTYPE html>]]></a>")
    assert root.text == "<!DOCTYPE html>"


def test_what_stands_before_the_root_is_scanned_in_linear_time() -> None:
    comments = b"<!-- - -->" * 200_000
    assert parse(comments + b"<a/>").tag == "a"


def test_limits_are_ours() -> None:
    def rule(data: bytes) -> str:
        return refused(data, limits=SMALL).finding.rule.id

    assert rule(b"x" * 4_000_001) == "xml.size"
    assert rule(b"<a>" + b"x" * 1_001 + b"</a>") == "xml.text"
    assert rule(b'<a b="' + b"x" * 1_001 + b'"/>') == "xml.text"
    assert rule(b"<a>" + b"<b/>" * 150 + b"</a>") == "xml.elements"
    assert rule(b"<a>" + b"<b/>" * 250 + b"</a>") == "xml.elements"
    assert rule(b"<a>" + b"<b c='' d=\"\"/>" * 210 + b"</a>") == "xml.elements"
    assert rule(b"<a>" + (b"<b" + b" c=''" * 6 + b">x</b>") * 90 + b"</a>") == "xml.attributes"
    assert rule(b"<a>" * 11 + b"</a>" * 11) == "xml.depth"
    deep_enough = b"<a>" * 10 + b"</a>" * 10
    assert parse(deep_enough, limits=SMALL).tag == "a"


def test_text_beyond_libxml2s_own_limit_is_read_up_to_ours() -> None:
    data = b"<a>" + b"QUJD" * 3_000_000 + b"</a>"
    assert len(parse(data).text or "") == 12_000_000
    assert refused(b"<a>" + b"x" * 25_500_000 + b"</a>").finding.rule.id == "xml.text"
    deep = b"<a>" * 257 + b"x" * 11_000_000 + b"</a>" * 257
    assert refused(deep).finding.rule.id == "xml.depth"


def test_findings_name_the_part() -> None:
    assert refused(b"<a>", part="cda@socles").finding.part == "cda@socles"


async def test_large_documents_parse_outside_the_loop_with_the_same_result() -> None:
    data = b"<a>" + b"<b>text</b>" * 30_000 + b"</a>"
    assert len(await parse_async(data)) == 30_000
    with pytest.raises(XmlRefused):
        await parse_async(data[:-1])
