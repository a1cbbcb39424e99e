"""Kafka's default partitioner: the vectors of its own test suite (UtilsTest.testMurmur2), and totality."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socle.bus.partition import murmur2, partition_for


@pytest.mark.parametrize(
    ("data", "signed"),
    [
        (b"21", -973932308),
        (b"foobar", -790332482),
        (b"a-little-bit-long-string", -985981536),
        (b"a-little-bit-longer-string", -1486304829),
        (b"lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971),
        (b"abc", 479470107),
    ],
)
def test_the_hash_is_kafkas(data: bytes, signed: int) -> None:
    assert murmur2(data) == signed % 2**32


@given(st.text(), st.integers(1, 1000))
def test_every_key_has_one_partition(key: str, partitions: int) -> None:
    assert 0 <= partition_for(key, partitions) < partitions
    assert partition_for(key, partitions) == (murmur2(key.encode()) & 0x7FFFFFFF) % partitions
