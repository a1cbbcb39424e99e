"""Edits in the bytes of XML: each does what it says, and nothing else changes."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from socle.mending.model import Do, Edit, Planned
from socle.mending.repair import repair
from socle.mending.xml_edits import apply
from socle.soap.refusal import XmlRefused
from socle.soap.xml import parse

NAMES = {"p": "urn:p"}
DATA = (
    '<?xml version="1.0"?>\r\n<!-- <x/> é --><a xmlns="urn:p" z=\'1 > "0"\' y="&lt;">\n'
    "<b/><?pi <c> ?><c k='v'>é<![CDATA[<c>]]></c><d ><e>1</e></d><b x = \"2\" />tail</a >\n"
).encode()


def made(*edits: Edit, data: bytes = DATA, charset: str | None = None) -> bytes:
    return apply(data, [Planned(edit, "r", "w", "fr", "en") for edit in edits], NAMES, charset)[0]


@pytest.mark.parametrize(
    ("edit", "old", "new"),
    [
        (Edit(Do.SET, "//p:a", 'x "y" <&>', "z"), "'1 > \"0\"'", "'x \"y\" &lt;&amp;&gt;'"),
        (Edit(Do.SET, "//p:a", "q\"'", "y"), '"&lt;"', '"q&quot;\'"'),
        (Edit(Do.SET, "(//p:b)[1]", "1", "n"), "<b/>", '<b n="1"/>'),
        (Edit(Do.TEXT, "//p:c", "a<b"), "é<![CDATA[<c>]]></c>", "a&lt;b</c>"),
        (Edit(Do.TEXT, "(//p:b)[1]", "t"), "<b/>", "<b>t</b>"),
        (Edit(Do.TEXT, "(//p:b)[2]", "t"), '<b x = "2" />', '<b x = "2" >t</b>'),
        (Edit(Do.FIRST, "//p:d", "<f/>"), "<d >", "<d ><f/>"),
        (Edit(Do.LAST, "//p:d", "<f/>"), "</d>", "<f/></d>"),
        (Edit(Do.LAST, "(//p:b)[1]", "<f/>"), "<b/>", "<b><f/></b>"),
        (Edit(Do.BEFORE, "//p:d", "<f/>"), "<d >", "<f/><d >"),
        (Edit(Do.AFTER, "//p:d", "<f/>"), "</d>", "</d><f/>"),
        (Edit(Do.REMOVE, "//p:d"), "<d ><e>1</e></d>", ""),
        (Edit(Do.RENAME, value="W", name="v"), "'v'", "'W'"),
    ],
)
def test_each_edit_changes_its_own_bytes(edit: Edit, old: str, new: str) -> None:
    assert DATA.count(old.encode()) == 1
    after = made(edit)
    assert after == DATA.replace(old.encode(), new.encode())
    parse(after)


def test_children_are_sorted_and_stay_as_they_were_written() -> None:
    after = made(Edit(Do.SORT, "//p:a", "d c"))
    assert [etree.QName(one).localname for one in parse(after).iterchildren(tag=etree.Element)] == ["d", "c", "b", "b"]
    assert sorted(after) == sorted(DATA)


def test_what_is_not_there_or_was_touched_already_is_left_out() -> None:
    assert made(Edit(Do.REMOVE, "//p:none"), Edit(Do.SET, "//p:c/text()", "x", "k")) == DATA
    twice = made(Edit(Do.TEXT, "//p:e", "2"), Edit(Do.TEXT, "//p:e", "3"), Edit(Do.REMOVE, "//p:d"))
    assert twice == made(Edit(Do.TEXT, "//p:e", "2"))


def test_identifiers_are_renamed_whole() -> None:
    data = b"<a x='1.2.3'>1.2.34 1.2.3 1.2.3.4 a1.2.3 1.2.3.</a>"
    after = made(Edit(Do.RENAME, value="9.9", name="1.2.3"), data=data)
    assert after == b"<a x='9.9'>1.2.34 9.9 1.2.3.4 a1.2.3 9.9.</a>"


def test_the_document_keeps_its_charset() -> None:
    data = '<?xml version="1.0" encoding="ISO-8859-1"?><a é="1">é</a>'.encode("latin-1")
    after = made(Edit(Do.TEXT, "/a", "à €"), data=data)
    assert after == data.replace("é</a>".encode("latin-1"), "à &#8364;</a>".encode("latin-1"))
    told = made(Edit(Do.TEXT, "/a", "à"), data="<a>é</a>".encode("latin-1"), charset="iso-8859-1")
    assert told == "<a>à</a>".encode("latin-1")


def test_a_change_tells_what_was_there_and_what_is() -> None:
    _, (change,) = apply(DATA, [Planned(Edit(Do.SET, "//p:c", "w", "k"), "r", "/a", "fr", "en")], NAMES)
    assert (change.before, change.after, change.where, change.rule) == ("v", "w", "/a", "r")


@given(st.text(alphabet=st.characters(exclude_categories=("Cs", "Cc")), max_size=30))
def test_any_text_comes_back_as_it_was_set(text: str) -> None:
    root = parse(made(Edit(Do.SET, "//p:c", text, "k"), Edit(Do.TEXT, "//p:e", text)))
    assert root.xpath("string(//p:c/@k)", namespaces=NAMES) == text
    assert root.xpath("string(//p:e)", namespaces=NAMES) == text


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"<a>x & y &amp; &#38; &nbsp;</a>", b"<a>x &amp; y &amp; &#38; &amp;nbsp;</a>"),
        (b"<!DOCTYPE a SYSTEM 'x'><a/>", b"<a/>"),
        ("<a>été &</a>".encode("cp1252"), "<a>été &amp;</a>".encode()),
        (b"<a>", None),
        (b"<a/>", None),
        (b"", None),
        (b"<a>\x81</a>", None),
    ],
)
def test_what_keeps_a_document_from_being_read_is_repaired_only_if_it_then_can_be(
    data: bytes, expected: bytes | None
) -> None:
    repaired = repair(data)
    assert (repaired.data if repaired is not None else None) == expected


def test_what_cannot_be_read_stays_as_it_is() -> None:
    with pytest.raises(XmlRefused):
        parse(b"<a>")
    assert made(Edit(Do.REPAIR), Edit(Do.TEXT, "/a", "x"), data=b"<a>") == b"<a>"


def test_many_doctypes_are_looked_at_once() -> None:
    data = b"<a>&" + b"<!DOCTYPE[" * 100_000
    started = time.perf_counter()
    assert repair(data) is None
    assert time.perf_counter() - started < 5  # each of them: minutes
