"""What is said about a topic that is not as the contract wants it."""

import pytest

from socle.bus.kafka_settings import KafkaSettings
from socle.bus.kafka_topics import Found, config_of, mismatches
from socle.events.topics import TOPICS

_RIGHT = {"max.message.bytes": "1048588", "min.insync.replicas": "1"}


@pytest.mark.parametrize(
    ("replicas", "config", "settings", "problem"),
    [
        (1, {}, {}, None),
        (1, {}, {"replication_factor": 3}, "1 replicas and SOCLES_KAFKA_REPLICATION_FACTOR wants 3"),
        (3, {"min.insync.replicas": "2"}, {"replication_factor": 3}, None),
        (1, {"min.insync.replicas": "2"}, {}, "min.insync.replicas is 2 and must be 1"),
        (3, {}, {"min_insync_replicas": 2}, "min.insync.replicas is 1 and must be 2"),
        (1, {"max.message.bytes": "1000"}, {}, "max.message.bytes is 1000 and must be 1048588"),
        (1, {"cleanup.policy": "compact,delete"}, {}, "cleanup.policy is compact,delete and must be delete"),
    ],
)
def test_what_is_wrong_with_a_topic(
    replicas: int, config: dict[str, str], settings: dict[str, int], problem: str | None
) -> None:
    spec, wanted = TOPICS["socles.dmp.v1"], KafkaSettings(bootstrap="b:9092", **settings)
    plain = config_of(spec, KafkaSettings())
    found = mismatches(spec, Found(12, replicas, plain | _RIGHT | config), wanted)
    if problem is None:
        assert found == []
    else:
        (text,) = found
        assert problem in text
        assert "--bootstrap-server b:9092" in text


def test_too_many_partitions_cannot_be_mended_by_a_change() -> None:
    spec = TOPICS["socles.dmp.v1"]
    (text,) = mismatches(spec, Found(24, 1, config_of(spec, KafkaSettings()) | _RIGHT), KafkaSettings(bootstrap="b:1"))
    assert "24 partitions and must have 12: Kafka cannot take partitions away" in text
    assert "kafka-topics.sh --bootstrap-server b:1 --delete --topic socles.dmp.v1" in text
