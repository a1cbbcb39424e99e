"""However a multipart request is cut into network reads, the same parts come out of it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from socle.soap.headers import content_type
from socle.soap.limits import Limits
from socle.soap.mtom import MultipartReader
from socle.soap.refusal import MimeRefused
from support.mtom import portions
from support.wire import multipart


@dataclass
class Sent:
    """A multipart message that hypothesis makes up."""

    body: bytes
    contents: list[bytes] = field(default_factory=list)


@st.composite
def messages(draw: st.DrawFn) -> Sent:
    fragments = st.sampled_from(
        [b"\r", b"\n", b"\r\n", b"--b", b"-", b"b", b"--", b"xyz", b"\n--b", b"\r\n--bb", b"\x00"]
    )
    eol = draw(st.sampled_from(["\r\n", "\n"]))
    contents = draw(st.lists(st.lists(fragments, max_size=12).map(b"".join), min_size=1, max_size=4))
    # A delimiter within the content would not be content: spoil it.
    spoilt = [_spoil(content) for content in contents]
    parts = [(f"Content-ID: <{index}>", content) for index, content in enumerate(spoilt)]
    last = draw(st.sampled_from(["", eol, "  ", eol + "--b"]))
    preamble = draw(st.sampled_from(["", "pre", "--bb" + eol, eol]))
    return Sent(multipart(parts, eol=eol, last=last, preamble=preamble), spoilt)


def _spoil(content: bytes) -> bytes:
    while b"--b" in content:
        content = content.replace(b"--b", b"--c")
    return content


@given(message=messages(), cuts=st.lists(st.integers(1, 20), max_size=60))
@settings(max_examples=300, deadline=None)
async def test_any_chunking_gives_the_parts_that_were_sent(message: Sent, cuts: list[int]) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        at = 0
        for size in cuts:
            yield message.body[at : at + size]
            at += size
        yield message.body[at:]

    reader = MultipartReader(content_type("multipart/related; boundary=b"), Limits(), Path("unused"))
    got = await reader.read(chunks())
    assert [got.root, *(part.blob.data for part in got.parts)] == message.contents


@given(
    noise=st.lists(
        st.sampled_from(
            [b"\r", b"\n", b"\r\n", b"--b", b"-", b"--", b": ", b"Content-ID: x", b"\n--b", b"--b--", b" "]
        ),
        max_size=25,
    ).map(b"".join),
    size=st.integers(1, 9),
)
@settings(max_examples=300, deadline=None)
async def test_any_chunking_of_noise_gives_the_same_verdict(noise: bytes, size: int) -> None:
    assert await _verdict(noise, size) == await _verdict(noise, 1 << 16)


async def _verdict(body: bytes, size: int) -> object:
    limits = Limits(max_part_header=20)
    try:
        got = await MultipartReader(content_type("multipart/x; boundary=b"), limits, Path("unused")).read(
            portions(body, size)
        )
    except MimeRefused as refused:
        return refused.finding.rule.id
    return [got.root, *((part.blob.data, part.sha1_with_eol) for part in got.parts)]
