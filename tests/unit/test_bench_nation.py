"""The bench's national day: events of the contract, in the proportions it says, placed as the relay places them."""

from collections import Counter, defaultdict

from bench.nation import Nation, sites_of
from socle.bus.partition import partition_for
from socle.bus.port import Record
from socle.events import decode
from socle.events.topics import TOPICS


def _short(record: Record) -> str:
    return dict(record.headers)["ce_type"].decode().removeprefix("fr.socles.")


def test_every_kind_of_event_is_one_of_the_contract() -> None:
    records = Nation(1, sites=100).records(40_000)
    seen: Counter[str] = Counter()
    for record in records:
        kind = _short(record)
        seen[kind] += 1
        if seen[kind] <= 30:
            context, data = decode(record.headers, record.value)
            assert record.topic == data.TOPIC
            assert record.key.decode() == data.partition_key == context.partitionkey
            assert record.partition == partition_for(data.partition_key, TOPICS[record.topic].partitions)
    assert len(seen) == 10


def test_the_mix_is_that_of_the_nation() -> None:
    records = Nation(2, sites=1000).records(60_000)[2_000:]
    topics = Counter(record.topic.split(".")[1] for record in records)
    shares = {topic: count / len(records) for topic, count in topics.items()}
    assert abs(shares["dmp"] - 33.6 / 73.6) < 0.02
    assert abs(shares["mss"] - 23.3 / 73.6) < 0.02
    assert abs(shares["insi"] - 14.9 / 73.6) < 0.03
    assert abs(shares["stays"] - 1.8 / 73.6) < 0.01


def test_makers_share_the_partitions_and_each_log_is_whole() -> None:
    makers = [Nation(3, sites=50, worker=worker, workers=2) for worker in range(2)]
    logs: defaultdict[tuple[str, int], list[Record]] = defaultdict(list)
    for number, maker in enumerate(makers):
        for record in maker.records(5_000):
            assert record.partition % 2 == number
            logs[record.topic, record.partition].append(record)
    assert abs(sum(maker.share for maker in makers) - 1) < 1e-9
    for log in logs.values():
        assert [record.offset for record in log] == list(range(len(log)))
        assert [int(dict(record.headers)["ce_sequence"]) for record in log] == list(range(len(log)))


def test_documents_find_the_stays_they_end() -> None:
    stays: set[str] = set()
    named = 0
    for record in Nation(4, sites=20).records(20_000):
        _, data = decode(record.headers, record.value)
        if record.topic == "socles.stays.v1":
            stays.add(data.stay_id)  # type: ignore[attr-defined]
        elif (stay := getattr(data, "stay_id", None)) is not None:
            named += 1
            assert stay in stays
    assert named > 100


def test_a_day_has_as_many_seconds_as_it_should() -> None:
    """The acts that follow from others come late: a short day ends a little after midnight."""
    records = Nation(5, sites=10, day=60_000).records(60_000)
    last = dict(records[-1].headers)["ce_time"].decode()
    assert "2026-03-02T23:00" < last < "2026-03-03T00:50"


def test_small_and_large_nations_have_as_many_sites_as_asked_for() -> None:
    assert [len(sites_of(count)) for count in (10, 10_000)] == [10, 10_000]
    assert len({site.eg for site in sites_of(10_000)}) == 10_000
