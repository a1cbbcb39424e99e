"""The fast decoder and the contract agree for every event type: on what is right, and on what is wrong."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.wire.decode import BUILDERS, Undecodable, decode
from socle.bus.port import Record
from socle.events import ALL, EventContext, EventData, encode_data, headers_of
from socle.events.codec import CodecError
from socle.events.codec import decode as decode_contract

AT = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)
TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=8)


def values(schema: dict[str, Any], root: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Right values for a schema of the contract."""
    if "$ref" in schema:
        return values(root["$defs"][schema["$ref"].rpartition("/")[2]], root)
    if "anyOf" in schema:
        return st.one_of(*(values(each, root) for each in schema["anyOf"]))
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    kind = schema.get("type")
    if kind == "string":
        instants = st.datetimes(datetime(1970, 1, 2), datetime(2100, 1, 1), timezones=st.just(UTC))
        return instants.map(datetime.isoformat) if schema.get("format") == "date-time" else TEXT
    if kind == "integer":
        return st.integers(schema.get("minimum", 0), 2**40)
    if kind == "array":
        return st.lists(values(schema["items"], root), max_size=3)
    if kind == "object":
        required = {name: values(schema["properties"][name], root) for name in schema.get("required", ())}
        optional = {name: values(each, root) for name, each in schema["properties"].items() if name not in required}
        return st.fixed_dictionaries(required, optional=optional)
    return {"number": st.floats(0, 1e9), "boolean": st.booleans(), "null": st.none()}[str(kind)]


def record(model: type[EventData], value: bytes) -> Record:
    context = EventContext(id="1", source="/s", type="fr.socles." + model.TYPE, time=AT, subject="x", sequence=1)
    return Record(model.TOPIC, 0, 0, b"", value, headers_of(context), 0)


@pytest.mark.parametrize("model", ALL, ids=lambda model: model.TYPE)
def test_right_events_say_the_same(model: type[EventData]) -> None:
    schema = model.model_json_schema(by_alias=True)
    struct = BUILDERS[model.TYPE][0]

    @settings(max_examples=25, deadline=None)
    @given(values(schema, schema))
    def agrees(data: dict[str, Any]) -> None:
        value = json.dumps(data).encode()
        contract = model.model_validate_json(value, strict=True)
        fast = msgspec.json.decode(value, type=struct)
        assert msgspec.to_builtins(fast) == msgspec.to_builtins(msgspec.json.decode(encode_data(contract), type=struct))
        for name in model.model_fields:
            assert plain(getattr(fast, name)) == plain(getattr(contract, name)), name
        decode(record(model, value))

    agrees()


def plain(value: Any) -> Any:
    """Values of both sides in one form."""
    if hasattr(value, "model_dump"):
        return value.model_dump()
    if isinstance(value, msgspec.Struct):
        return {name: plain(each) for name, each in msgspec.structs.asdict(value).items()}
    return tuple(plain(each) for each in value) if isinstance(value, tuple | list) else value


def wrong(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Changes that make an event wrong: a required member gone, a value of another type."""
    for name in schema["required"]:
        yield {name: ...}
    for name in schema["properties"]:
        yield {name: {"an": "object"}}
        yield {name: 1 if "Literal" in name else [[1]]}


def test_a_text_with_nul_is_refused_on_every_database() -> None:
    model = next(each for each in ALL if each.TYPE == "insi.call.completed.v1")
    data = {"workspace": "w", "epoch": 1, "operation": "o", "outcome": "a\0b", "durationMs": 1.0}
    with pytest.raises(Undecodable, match="NUL"):
        decode(record(model, json.dumps(data).encode()))
    decode(record(model, json.dumps({**data, "outcome": "a\\u0000b"}).encode()))  # a backslash, and no NUL


@pytest.mark.parametrize("model", ALL, ids=lambda model: model.TYPE)
def test_wrong_events_are_refused_by_both(model: type[EventData]) -> None:
    schema = model.model_json_schema(by_alias=True)
    right: dict[str, Any] = example(model)
    decode(record(model, json.dumps(right).encode()))
    for how in wrong(schema):
        data = {name: value for name, value in (right | how).items() if value is not ...}
        value = json.dumps(data).encode()
        with pytest.raises(CodecError):
            decode_contract(record(model, value).headers, value)
        with pytest.raises(Undecodable):
            decode(record(model, value))


def example(model: type[EventData]) -> dict[str, Any]:
    """The least right event of a type."""
    schema = model.model_json_schema(by_alias=True)
    plain_values = {"string": "x", "integer": 1, "number": 1.0, "boolean": True, "array": []}
    found = {}
    for name in schema["required"]:
        each = schema["properties"][name]
        found[name] = AT.isoformat() if each.get("format") == "date-time" else plain_values[each["type"]]
    return found


@pytest.mark.parametrize("value", [b"", b"{", b"[]", b"null", b"\xff"])
def test_what_is_no_object_is_refused(value: bytes) -> None:
    with pytest.raises(Undecodable):
        decode(record(ALL[0], value))


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("ce_id", None),
        ("ce_time", b"2026-03-02T08:30:00"),
        ("ce_time", b"x"),
        ("ce_type", b"x"),
        ("ce_specversion", b"0.3"),
        ("ce_sequence", b"x"),
    ],
)
def test_bad_headers_are_refused(header: str, value: bytes | None) -> None:
    good = record(ALL[0], json.dumps(example(ALL[0])).encode())
    headers = dict(good.headers)
    headers.pop(header) if value is None else headers.update({header: value})
    with pytest.raises(Undecodable):
        decode(Record(good.topic, 0, 0, b"", good.value, tuple(headers.items()), 0))


def test_every_type_of_the_contract_is_known() -> None:
    assert BUILDERS.keys() == {model.TYPE for model in ALL}
