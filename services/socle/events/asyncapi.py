"""The contract as documents: one JSON Schema for each event type and one AsyncAPI 3 document over them all.

``documents()`` is a pure function of the models; ``write(folder)`` puts them under ``docs/events``. They are committed:
a change of the contract is seen in the review, and a test compares it with what was committed before.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from socle.events.model import TYPE_PREFIX, EventData
from socle.events.registry import ALL
from socle.events.topics import TOPICS

VERSION = "1.0.0"
_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_HEADERS: dict[str, Any] = {
    "type": "object",
    "required": ["ce_specversion", "ce_id", "ce_source", "ce_type", "ce_time", "ce_subject", "content-type"],
    "properties": {
        "ce_specversion": {"const": "1.0"},
        "ce_id": {"type": "string", "description": "Unique with ce_source (UUIDv7)"},
        "ce_source": {"type": "string", "description": "/socles/{service}/{workspace}"},
        "ce_type": {"type": "string"},
        "ce_time": {"type": "string", "format": "date-time", "description": "Of the occurrence"},
        "ce_subject": {"type": "string", "description": "Logical id: lid, stayId, messageRef, exchange id"},
        "ce_recordedtime": {"type": "string", "format": "date-time", "description": "Of the commit"},
        "ce_sequence": {"type": "string", "description": "By the relay, per source and partition, never rewound"},
        "ce_partitionkey": {"type": "string", "description": "finessEG, or unattributed:<hash of the source>"},
        "ce_traceparent": {"type": "string"},
        "content-type": {"const": "application/json"},
    },
}


def schema_of(model: type[EventData]) -> dict[str, Any]:
    """The JSON Schema of one event's data, as it is on the wire."""
    schema = model.model_json_schema(by_alias=True)
    return {
        "$schema": _DIALECT,
        "$id": schema_name(model),
        "title": TYPE_PREFIX + model.TYPE,
        **{name: value for name, value in schema.items() if name != "title"},
    }


def schema_name(model: type[EventData]) -> str:
    """``dmp.document.registered.v1.json``."""
    return f"{model.TYPE}.json"


def asyncapi() -> dict[str, Any]:
    """The AsyncAPI 3 document; it refers to the schemas beside it."""
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Socles: events of the simulated national health services",
            "version": VERSION,
            "description": "CloudEvents 1.0 in binary mode. Contract of our own, not an official one. "
            "No INS, NIR, name or mail address ever stands in an event.",
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": "application/json",
        "channels": {_channel(name): _channel_object(name) for name in TOPICS},
        "operations": {
            f"receive-{_channel(name)}": {
                "action": "receive",
                "channel": {"$ref": f"#/channels/{_channel(name)}"},
                "summary": spec.description,
            }
            for name, spec in TOPICS.items()
        },
        "components": {
            "messageTraits": {"cloudEventsBinary": {"headers": _HEADERS}},
            "messages": {model.__name__: _message(model) for model in ALL},
        },
    }


def documents() -> Mapping[str, str]:
    """File name → content, ready to be written."""
    found = {f"schemas/{schema_name(model)}": _text(schema_of(model)) for model in ALL}
    found["asyncapi.json"] = _text(asyncapi())
    return found


def write(folder: Path) -> None:
    """Write all documents below ``folder``, and remove schemas of types that are no more."""
    wanted = documents()
    schemas = folder / "schemas"
    schemas.mkdir(parents=True, exist_ok=True)
    for path in schemas.glob("*.json"):
        if f"schemas/{path.name}" not in wanted:
            path.unlink()
    for name, text in wanted.items():
        (folder / name).write_text(text, encoding="utf-8")


def _channel(topic: str) -> str:
    return topic.removeprefix("socles.").removesuffix(".v1")


def _channel_object(topic: str) -> dict[str, Any]:
    spec = TOPICS[topic]
    return {
        "address": topic,
        "description": spec.description,
        "messages": {
            model.__name__: {"$ref": f"#/components/messages/{model.__name__}"} for model in ALL if topic == model.TOPIC
        },
        "bindings": {
            "kafka": {
                "topic": topic,
                "partitions": spec.partitions,
                "topicConfiguration": {
                    "cleanup.policy": [spec.cleanup.value],
                    "retention.ms": spec.retention_ms,
                },
                "bindingVersion": "0.5.0",
            }
        },
    }


def _message(model: type[EventData]) -> dict[str, Any]:
    return {
        "name": TYPE_PREFIX + model.TYPE,
        "title": model.__name__,
        "summary": (model.__doc__ or "").strip().partition("\n")[0],
        "contentType": "application/json",
        "traits": [{"$ref": "#/components/messageTraits/cloudEventsBinary"}],
        "payload": {
            "schemaFormat": "application/schema+json;version=draft-2020-12",
            "schema": {"$ref": f"./schemas/{schema_name(model)}"},
        },
    }


def _text(document: Mapping[str, Any]) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"
