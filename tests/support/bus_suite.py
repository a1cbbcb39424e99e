"""What every bus promises (D3): inherit, and give the fixture ``wire`` over a started shelf store and its relay."""

import asyncio
from collections import defaultdict
from functools import partial

from socle.bus.partition import partition_for
from socle.bus.port import TopicPartition
from socle.events import decode
from socle.events.topics import TOPICS
from support import shelf
from support.bus_wire import KEYS, TOPIC, Reader, Wire, names, settled


class BusSuite:
    """Behaviour of a bus with nothing on it yet."""

    async def test_every_event_comes_once_and_each_key_in_order(self, wire: Wire) -> None:
        reader = await Reader(wire).start()
        await wire.tell(*names(200))
        await reader.take(200)
        assert await reader.fetch() == 0
        assert sorted(reader.subjects) == names(200)
        by_key = defaultdict(list)
        for record, subject in zip(reader.records, reader.subjects, strict=True):
            by_key[record.key.decode()].append(subject)
        assert set(by_key) == set(KEYS)
        assert all(subjects == sorted(subjects) for subjects in by_key.values())
        await reader.stop()

    async def test_a_record_is_the_event_in_cloudevents_binary_mode(self, wire: Wire) -> None:
        reader = await Reader(wire).start()
        trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
        sent = shelf.event("010000016", workspace="ws1")
        event_id = await wire.store.write(lambda uow: uow.emit(sent, subject="lid 1", time=shelf.AT, traceparent=trace))
        await reader.take(1)
        (record,) = reader.records
        context, data = decode(record.headers, record.value)
        assert data == sent
        assert (context.id, context.source, context.subject) == (event_id, "/socles/shelf/ws1", "lid 1")
        assert (context.type, context.time) == ("fr.socles.insi.call.completed.v1", shelf.AT)
        assert (context.sequence, context.partitionkey, context.traceparent) == (0, "010000016", trace)
        assert context.recordedtime is not None
        assert record.timestamp_ms == int(context.recordedtime.timestamp() * 1000)
        assert dict(record.headers)["content-type"] == b"application/json"
        assert record.key == b"010000016"
        assert record.partition == partition_for("010000016", TOPICS[TOPIC].partitions)
        await reader.stop()

    async def test_sequences_have_no_gap_in_any_source_and_partition(self, wire: Wire) -> None:
        reader = await Reader(wire).start()
        for n, name in enumerate(names(120)):
            key, workspace = KEYS[n % 7], f"ws{n % 3}"
            await wire.store.write(partial(shelf.put_and_tell, name=name, key=key, workspace=workspace))
        await reader.take(120)
        numbers = defaultdict(list)
        for record in reader.records:
            headers = dict(record.headers)
            numbers[headers["ce_source"], record.partition].append(int(headers["ce_sequence"]))
        assert len(numbers) > 3
        assert all(given == list(range(len(given))) for given in numbers.values())
        await reader.stop()

    async def test_an_event_held_back_comes_late_holds_up_no_other_and_leaves_no_gap(self, wire: Wire) -> None:
        reader = await Reader(wire).start()
        await wire.tell("first", keys=KEYS[:1])
        await reader.take(1)
        loop = asyncio.get_running_loop()
        start = loop.time()
        late = await wire.store.write(partial(shelf.put_and_tell, name="late", key=KEYS[0], delay=2.0))
        await wire.tell("soon", "sooner", keys=KEYS[:1])
        await reader.take(3)
        assert loop.time() - start < 2.0
        assert reader.subjects == ["first", "soon", "sooner"]
        await reader.take(4)
        assert 2.0 <= loop.time() - start < 30
        assert await reader.fetch() == 0
        headers = [dict(record.headers) for record in reader.records]
        assert [int(one["ce_sequence"]) for one in headers] == [0, 1, 2, 3]
        assert (headers[3]["ce_id"].decode(), reader.subjects[3]) == (late, "late")
        assert len({one["ce_partitionkey"] for one in headers}) == 1
        await reader.stop()

    async def test_what_was_there_before_the_consumer_comes_too(self, wire: Wire) -> None:
        await wire.tell(*names(30))
        reader = await Reader(wire).start()
        await reader.take(30)
        assert sorted(reader.subjects) == names(30)
        await reader.stop()

    async def test_a_consumer_goes_on_where_its_own_position_says(self, wire: Wire) -> None:
        first = await Reader(wire).start()
        await wire.tell(*names(60))
        await first.take(60)
        await first.stop()
        await wire.tell(*names(40, "later"))
        second = await Reader(wire, positions=first.positions).start()
        await second.take(40)
        assert await second.fetch() == 0
        assert sorted(second.subjects) == names(40, "later")
        await second.stop()

    async def test_going_back_brings_the_same_records_again(self, wire: Wire) -> None:
        reader = await Reader(wire).start()
        await wire.tell(*names(50))
        await reader.take(50)
        once = sorted(reader.records, key=lambda record: (record.partition, record.offset))
        reader.records.clear()
        assert reader.consumer is not None
        for part in list(reader.positions):
            reader.consumer.seek(part, 0)
        reader.positions.clear()
        await reader.take(50)
        assert sorted(reader.records, key=lambda record: (record.partition, record.offset)) == once
        await reader.stop()

    async def test_small_batches_starve_no_partition(self, wire: Wire) -> None:
        reader = await Reader(wire).start()
        await wire.tell(*names(100))
        fetches = 0
        while len(reader.records) < 100:
            assert await reader.fetch(max_records=3) <= 3
            fetches += 1
        assert fetches <= 100
        assert sorted(reader.subjects) == names(100)
        await reader.stop()

    async def test_a_waiting_fetch_wakes_up_when_an_event_comes(self, wire: Wire) -> None:
        reader = await Reader(wire).start()
        waiting = asyncio.create_task(reader.fetch(timeout=40))
        await asyncio.sleep(0.05)
        loop = asyncio.get_running_loop()
        start = loop.time()
        await wire.tell("now")
        assert await waiting == 1
        assert loop.time() - start < 20
        await reader.stop()

    async def test_a_fetch_without_news_ends_with_its_time(self, wire: Wire) -> None:
        reader = await Reader(wire).start()
        loop = asyncio.get_running_loop()
        start = loop.time()
        assert await reader.fetch(timeout=0.1) == 0
        assert 0.09 <= loop.time() - start < 20
        await reader.stop()

    async def test_the_lag_is_what_is_left_to_read(self, wire: Wire) -> None:
        reader = await Reader(wire).start()
        await wire.tell(*names(24))
        await reader.take(24)
        assert reader.consumer is not None
        ends = await reader.consumer.end_offsets()
        assert len(ends) == TOPICS[TOPIC].partitions
        assert sum(ends.values()) == 24
        assert {part: end for part, end in ends.items() if end} == reader.positions
        await reader.stop()

    async def test_members_of_a_group_share_the_partitions_and_other_groups_get_all(self, wire: Wire) -> None:
        one, two = await Reader(wire).start(), await Reader(wire).start()
        other = await Reader(wire, group="others").start()
        await settled(one, two)
        await wire.tell(*names(100))
        await other.take(100)
        async with asyncio.timeout(40):
            while len(one.records) + len(two.records) < 100:
                await one.fetch(timeout=0.01)
                await two.fetch(timeout=0.01)
        assert sorted(one.subjects + two.subjects) == names(100)
        assert {r.partition for r in one.records}.isdisjoint({r.partition for r in two.records})
        assert one.records
        assert two.records
        for reader in (one, two, other):
            await reader.stop()

    async def test_partitions_of_a_member_that_leaves_go_to_the_others_at_their_position(self, wire: Wire) -> None:
        shared: dict[TopicPartition, int] = {}
        one, two = await Reader(wire, positions=shared).start(), await Reader(wire, positions=shared).start()
        await wire.tell(*names(50))
        async with asyncio.timeout(40):
            while len(one.records) + len(two.records) < 50:
                await one.fetch(timeout=0.01)
                await two.fetch(timeout=0.01)
        await two.stop()
        await wire.tell(*names(50, "later"))
        async with asyncio.timeout(40):
            while len(one.records) + len(two.records) < 100:
                await one.fetch(timeout=0.05)
        assert sorted(one.subjects + two.subjects) == sorted(names(50) + names(50, "later"))
        assert frozenset().union(*one.assignments) == {TopicPartition(TOPIC, p) for p in range(12)}
        await one.stop()
