"""The documents the simulated hospitals write."""

import time
from pathlib import Path

import pytest
from lxml import etree

from sandbox.cda import KINDS, cda, pdf
from support.sandbox_facts import document

V3 = {"v3": "urn:hl7-org:v3"}
EVERY = [(code, level) for code, kind in KINDS.items() for level in kind.levels]


@pytest.fixture(scope="module")
def schema(shared_data: Path) -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(shared_data / "xsd" / "cda" / "CDA_extended.xsd"))


@pytest.mark.parametrize(("kind", "level"), EVERY)
@pytest.mark.parametrize("replacing", [False, True])
def test_every_kind_is_valid_against_the_cda_schema(
    schema: etree.XMLSchema, kind: str, level: str, replacing: bool
) -> None:
    facts = document(kind, level)
    if replacing:
        facts = facts.next_version("2.25.1002", facts.created_at)

    schema.assertValid(etree.fromstring(cda(facts)))


@pytest.mark.parametrize(("kind", "level"), EVERY)
def test_header_says_what_the_facts_say(kind: str, level: str) -> None:
    root = etree.fromstring(cda(document(kind, level)))

    assert root.xpath("string(v3:id/@root)", namespaces=V3) == "2.25.1001"
    assert root.xpath("string(v3:code/@code)", namespaces=V3) == kind
    assert root.xpath("string(v3:effectiveTime/@value)", namespaces=V3) == "20260304113000+0100"
    assert root.xpath("string(.//v3:patientRole/v3:id[1]/@extension)", namespaces=V3) == "279035121518989"
    assert root.xpath("string(.//v3:encompassingEncounter/v3:id/@extension)", namespaces=V3) == "S1"
    assert root.xpath("string(.//v3:representedOrganization/v3:name)", namespaces=V3) == "CH <de> l'Étoile"


def test_a_new_version_names_the_one_it_replaces() -> None:
    first = document()
    root = etree.fromstring(cda(first.next_version("2.25.1002", first.created_at)))

    assert root.xpath("string(v3:relatedDocument/@typeCode)", namespaces=V3) == "RPLC"
    assert root.xpath("string(v3:relatedDocument/v3:parentDocument/v3:id/@root)", namespaces=V3) == "2.25.1001"
    assert root.xpath("string(v3:versionNumber/@value)", namespaces=V3) == "2"


def test_a_level_the_kind_has_not_is_refused() -> None:
    with pytest.raises(ValueError, match="34112-3 has no level N3"):
        cda(document("34112-3", "N3"))


@pytest.mark.parametrize("kind", list(KINDS))
def test_pdf_declares_pdf_a_1b_and_embeds_its_font(kind: str) -> None:
    content = pdf(kind)

    assert content.startswith(b"%PDF-1.4")
    assert b"<pdfaid:part>1</pdfaid:part>" in content
    assert b"<pdfaid:conformance>B</pdfaid:conformance>" in content
    assert b"/FontFile2" in content
    assert b"/GTS_PDFA1" in content


def test_thousands_of_documents_a_second() -> None:
    facts = document()
    cda(facts)
    started = time.process_time()
    for _ in range(1000):
        cda(facts)

    assert time.process_time() - started < 1.0
