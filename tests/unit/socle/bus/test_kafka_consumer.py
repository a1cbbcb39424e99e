"""What a consumer must not hand out: records that aiokafka read from a position nobody asked for."""

from collections.abc import Iterable
from types import SimpleNamespace
from typing import Any

import aiokafka
import pytest
from aiokafka.errors import KafkaError, NoOffsetForPartitionError

from socle.bus import kafka_consumer
from socle.bus.kafka_consumer import KafkaConsumer
from socle.bus.kafka_settings import KafkaSettings
from socle.bus.port import TopicPartition

PART = TopicPartition("socles.dmp.v1", 3)
NATIVE = aiokafka.TopicPartition(*PART)


class Client:
    """Stands for aiokafka's consumer; what ``getmany`` does is the test's."""

    made: "list[Client]"

    def __init__(self, **settings: Any) -> None:
        self.settings = settings
        self.sought: list[tuple[Any, int]] = []
        self.stopped = False
        self._fetcher = SimpleNamespace(error_future=SimpleNamespace(done=lambda: False))
        Client.made.append(self)

    async def start(self) -> None: ...

    async def stop(self) -> None:
        self.stopped = True

    def subscribe(self, topics: Iterable[str], listener: KafkaConsumer) -> None:
        self.listener = listener

    def seek(self, part: Any, offset: int) -> None:
        self.sought.append((part, offset))

    async def commit(self, offsets: object) -> None: ...

    async def getmany(self, *parts: Any, timeout_ms: int, max_records: int) -> dict[Any, list[Any]]:
        return {}


class Bus:
    settings = KafkaSettings(bootstrap="b:9092")

    async def connection(self, role: str) -> dict[str, Any]:
        return {}


def _message(offset: int) -> SimpleNamespace:
    return SimpleNamespace(offset=offset, key=b"k", value=b"v", headers=(), timestamp=1)


@pytest.fixture
def client_class(monkeypatch: pytest.MonkeyPatch) -> type[Client]:
    Client.made = []
    monkeypatch.setattr(kafka_consumer.aiokafka, "AIOKafkaConsumer", Client)
    return Client


async def _started(asked: list[TopicPartition], position: int = 5) -> KafkaConsumer:
    async def assigned(parts: Iterable[TopicPartition]) -> dict[TopicPartition, int]:
        asked.extend(parts)
        return dict.fromkeys(parts, position)

    consumer = KafkaConsumer(Bus(), "g", [PART.topic], assigned)
    await consumer.start()
    return consumer


async def test_it_reads_where_its_owner_says(client_class: type[Client], monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[TopicPartition] = []
    consumer = await _started(asked)
    (client,) = client_class.made
    consumer.on_partitions_assigned([NATIVE])

    async def getmany(*parts: Any, **limits: int) -> dict[Any, list[Any]]:
        assert parts == (NATIVE,)
        assert client.sought == [(NATIVE, 5)]
        return {NATIVE: [_message(5), _message(6)]}

    monkeypatch.setattr(client, "getmany", getmany)
    found = await consumer.fetch(max_records=10, timeout=0)
    assert [record.offset for record in found[PART]] == [5, 6]
    assert asked == [PART]
    assert client.settings["auto_offset_reset"] == "none"
    assert client.settings["enable_auto_commit"] is False
    await consumer.stop()
    assert client.stopped


async def test_records_read_across_a_rebalance_are_not_handed_out(
    client_class: type[Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[TopicPartition] = []
    consumer = await _started(asked)
    (client,) = client_class.made
    consumer.on_partitions_assigned([NATIVE])

    async def rebalanced(*parts: Any, **limits: int) -> dict[Any, list[Any]]:
        consumer.on_partitions_revoked([NATIVE])
        consumer.on_partitions_assigned([NATIVE])
        return {NATIVE: [_message(90)]}  # from what was committed to Kafka

    monkeypatch.setattr(client, "getmany", rebalanced)
    assert await consumer.fetch(max_records=10, timeout=0) == {}

    async def getmany(*parts: Any, **limits: int) -> dict[Any, list[Any]]:
        return {NATIVE: [_message(5)]}

    monkeypatch.setattr(client, "getmany", getmany)
    found = await consumer.fetch(max_records=10, timeout=0)
    assert [record.offset for record in found[PART]] == [5]
    assert asked == [PART, PART]
    assert client.sought == [(NATIVE, 5), (NATIVE, 5)]
    await consumer.stop()


async def test_partitions_lost_while_the_owner_thinks_are_not_taken(client_class: type[Client]) -> None:
    consumer: KafkaConsumer

    async def assigned(parts: Iterable[TopicPartition]) -> dict[TopicPartition, int]:
        consumer.on_partitions_revoked([NATIVE])
        return dict.fromkeys(parts, 5)

    consumer = KafkaConsumer(Bus(), "g", [PART.topic], assigned)
    await consumer.start()
    (client,) = client_class.made
    consumer.on_partitions_assigned([NATIVE])
    assert await consumer.fetch(max_records=10, timeout=0) == {}
    assert client.sought == []
    consumer.seek(PART, 3)
    assert client.sought == []
    await consumer.stop()


async def test_kafkas_complaint_that_it_knows_no_position_is_nobodys_business(
    client_class: type[Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    consumer = await _started([])
    (client,) = client_class.made

    async def getmany(*parts: Any, **limits: int) -> dict[Any, list[Any]]:
        raise NoOffsetForPartitionError(NATIVE)

    monkeypatch.setattr(client, "getmany", getmany)
    assert await consumer.fetch(max_records=10, timeout=0) == {}
    assert len(client_class.made) == 1
    await consumer.stop()


@pytest.mark.parametrize("how", ["raises", "ends silently"])
async def test_a_client_that_fails_is_replaced_after_a_pause(
    client_class: type[Client], monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    monkeypatch.setattr(kafka_consumer, "RETRY_SECONDS", 0.05)
    consumer = await _started([])
    (client,) = client_class.made
    if how == "raises":

        async def getmany(*parts: Any, **limits: int) -> dict[Any, list[Any]]:
            raise KafkaError("coordination ended")

        monkeypatch.setattr(client, "getmany", getmany)
    else:
        client._fetcher.error_future.done = lambda: True
    assert await consumer.fetch(max_records=10, timeout=0.01) == {}
    assert client.stopped
    assert len(client_class.made) == 1
    assert await consumer.fetch(max_records=10, timeout=0.2) == {}
    assert len(client_class.made) == 2
    await consumer.stop()
