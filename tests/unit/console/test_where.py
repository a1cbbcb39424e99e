"""From the words of a finding to the element they mean."""

import time

import pytest
from lxml import etree

from console.reading.where import find

EBRIM = """<s:Envelope xmlns:s="urn:s" xmlns:r="urn:r" xmlns:a="urn:a"><s:Header>
<a:Attribute Name="urn:oasis:names:tc:xspa:1.0:subject:subject-id"/><a:Attribute Name="VIHF_Version"/>
</s:Header><s:Body>
<r:ExtrinsicObject id="D1" mimeType="text/xml"><r:Slot name="hash"/><r:Name><r:LocalizedString value="t"/></r:Name>
<r:Classification classificationScheme="urn:uuid:41a5887f-8865-4c09-adf7-e362475b143a"/>
<r:Classification classificationScheme="urn:uuid:93606bcf-9494-43ec-9b4e-a7748d1a838d">
<r:Slot name="authorPerson"/></r:Classification>
<r:ExternalIdentifier identificationScheme="urn:uuid:2e82c1f6-a085-4c72-9da3-8640a32e42ab"/></r:ExtrinsicObject>
<r:ExtrinsicObject id="D2"><r:Slot name="size"/>
<r:ExternalIdentifier identificationScheme="urn:uuid:58a6f841-87b3-4a3e-92fd-a8ffeff98427" value="1^^^A"/>
</r:ExtrinsicObject></s:Body></s:Envelope>"""


@pytest.mark.parametrize(
    ("where", "found", "attribute"),
    [
        ("//ExtrinsicObject[@id='D1']/hash", "Slot", None),
        ("//ExtrinsicObject[@id='D2']/Slot[@name='size']", "Slot", None),
        ("//ExtrinsicObject[@id='D1']/title", "Name", None),
        ("//ExtrinsicObject[@id='D1']/classCode", "Classification", None),
        ("//ExtrinsicObject[@id='D1']/author", "Classification", None),
        ("//ExtrinsicObject[@id='D1']/authorPerson", "Slot", None),
        ("//ExtrinsicObject[@id='D1']/uniqueId", "ExternalIdentifier", None),
        ("//ExtrinsicObject[@id='D2']/patientId", "ExternalIdentifier", "value"),
        ("//ExtrinsicObject[@id='D1']/@mimeType", "ExtrinsicObject", "mimeType"),
        ("//r:ExtrinsicObject[@id='D1']/mimeType", "ExtrinsicObject", "mimeType"),
        ("//saml2:Attribute[subject-id]", "Attribute", None),
        ("/Envelope/Body", "Body", None),
        ("Header/Attribute", "Attribute", None),
        ("/*", "Envelope", None),
        ("/", "Envelope", None),
    ],
)
def test_found(where: str, found: str, attribute: str | None) -> None:
    place = find(etree.fromstring(EBRIM), where)
    assert place is not None
    assert (etree.QName(place.element).localname, place.attribute, place.exact) == (found, attribute, True)


@pytest.mark.parametrize(
    ("where", "holder"),
    [
        ("//ExtrinsicObject[@id='D2']/classCode", "ExtrinsicObject"),
        ("//ExtrinsicObject[@id='D2']/@mimeType", "ExtrinsicObject"),
        ("//ExtrinsicObject[@id='D2']/Slot[@name='hash']", "ExtrinsicObject"),
        ("//saml2:Attribute[urn:oasis:names:tc:xacml:2.0:subject:role]", "Header"),
        ("/Envelope/Body/Fault/Code", "Body"),
    ],
)
def test_what_is_absent_is_told_at_the_element_that_should_hold_it(where: str, holder: str) -> None:
    place = find(etree.fromstring(EBRIM), where)
    assert place is not None
    assert (etree.QName(place.element).localname, place.exact) == (holder, False)


@pytest.mark.parametrize(
    "where", ["", "Subject", "RCPT TO", "ligne 1, colonne 3", "//Nobody/x", "//[", "a//b[", "../x", "/@id"]
)
def test_what_is_no_path_or_leads_nowhere_gives_nothing(where: str) -> None:
    assert find(etree.fromstring(EBRIM), where) is None


def test_a_position_counts_siblings_of_that_name() -> None:
    root = etree.fromstring("<a><b/><c/><b k='2'/></a>")
    place = find(root, "/a/b[2]")
    assert place is not None
    assert place.element.get("k") == "2"


def test_a_path_without_end_is_refused_rather_than_walked() -> None:
    assert find(etree.fromstring("<a/>"), "/a" * 50_000) is None


SIBLINGS = "<r>" + "<l/><x/>" * 20_000 + "<l v='last'/></r>"
NESTED = "<a>" * 200 + "<b/>" * 1000 + "</a>" * 200


@pytest.mark.parametrize(
    ("text", "where", "found"),
    [
        (SIBLINGS, "/r/l[20001]", "l"),
        (SIBLINGS, "//l[20001]", "l"),
        (SIBLINGS, "/r/*[40001]", "l"),
        (NESTED, "//a//a//a//a//a//a//a//b[1000]", "b"),
    ],
)
def test_a_long_or_deep_message_is_read_once(text: str, where: str, found: str) -> None:
    """Some tenths of a second; what counts the siblings of each element, or looks below each again, takes minutes."""
    root, started = etree.fromstring(text), time.perf_counter()
    place = find(root, where)
    assert place is not None
    assert (etree.QName(place.element).localname, place.exact) == (found, True)
    assert place.element.getnext() is None
    assert time.perf_counter() - started < 10


def test_positions_are_among_siblings_of_the_name() -> None:
    root = etree.fromstring("<r><p><l i='1'/><x/><l i='2'/></p><p><l i='3'/><l i='4'/></p></r>")
    places = {where: find(root, where) for where in ("//l[2]", "/r/p[2]/l[2]", "//p[2]//l[1]", "/r/p/l[2]")}
    assert [place and place.element.get("i") for place in places.values()] == ["2", "4", "3", "2"]
