"""IHE_XDM archives: read liberally, each defect a finding, nothing expanded beyond its limits."""

import io
import struct
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mss_sim.domain.message import XdmArchive
from mss_sim.wire.xdm import TooHeavy, XdmLimits, read_xdm
from support.mails import cda, metadata, xdm, zipped

DOC = cda()
FOLDER = "IHE_XDM/SUBSET01"


def read(data: bytes, **limits: int) -> tuple[XdmArchive, list[str]]:
    archive, findings = read_xdm(data, part="2", filename="IHE_XDM.ZIP", limits=XdmLimits(**limits))
    assert all(finding.part == "2" for finding in findings)
    return archive, [finding.rule.id.removeprefix("mss.xdm.") for finding in findings]


def test_a_sound_archive() -> None:
    archive, findings = read(xdm(DOC, cda(code="34112-3", set_id="1.2.4")))
    assert findings == []
    assert archive.metadata is not None
    assert archive.metadata.unique_id == "1.2.3.99"
    first, second = archive.documents
    assert (first.entry.uri, first.name) == ("DOC00001.XML", f"{FOLDER}/DOC00001.XML")
    assert first.entry.replaces
    assert not second.entry.replaces
    assert first.entry.format_code == "urn:ihe:pcc:xphr:2007"
    assert first.cda is not None
    assert second.cda is not None
    assert second.cda.type_code == "34112-3"
    assert (first.cda.stay_id, first.cda.level, first.cda.family) == ("1.2.3.4.5^S1", "N3", "PAT-TROIS")
    assert first.cda.service_start is not None
    assert first.cda.service_start.isoformat() == "2026-01-05T09:00:00+00:00"


@pytest.mark.parametrize(
    "folder", ["IHE_XDM/SUBSET", "ihe_xdm/subset001", "IHE_XDM/SS000001", "IHE_XDM\\SUBSET01", "."]
)
@pytest.mark.parametrize("name", ["METADATA.XML", "Metadata.xml"])
def test_names_and_folders_vary(folder: str, name: str) -> None:
    separator = "\\" if "\\" in folder else "/"
    files = {
        f"{folder}{separator}{name}": metadata([("doc00001.xml", DOC)]),
        f"{folder}{separator}DOC00001.XML": DOC,
    }
    archive, findings = read(zipped(files))
    assert findings == []
    assert archive.documents[0].cda is not None


def test_stored_not_deflated_is_read() -> None:
    files = {f"{FOLDER}/METADATA.XML": metadata([("D.XML", DOC)]), f"{FOLDER}/D.XML": DOC}
    assert read(zipped(files, compression=zipfile.ZIP_STORED))[1] == []


@pytest.mark.parametrize("data", [b"", b"not a zip", zipped({}), xdm(DOC)[:-200], b"PK\x05\x06" + b"\0" * 18])
def test_defect_1_unreadable(data: bytes) -> None:
    assert read(data)[1] == ["unreadable"]


def test_defect_2_metadata_missing() -> None:
    assert read(zipped({f"{FOLDER}/DOC00001.XML": DOC}))[1] == ["metadata-missing"]


def test_defect_3_document_missing() -> None:
    archive, findings = read(zipped({f"{FOLDER}/METADATA.XML": metadata([("GONE.XML", DOC)])}))
    assert findings == ["document-missing"]
    assert archive.documents[0].name is None


@pytest.mark.parametrize("content", [b"%PDF-1.4", b"<html/>", b"<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>", b""])
def test_defect_4_not_a_cda(content: bytes) -> None:
    assert read(xdm(content))[1] == ["not-cda"]


def test_defect_5_size_differs() -> None:
    archive, findings = read(xdm(DOC, size="12"))
    assert findings == ["size-differs"]
    assert archive.documents[0].size == len(DOC)


def test_defect_6_hash_differs() -> None:
    assert read(xdm(DOC, hash="0" * 40))[1] == ["hash-differs"]


@pytest.mark.parametrize("content", [b"", b"<x>", b"<x/>", b"<!DOCTYPE x><x/>", b"<a>" * 10_000])
def test_metadata_that_cannot_be_read(content: bytes) -> None:
    assert read(zipped({f"{FOLDER}/METADATA.XML": content}))[1] == ["metadata-unreadable"]


@pytest.mark.parametrize("name", ["../evil.xml", "/etc/passwd", "C:\\x.xml", "a/../../b", "..\\b"])
def test_zip_slip_is_told_and_nothing_is_written(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    files = {f"{FOLDER}/METADATA.XML": metadata([("D.XML", DOC)]), f"{FOLDER}/D.XML": DOC, name: b"x"}
    archive, findings = read(zipped(files))
    assert findings == ["unsafe-path"]
    assert archive.documents[0].cda is not None
    assert not list(tmp_path.iterdir())


def test_bombs_are_not_expanded(monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = zipped({f"{FOLDER}/METADATA.XML": b" " * 20_000_000})
    many = zipped({f"d{index}.xml": b"" for index in range(501)})
    large = xdm(DOC)

    def refuse(*_: object, **__: object) -> bytes:
        raise AssertionError("expanded")

    monkeypatch.setattr(zipfile.ZipFile, "read", refuse)
    assert read(bomb)[1] == ["bomb"]
    assert read(many)[1] == ["bomb"]
    assert read(large, max_total=100)[1] == ["bomb"]


def test_a_document_named_again_and_again_is_a_bomb_too() -> None:
    big = b"<x>" + b"y" * 500_000 + b"</x>"
    files = {f"{FOLDER}/METADATA.XML": metadata([("D.XML", big)] * 10), f"{FOLDER}/D.XML": big}
    assert "bomb" in read(zipped(files), max_total=2_000_000)[1]


def test_a_lying_directory_is_not_believed() -> None:
    data = bytearray(xdm(DOC))
    at = data.rfind(b"PK\x05\x06")
    struct.pack_into("<HH", data, at + 8, 0xFFFF, 0xFFFF)
    assert read(bytes(data))[1] == ["bomb"]
    first = data.find(b"PK\x01\x02")
    data = bytearray(xdm(DOC))
    struct.pack_into("<L", data, first + 24, 5)
    assert read(bytes(data))[1] in (["unreadable"], [])


def test_an_encrypted_document_cannot_be_read() -> None:
    data = bytearray(xdm(DOC))
    at = data.find(
        b"PK\x01\x02", data.find(b"PK\x01\x02", data.find(b"PK\x01\x02", data.find(b"PK\x01\x02") + 1) + 1) + 1
    )
    data[at + 8] |= 1
    local = data.find(b"PK\x03\x04", data.find(b"METADATA.XML"))
    data[local + 6] |= 1
    assert read(bytes(data))[1] == ["unreadable", "document-missing"]


def test_a_file_without_a_name_is_read_past() -> None:
    made = io.BytesIO(xdm(DOC))
    with zipfile.ZipFile(made, "a") as archive:
        nameless = zipfile.ZipInfo("x")
        nameless.filename = ""
        archive.writestr(nameless, b"x")
    assert read(made.getvalue())[1] == []


def test_beyond_the_budget_it_is_left_for_a_thread() -> None:
    with pytest.raises(TooHeavy):
        read_xdm(xdm(DOC), part="2", filename="x", limits=XdmLimits(), budget=10)


@settings(deadline=None)
@given(st.data())
def test_no_damage_makes_it_fail(data: st.DataObject) -> None:
    archive = bytearray(xdm(DOC))
    for _ in range(data.draw(st.integers(1, 4))):
        archive[data.draw(st.integers(0, len(archive) - 1))] = data.draw(st.integers(0, 255))
    read(bytes(archive[: data.draw(st.integers(0, len(archive)))]), max_total=5_000_000)
