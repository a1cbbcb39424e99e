"""CloudEvents 1.0 in Kafka's binary mode: context in ``ce_*`` headers, data as JSON (cloudevents/spec, Kafka binding).

``recordedtime``, ``sequence``, ``partitionkey`` and ``traceparent`` are extension attributes.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from pydantic import ValidationError

from socle.events.model import EventData
from socle.events.registry import TYPES

Headers = tuple[tuple[str, bytes], ...]

_REQUIRED = ("ce_specversion", "ce_id", "ce_source", "ce_type", "ce_time", "ce_subject")
_JSON = b"application/json"


class CodecError(ValueError):
    """The record is no event of the contract; the message says why."""


@dataclass(frozen=True, slots=True)
class EventContext:
    """The CloudEvents attributes of one event."""

    id: str
    source: str
    """``/socles/{service}/{workspace}``."""
    type: str
    """With prefix: ``fr.socles.dmp.document.registered.v1``."""
    time: datetime
    """Of the occurrence, by the workspace's clock."""
    subject: str
    """Logical id: lid, stayId, messageRef, exchange id."""
    recordedtime: datetime | None = None
    """Of the commit, by the real clock: what freshness is measured from."""
    sequence: int | None = None
    """Given by the relay, per source and partition, never rewound."""
    partitionkey: str | None = None
    traceparent: str | None = None


def source_of(service: str, workspace: str) -> str:
    """The ``source`` attribute: one per service and workspace."""
    return f"/socles/{service}/{workspace}"


def headers_of(context: EventContext) -> Headers:
    """The record's headers."""
    pairs = [
        ("ce_specversion", b"1.0"),
        ("ce_id", context.id.encode()),
        ("ce_source", context.source.encode()),
        ("ce_type", context.type.encode()),
        ("ce_time", context.time.isoformat().encode()),
        ("ce_subject", context.subject.encode()),
        ("content-type", _JSON),
    ]
    if context.recordedtime is not None:
        pairs.append(("ce_recordedtime", context.recordedtime.isoformat().encode()))
    if context.sequence is not None:
        pairs.append(("ce_sequence", str(context.sequence).encode()))
    if context.partitionkey is not None:
        pairs.append(("ce_partitionkey", context.partitionkey.encode()))
    if context.traceparent is not None:
        pairs.append(("ce_traceparent", context.traceparent.encode()))
    return tuple(pairs)


def context_from(headers: Iterable[tuple[str, bytes]]) -> EventContext:
    """Read the context back; raises :class:`CodecError` when an attribute is missing or unreadable."""
    found: Mapping[str, bytes] = dict(headers)
    missing = [name for name in _REQUIRED if name not in found]
    if missing:
        raise CodecError(f"missing headers: {', '.join(missing)}")
    if found["ce_specversion"] != b"1.0":
        raise CodecError(f"unknown CloudEvents version {found['ce_specversion']!r}")
    try:
        return EventContext(
            id=found["ce_id"].decode(),
            source=found["ce_source"].decode(),
            type=found["ce_type"].decode(),
            time=_instant(found["ce_time"]),
            subject=found["ce_subject"].decode(),
            recordedtime=_instant(found["ce_recordedtime"]) if "ce_recordedtime" in found else None,
            sequence=int(found["ce_sequence"]) if "ce_sequence" in found else None,
            partitionkey=_text(found.get("ce_partitionkey")),
            traceparent=_text(found.get("ce_traceparent")),
        )
    except ValueError as error:
        raise CodecError(f"unreadable header: {error}") from error


def encode_data(data: EventData) -> bytes:
    """The record's value; absent values are left out."""
    # what ``model_dump_json`` calls: that turns its bytes into text, which costs half as much again
    encoded: bytes = data.__pydantic_serializer__.to_json(data, by_alias=True, exclude_none=True)
    return encoded


def decode(headers: Iterable[tuple[str, bytes]], value: bytes) -> tuple[EventContext, EventData]:
    """A record → its context and its data, fully validated; raises :class:`CodecError`."""
    context = context_from(headers)
    model = TYPES.get(context.type)
    if model is None:
        raise CodecError(f"unknown event type {context.type!r}")
    try:
        return context, model.model_validate_json(value, strict=True)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(map(str, first["loc"])) or "data"
        raise CodecError(f"{where}: {first['msg']}") from error


def _instant(value: bytes) -> datetime:
    instant = datetime.fromisoformat(value.decode())
    if instant.tzinfo is None:
        raise ValueError(f"instant without offset: {value!r}")
    return instant


def _text(value: bytes | None) -> str | None:
    return None if value is None else value.decode()
