"""The bulk reader of DATA against a line-by-line reading of RFC 5321, under any chunking."""

import asyncio
import itertools
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mss_sim.wire.data import DataReader
from mss_sim.wire.receive import receive

pieces = st.lists(
    st.sampled_from([b"\r\n", b".", b"\r", b"\n", b"..", b"a", b"\r\n.", b".\r\n", b"\r\n.\r\n", b"MAIL FROM:<x>\r\n"]),
    max_size=40,
).map(b"".join)


def reference(stream: bytes) -> tuple[bytes, bytes] | None:
    """(content, what follows) read line by line, or None when the end never comes."""
    content, rest = b"", stream
    while rest:
        line, end, rest = rest.partition(b"\r\n")
        if not end:
            return None
        if line == b".":
            return content, rest
        content += (line[1:] if line.startswith(b".") else line) + b"\r\n"
    return None


@settings(deadline=None)
@given(stream=pieces, cuts=st.lists(st.integers(0, 200), max_size=20))
def test_any_chunking_gives_what_the_reference_gives(stream: bytes, cuts: list[int]) -> None:
    stream += b"\r\n.\r\nQUIT\r\n"
    expected = reference(stream)
    assert expected is not None
    bounds = sorted({0, len(stream), *(cut for cut in cuts if cut < len(stream))})
    reader, rest, content = DataReader(), None, b""
    for start, stop in itertools.pairwise(bounds):
        chunk = stream[start:stop]
        if rest is not None:
            rest += chunk
            continue
        rest = reader.feed(chunk)
        content += b"".join(reader.take())
    assert (content, rest) == expected
    assert reader.size == len(content)
    raw = stream[: len(stream) - len(expected[1]) - 3]
    bare = re.search(rb"(?<!\r)\n|\r(?!\n)", raw) is not None
    assert reader.bare_newline is bare
    assert reader.lone_dot is (re.search(rb"[\r\n]\.[\r\n]", b"\r\n" + raw) is not None)


@pytest.mark.parametrize("before", [b"\r\n", b"\n", b"\r", b"\r\r\n", b"\n\r"])
@pytest.mark.parametrize("after", [b"\r\n", b"\n", b"\r", b"\n\r"])
@pytest.mark.parametrize("size", [1, 2, 3, 1000])
def test_only_crlf_dot_crlf_ends_and_every_look_alike_is_marked(before: bytes, after: bytes, size: int) -> None:
    stream = b"text" + before + b"." + after + b"MAIL FROM:<evil@x>\r\nmore\r\n.\r\nNOOP\r\n"
    reader, rest, at = DataReader(), None, 0
    while rest is None:
        rest = reader.feed(stream[at : at + size])
        at += size
    rest += stream[at:]
    if before.endswith(b"\r\n") and after.startswith(b"\r\n"):
        assert rest.startswith(b"MAIL FROM:<evil@x>")
        assert not reader.lone_dot
    else:
        assert rest == b"NOOP\r\n"
        assert reader.lone_dot
        assert b"MAIL FROM:<evil@x>" in b"".join(reader.take())


def test_a_line_of_megabytes_costs_linear_time() -> None:
    reader = DataReader()
    for _ in range(400):
        assert reader.feed(b"x" * 10_000) is None
    assert reader.feed(b"\r\n.\r\n") == b""
    assert reader.size == 4_000_002


async def _receive(stream: bytes, folder: Path, *, limit: int = 10_000, memory: int = 1000) -> tuple[object, bytes]:
    reader = asyncio.StreamReader()
    reader.feed_data(stream)
    received = await receive(reader, limit=limit, spool_folder=folder, memory_limit=memory)
    reader.feed_eof()
    return received, await reader.read()


async def test_what_follows_is_given_back(tmp_path: Path) -> None:
    received, rest = await _receive(b"Subject: x\r\n\r\n..a\r\n.\r\nMAIL FROM:<>\r\n", tmp_path)
    assert received.blob.read() == b"Subject: x\r\n\r\n.a\r\n"
    assert rest == b"MAIL FROM:<>\r\n"


async def test_a_large_content_lies_in_a_file(tmp_path: Path) -> None:
    content = b"0123456789\r\n" * 500
    received, _ = await _receive(content + b".\r\n", tmp_path)
    assert received.blob.path is not None
    assert received.blob.read() == content
    assert received.blob.sha256 == type(received.blob).of(content).sha256


@pytest.mark.parametrize("size", [12_000, 200_000])
async def test_over_the_limit_nothing_is_kept_and_the_dialogue_stays_in_step(tmp_path: Path, size: int) -> None:
    received, rest = await _receive(b"x" * size + b"\r\n.\r\nNOOP\r\n", tmp_path)
    assert received.blob is None
    assert received.in_step
    assert rest == b"NOOP\r\n"
    assert not list(tmp_path.iterdir())


async def test_far_beyond_the_limit_reading_is_given_up(tmp_path: Path) -> None:
    received, _ = await _receive(b"x" * 3_000_000, tmp_path)
    assert not received.in_step


async def test_a_peer_that_leaves_leaves_nothing_behind(tmp_path: Path) -> None:
    reader = asyncio.StreamReader()
    reader.feed_data(b"y" * 5000 + b"\r\n")
    waiting = asyncio.create_task(receive(reader, limit=10_000, spool_folder=tmp_path, memory_limit=100))
    await asyncio.sleep(0.05)
    reader.feed_eof()
    with pytest.raises(ConnectionError):
        await waiting
    assert not list(tmp_path.iterdir())
