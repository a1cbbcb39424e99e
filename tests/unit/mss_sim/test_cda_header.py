"""The header of a CDA, on real documents and on what they may lack."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from lxml import etree

from mss_sim.domain.patients import inses
from mss_sim.wire.cda import read_cda, read_time
from support.mails import cda


def test_a_header_without_anything() -> None:
    header = read_cda(etree.fromstring(b'<ClinicalDocument xmlns="urn:hl7-org:v3"/>'))
    assert header is not None
    assert header.patient_ids == ()
    assert (header.set_id, header.stay_id, header.type_code, header.family) == (None, None, None, None)
    assert read_cda(etree.fromstring(b"<ClinicalDocument/>")) is None


def test_birth_name_and_first_birth_given_name_are_taken() -> None:
    header = read_cda(etree.fromstring(cda(family="DUPONT", given="ANNE")))
    assert header is not None
    assert (header.family, header.given, header.sex, header.birth_date) == ("DUPONT", "ANNE", "F", "19790328")
    assert [ins.matricule for ins in inses(header)] == ["2790351215189"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("20260105", datetime(2026, 1, 4, 23, tzinfo=UTC)),
        ("202607051030", datetime(2026, 7, 5, 8, 30, tzinfo=UTC)),
        ("20260105103015+0100", datetime(2026, 1, 5, 9, 30, 15, tzinfo=UTC)),
        ("20260105103015.123-0300", datetime(2026, 1, 5, 13, 30, 15, tzinfo=UTC)),
        ("20261305", None),
        ("2026", None),
        ("", None),
        (None, None),
        ("99991231235959-2359", None),
    ],
)
def test_times(text: str | None, expected: datetime | None) -> None:
    assert read_time(text) == expected


def test_a_self_presentable_document_holds_a_cda() -> None:
    sheet = (
        b'<s:stylesheet xmlns:s="http://www.w3.org/1999/XSL/Transform">' + cda().split(b"?>", 1)[1] + b"</s:stylesheet>"
    )
    header = read_cda(etree.fromstring(sheet))
    assert header is not None
    assert header.type_code == "11488-4"


def test_every_real_document_is_read(shared_data: Path) -> None:
    files = sorted((shared_data / "cda").glob("*.xml"))
    assert files
    for file in files:
        header = read_cda(etree.parse(file).getroot())
        assert header is not None, file.name
        assert header.type_code, file.name
        assert header.document_id, file.name
        assert header.patient_ids, file.name
