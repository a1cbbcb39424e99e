"""Where a consumer's logs begin and end, and what to say when its position lies outside."""

import asyncio
import contextlib
from collections.abc import Iterable

import aiokafka
from aiokafka.errors import KafkaError, OffsetOutOfRangeError

from socle.bus.port import TopicPartition

ASK_SECONDS = 2.0
"""How long brokers may take to say where a log ends."""


class OffsetLost(RuntimeError):
    """The log does not hold the offset that its reader stands at: events are missing; they are never skipped."""


async def ends_of(client: aiokafka.AIOKafkaConsumer, parts: Iterable[TopicPartition]) -> dict[TopicPartition, int]:
    """Of partitions assigned to ``client``: as the last fetch told, or asked for; what nobody can tell is left out."""
    ends: dict[TopicPartition, int] = {}
    unknown = []
    for part in parts:
        end = client.highwater(aiokafka.TopicPartition(*part))
        if end is None:
            unknown.append(aiokafka.TopicPartition(*part))
        else:
            ends[part] = end
    if unknown:
        with contextlib.suppress(KafkaError, TimeoutError):
            async with asyncio.timeout(ASK_SECONDS):
                asked = await client.end_offsets(unknown)
                ends |= {TopicPartition(part.topic, part.partition): end for part, end in asked.items()}
    return ends


async def lost_by(client: aiokafka.AIOKafkaConsumer, group: str, error: OffsetOutOfRangeError) -> OffsetLost:
    """The error of a group whose position the log does not hold."""
    texts = []
    for part, offset in error.args[0].items():
        there = "does not have that"
        with contextlib.suppress(KafkaError, TimeoutError):
            async with asyncio.timeout(ASK_SECONDS):
                begin, end = await client.beginning_offsets([part]), await client.end_offsets([part])
                there = f"holds {begin[part]} to {end[part]}"
        texts.append(f"{part.topic}[{part.partition}] at {offset}, the log {there}")
    return OffsetLost(
        f"group {group} reads {'; '.join(texts)}: the topic was cut or made anew. Rebuild what was counted from the "
        "events there are, or bring the topic back"
    )
