"""Bodies with marks: filled, deflated, and cut around a part of them."""

import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.load.slots import Deflated, Template

MARKS = [b"#AAAA#", b"#AAAA#BB", b"#C#"]
BODY = b"one #AAAA# two #AAAA#BB three #C##C# " + b"long text, long text; " * 200
VALUES = {b"#AAAA#": b"123456", b"#AAAA#BB": b"12345678", b"#C#": b"xyz"}


def test_every_mark_is_filled_and_the_longer_is_meant() -> None:
    filled = Template.of(BODY, MARKS).fill(VALUES)

    assert filled.startswith(b"one 123456 two 12345678 three xyzxyz long")
    assert len(filled) == len(BODY) == Template.of(BODY, MARKS).size


def test_deflated_is_what_any_inflater_reads() -> None:
    template = Template.of(BODY, MARKS)
    stream = Deflated.of(template).fill(VALUES)

    assert zlib.decompress(stream, -15) == template.fill(VALUES)
    assert len(stream) < len(BODY) / 10


@given(st.lists(st.sampled_from([*MARKS, b"x", b"yy" * 70000, b""]), max_size=12))
def test_deflated_holds_for_any_order_of_pieces(pieces: list[bytes]) -> None:
    template = Template.of(b"".join(pieces), MARKS)

    assert zlib.decompress(Deflated.of(template).fill(VALUES), -15) == template.fill(VALUES)


def test_what_stands_around_a_part() -> None:
    inner = Template.of(b"<in #C#>", MARKS)
    before, after = Template.of(b"head #AAAA# <in #C#> tail #C#", MARKS).around(inner)

    assert before.fill(VALUES) + inner.fill(VALUES) + after.fill(VALUES) == b"head 123456 <in xyz> tail xyz"


@pytest.mark.parametrize("whole", [b"nothing", b"<in> and <in>"])
def test_a_part_that_is_absent_or_there_twice(whole: bytes) -> None:
    with pytest.raises(ValueError, match="exactly once"):
        Template.of(whole, MARKS).around(Template.of(b"<in>", MARKS))
