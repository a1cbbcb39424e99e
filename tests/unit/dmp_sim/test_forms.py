"""Composite forms and times."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dmp_sim.domain.forms import cx, has_zone, ins_of, instant, is_dtm, xcn, xon
from dmp_sim.domain.query import filled


def test_composites() -> None:
    assert cx("1^^^&1.2&ISO^NH^^20101207") == ("1", "1.2", "NH", "", "")
    assert cx("1^^^1.2") == ("1", "", "", "", "")
    assert xcn("8^MAX^LIBRE^^^^^^&1.2&ISO^D^^^IDNPS") == ("8", "1.2", "IDNPS", "MAX", "D")
    assert xon("CABINET^^^^^&1.2&ISO^IDNST^^^4999") == ("4999", "1.2", "IDNST", "CABINET", "")


def test_ins() -> None:
    found = ins_of("279035121518989^^^&1.2.250.1.213.1.4.10&ISO^NH")
    assert found is not None
    assert found.key_is_valid
    assert ins_of("279035121518989^^^&1.2.250.1.213.1.4.13&ISO^NH") is None, "a NIR that is no INS"
    assert ins_of("short^^^&1.2.250.1.213.1.4.10&ISO^NH") is None


@pytest.mark.parametrize(
    ("text", "paris", "expected"),
    [
        ("20260103101500+0100", False, datetime(2026, 1, 3, 9, 15, tzinfo=UTC)),
        ("20260103101500", False, datetime(2026, 1, 3, 10, 15, tzinfo=UTC)),
        ("20260703101500", True, datetime(2026, 7, 3, 8, 15, tzinfo=UTC)),
        ("202601031015Z", False, datetime(2026, 1, 3, 10, 15, tzinfo=UTC)),
        ("2026", False, datetime(2026, 1, 1, tzinfo=UTC)),
        ("20261301", False, None),
        ("00010101+0100", False, None),
        ("demain", False, None),
        ("202601031", False, None),
    ],
)
def test_instants(text: str, paris: bool, expected: datetime | None) -> None:
    assert instant(text, paris=paris) == expected


def test_times() -> None:
    assert is_dtm("20260103101500")
    assert is_dtm("2026")
    assert not is_dtm("20260103101500+0100")
    assert not is_dtm("202601031")
    assert has_zone("20260103101500-0400")
    assert has_zone("20260103")
    assert not has_zone("20260103101500")


@given(st.datetimes(min_value=datetime(1900, 1, 1), max_value=datetime(2199, 12, 31)))
def test_a_dtm_is_its_instant_and_filling_keeps_order(naive: datetime) -> None:
    text = naive.strftime("%Y%m%d%H%M%S")
    assert instant(text) == naive.replace(microsecond=0, tzinfo=UTC)
    assert filled(text[:8]) <= filled(text[:12]) <= filled(text) == text


@given(st.text(max_size=40))
def test_nothing_breaks_the_readers(text: str) -> None:
    cx(text)
    xcn(text)
    xon(text)
    ins_of(text)
    instant(text)
    has_zone(text)
