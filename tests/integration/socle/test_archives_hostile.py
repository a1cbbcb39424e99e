"""Archives made to do harm, or merely broken: told so in one answer, and nothing is changed."""

import base64
import io
import json
import struct
import zipfile
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from socle.archive.errors import BadArchive
from socle.archive.package import Package
from support.archived import LARGE, PART, Archived, packed, served, told, unpacked

Spoil = Callable[[bytes], bytes]
MESSAGES, EVENTS, DELIVERIES = "tables/message.jsonl", "events.jsonl", "tables/delivery.jsonl"


@pytest.fixture
async def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Archived]:
    monkeypatch.setenv("SOCLES_ARCHIVE_MAX_BYTES", str(4 * 2**20))
    async with served(tmp_path, None) as archived:
        await archived.http.post("/_sandbox/workspaces", json={"name": "ws1"})
        await archived.send("ws1", "a", LARGE)
        await archived.send("ws1", "b")
        yield archived


def manifest(**said: Any) -> Spoil:
    """Another word in the manifest of the whole."""
    return lambda archive: packed(told(unpacked(archive), **said))


def entry(name: str, content: bytes) -> Spoil:
    """One more entry, which the manifest names."""
    return lambda archive: packed({**unpacked(archive), name: content})


def part(spoil: Callable[[dict[str, bytes]], dict[str, bytes]]) -> Spoil:
    """Something else in the mails' part, its manifest made to agree."""

    def spoiled(archive: bytes) -> bytes:
        entries = unpacked(archive)
        return packed({**entries, PART: packed(spoil(unpacked(entries[PART])))})

    return spoiled


def lines(name: str, change: Callable[[dict[str, Any]], object]) -> Spoil:
    """Each line of an entry of the mails' part changed."""

    def spoil(entries: dict[str, bytes]) -> dict[str, bytes]:
        rows = [json.loads(line) for line in entries[name].splitlines()]
        for row in rows:
            change(row)
        return {**entries, name: b"".join(json.dumps(row).encode() + b"\n" for row in rows)}

    return part(spoil)


def text(name: str, content: bytes) -> Spoil:
    """An entry of the mails' part replaced."""
    return part(lambda entries: {**entries, name: content})


def without_manifest(archive: bytes) -> bytes:
    return packed(
        {name: content for name, content in unpacked(archive).items() if name != "manifest.json"}, honest=False
    )


def dishonest(archive: bytes) -> bytes:
    """A byte changed that the manifest does not know of."""
    entries = unpacked(archive)
    return packed({**entries, "people.jsonl": b" "}, honest=False)


def lying_sizes(archive: bytes) -> bytes:
    """The zip's directory says that an entry is smaller than it is."""
    entries = {**unpacked(archive), "people.jsonl": b"\n" * 3000}
    good = packed(entries)
    at = good.rindex(b"people.jsonl") - 46
    return good[: at + 24] + (10).to_bytes(4, "little") + good[at + 28 :]


def many_entries(archive: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as opened:
        for number in range(5000):
            opened.writestr(f"{number}", b"")
    return out.getvalue()


def many_entries_behind_a_few(archive: bytes) -> bytes:
    """The end of the zip says three, a record of ZIP64 before it says how many there are: readers follow that."""
    zipped = many_entries(archive)
    at = zipped.rindex(b"PK\x05\x06")
    size, begin = struct.unpack("<II", zipped[at + 12 : at + 20])
    record = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, 5000, 5000, size, begin)
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, at, 1)
    return zipped[:at] + record + locator + struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 3, 3, 150, 0, 0)


def compressed_otherwise(archive: bytes) -> bytes:
    """LZMA, and spoilt."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_LZMA) as opened:
        opened.writestr("manifest.json", b"{}" * 5000)
    zipped = bytearray(out.getvalue())
    zipped[60:90] = bytes(each ^ 0x5A for each in zipped[60:90])
    return bytes(zipped)


def named_in_no_encoding(archive: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as opened:
        opened.writestr("é", b"")
    return out.getvalue().replace("é".encode(), b"\xff\xfe")


def twice(archive: bytes) -> bytes:
    """Two entries of one name: readers disagree on which counts."""
    out = io.BytesIO(archive)
    with zipfile.ZipFile(out, "a") as opened, pytest.warns(UserWarning, match="Duplicate name"):
        opened.writestr("people.jsonl", b"")
    return out.getvalue()


HOSTILE: dict[str, tuple[Spoil, int, str]] = {
    "nothing": (lambda archive: b"", 422, "archive.invalid"),
    "no zip": (lambda archive: b"PK\x03\x04" + b"x" * 500, 422, "archive.invalid"),
    "half": (lambda archive: archive[: len(archive) // 2], 422, "archive.invalid"),
    "spoilt inside": (lambda archive: archive[:200] + b"\0" * 40 + archive[240:], 422, "archive.invalid"),
    "no manifest": (without_manifest, 422, "archive.invalid"),
    "manifest is a list": (
        lambda a: packed({**unpacked(a), "manifest.json": b"[]"}, honest=False),
        422,
        "archive.invalid",
    ),
    "of tomorrow": (manifest(version=2), 422, "archive.version"),
    "something else": (manifest(kind="socles.part"), 422, "archive.invalid"),
    "not as the manifest says": (dishonest, 422, "archive.invalid"),
    "sizes that lie": (lying_sizes, 422, "archive.invalid"),
    "too many entries": (many_entries, 422, "archive.invalid"),
    "another compression": (compressed_otherwise, 422, "archive.invalid"),
    "a name that is no text": (named_in_no_encoding, 422, "archive.invalid"),
    "an entry twice": (twice, 422, "archive.invalid"),
    "a path that leads out": (entry("../../evil", b"x"), 422, "archive.invalid"),
    "a bomb": (entry("zeros", bytes(8 * 2**20)), 413, "archive.too-large"),
    "a bomb within": (text(EVENTS, bytes(8 * 2**20)), 413, "archive.too-large"),
    "an unknown service": (manifest(services=["mss_sim", "nobody"]), 422, "archive.invalid"),
    "services that are none": (manifest(services=7), 422, "archive.invalid"),
    "strictness unheard of": (manifest(strictness="mild"), 422, "archive.invalid"),
    "a clock that is none": (manifest(clock={"frozenAt": "yesterday", "offsetUs": 0}), 422, "archive.invalid"),
    "a clock too far": (manifest(clock={"frozenAt": None, "offsetUs": 10**30}), 422, "archive.invalid"),
    "a rule that is none": (manifest(rules=[{"id": "x"}]), 422, "archive.invalid"),
    "a counter that no database holds": (
        manifest(rules=[{"id": "x", "workspace": "ws1", "effect": "cut", "seen": 2**70}]),
        422,
        "archive.invalid",
    ),
    "a person that is none": (
        lambda a: packed({**unpacked(a), "people.jsonl": b'{"kind":"person","key":"x","body":{}}\n'}),
        422,
        "archive.invalid",
    ),
    "another schema": (part(lambda entries: told(entries, revision="mail_9999")), 422, "archive.version"),
    "another service's part": (part(lambda entries: told(entries, service="dmp_sim")), 422, "archive.invalid"),
    "patients that are none": (part(lambda entries: told(entries, patients={"x": "y"})), 422, "archive.invalid"),
    "an entry of no table": (text("tables/outbox.jsonl", b""), 422, "archive.invalid"),
    "a column too many": (lines(MESSAGES, lambda row: row.update(workspace="other")), 422, "archive.invalid"),
    "a column too few": (lines(MESSAGES, lambda row: row.pop("subject")), 422, "archive.invalid"),
    "another type": (lines(MESSAGES, lambda row: row.update(size="large")), 422, "archive.invalid"),
    "a number too large": (lines(MESSAGES, lambda row: row.update(size=2**70)), 422, "archive.invalid"),
    "NUL": (lines(MESSAGES, lambda row: row.update(subject="a\0b")), 422, "archive.invalid"),
    "half a character": (lines(MESSAGES, lambda row: row.update(subject="\ud800")), 422, "archive.invalid"),
    "no instant": (lines(MESSAGES, lambda row: row.update(accepted_at="2026-03-02T08:30:00")), 422, "archive.invalid"),
    "a key twice": (lines(MESSAGES, lambda row: row.update(position=1)), 422, "archive.invalid"),
    "a reference twice": (lines(MESSAGES, lambda row: row.update(ref="same")), 422, "archive.invalid"),
    "a mail in no message": (lines(DELIVERIES, lambda row: row.update(position=77)), 422, "archive.invalid"),
    "a content that is not there": (lines(MESSAGES, lambda row: row.update(sha256="0" * 64)), 422, "archive.invalid"),
    "another content": (text("contents.bin", LARGE[::-1] + b"mail"), 422, "archive.invalid"),
    "contents that end": (text("contents.bin", b""), 422, "archive.invalid"),
    "no JSON": (text(MESSAGES, b"{{{\n"), 422, "archive.invalid"),
    "deep JSON": (text(MESSAGES, b'{"a":' * 100_000 + b"\n"), 422, "archive.invalid"),
    "a line without an end": (text(EVENTS, b"{}"), 422, "archive.invalid"),
    "an event unheard of": (lines(EVENTS, lambda row: row.update(type="fr.socles.other.v1")), 422, "archive.invalid"),
    "an event without its data": (lines(EVENTS, lambda row: row.update(data={})), 422, "archive.invalid"),
    "an event of no time": (lines(EVENTS, lambda row: row.update(time="noon")), 422, "archive.invalid"),
    "an event held for ever": (lines(EVENTS, lambda row: row.update(delay=1e9)), 422, "archive.invalid"),
}


async def test_it_is_refused_and_nothing_is_changed(made: Archived) -> None:
    """All in one test: each costs some milliseconds, a sandbox a second."""
    archive = await made.export("ws1")
    before = (await made.http.get("/_sandbox/workspaces")).json()
    for what, (spoil, status, code) in HOSTILE.items():
        spoilt = spoil(archive)
        for workspace in ("ws1", "new"):
            answer = await made.restore(workspace, spoilt)
            assert answer.status_code == status, (what, answer.text)
            error = answer.json()["error"]
            assert error["code"] == code, (what, error)
            assert error["message"], what
            assert error["messageFr"], what
        shown = (await made.http.get("/_sandbox/workspaces")).json()
        assert [(one["name"], one["epoch"]) for one in shown] == [(one["name"], one["epoch"]) for one in before], what
        assert await made.subjects("ws1") == ["a", "b"], what
        assert made.left_behind == [], what
    assert (await made.restore("ws1", archive)).status_code == 200
    assert await made.subjects("ws1") == ["a", "b"]


def test_a_directory_that_hides_its_size_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "hidden.zip"
    path.write_bytes(many_entries_behind_a_few(b""))
    with pytest.raises(BadArchive, match="too many entries"):
        Package(path, "socles.workspace", 2**20)


async def test_a_body_that_does_not_end_is_cut_short(made: Archived) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while sent < 64 * 2**20:
            sent += 2**20
            yield base64.b64encode(bytes(786_432))

    answer = await made.http.post("/_sandbox/workspaces/ws1/archive", content=endless())
    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "archive.too-large")
    assert sent < 8 * 2**20
    assert made.left_behind == []


async def test_a_name_that_cannot_be(made: Archived) -> None:
    archive = await made.export("ws1")
    for name in ("Upper", "t-0123456789ab", "a" * 41):
        answer = await made.restore(name, archive)
        assert (answer.status_code, answer.json()["error"]["code"]) == (422, "workspace.name")
    assert (await made.http.get("/_sandbox/workspaces/nobody/archive")).status_code == 404
