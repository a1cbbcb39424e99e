"""Limits of a multipart request, and large parts on disk."""

import base64
import hashlib
from dataclasses import replace
from pathlib import Path

import pytest

from socle.blobs import BlobRef
from socle.soap.headers import content_type
from socle.soap.limits import XmlLimits
from socle.soap.mtom import MultipartReader
from support.mtom import RELATED, ROOT, SMALL, portions, rule_of
from support.wire import multipart


async def test_limits(tmp_path: Path) -> None:
    many = multipart([ROOT] + [(f"Content-ID: <{n}>", b"x") for n in range(5)])
    assert await rule_of(many, limits=SMALL) == "mime.parts"
    large = multipart([ROOT, ("Content-ID: <x>", b"x" * 50_001)])
    assert await rule_of(large, limits=SMALL, spool=tmp_path) == "mime.part-size"
    header = multipart([ROOT, ("X-Long: " + "y" * 600, b"x")])
    assert await rule_of(header, limits=SMALL) == "mime.part-headers"
    assert await rule_of(b"--b " + b" " * 600, limits=SMALL) == "mime.part-headers"
    assert await rule_of(b"p" * 600 + b"\r\n" + multipart([ROOT]), limits=SMALL) == "mime.boundary"
    small_root = replace(SMALL, xml=XmlLimits(max_bytes=100))
    assert await rule_of(multipart([("Content-ID: <root>", b"x" * 101)]), limits=small_root) == "mime.part-size"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("encoding", ["binary", "base64"])
async def test_large_parts_lie_on_disk_hashed_and_are_removed_when_nobody_adopts_them(
    tmp_path: Path, encoding: str
) -> None:
    content = bytes(range(256)) * 100
    wire = content if encoding == "binary" else base64.encodebytes(content)
    spool = tmp_path / "made" / "when-needed"
    body = multipart(
        [ROOT, (f"Content-ID: <big>\nContent-Transfer-Encoding: {encoding}", wire), ("Content-ID: <s>", b"s")], eol="\n"
    )
    reader = MultipartReader(content_type(RELATED), SMALL, spool)
    got = await reader.read(portions(body, 333))
    big, small = got.parts
    assert big.blob.path is not None
    assert big.blob.path.read_bytes() == content
    assert big.blob.sha256 == hashlib.sha256(content).hexdigest()
    assert big.sha1 == hashlib.sha1(content).hexdigest()
    if encoding == "binary":
        assert big.sha1_with_eol == hashlib.sha1(content + b"\n").hexdigest()
    assert small.blob.data == b"s"
    assert BlobRef(big.blob.sha256, len(content)) in reader.recorded()
    await reader.discard()
    assert list(spool.iterdir()) == []


async def test_a_part_the_store_has_moved_away_is_not_missed(tmp_path: Path) -> None:
    reader = MultipartReader(content_type(RELATED), SMALL, tmp_path)
    got = await reader.read(portions(multipart([ROOT, ("Content-ID: <x>", b"x" * 2000)]), 100))
    assert got.parts[0].blob.path is not None
    adopted = got.parts[0].blob.path.rename(tmp_path / "adopted")
    await reader.discard()
    assert adopted.read_bytes() == b"x" * 2000


async def test_a_refused_message_leaves_nothing_on_disk(tmp_path: Path) -> None:
    body = multipart([ROOT, ("Content-ID: <x>", b"x" * 20_000)])
    assert await rule_of(body[:-5], limits=SMALL, spool=tmp_path) == "mime.truncated"
    assert list(tmp_path.iterdir()) == []
