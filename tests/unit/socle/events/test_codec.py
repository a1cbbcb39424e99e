"""CloudEvents in binary mode, there and back; and what is refused."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from socle.events import CodecError, EventContext, InsiCallCompleted, decode, encode_data, headers_of, stay_id
from socle.events.reference import EstablishmentChanged

AT = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)
DATA = InsiCallCompleted(
    workspace="default", epoch=1, finess_eg="010000024", operation="x", outcome="00", duration_ms=1.5
)
CONTEXT = EventContext(
    id="1",
    source="/socles/ins_sim/default",
    type="fr.socles.insi.call.completed.v1",
    time=AT,
    subject="exchange-1",
    recordedtime=AT + timedelta(seconds=1),
    sequence=7,
    partitionkey="010000024",
    traceparent="00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
)


def test_an_event_comes_back_as_it_was() -> None:
    assert decode(headers_of(CONTEXT), encode_data(DATA)) == (CONTEXT, DATA)


def test_extension_attributes_may_be_absent() -> None:
    bare = EventContext(id="1", source="/s", type=CONTEXT.type, time=AT, subject="x")
    assert decode(headers_of(bare), encode_data(DATA))[0] == bare


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("ce_specversion", b"0.3", "version"),
        ("ce_type", b"fr.socles.unheard.of.v1", "unknown event type"),
        ("ce_time", b"yesterday", "unreadable header"),
        ("ce_time", b"2026-03-02T08:30:00", "without offset"),
        ("ce_sequence", b"one", "unreadable header"),
        ("ce_id", None, "missing headers: ce_id"),
    ],
)
def test_a_bad_header_is_told(name: str, value: bytes | None, told: str) -> None:
    headers = dict(headers_of(CONTEXT))
    headers.pop(name) if value is None else headers.update({name: value})
    with pytest.raises(CodecError, match=told):
        decode(headers.items(), encode_data(DATA))


@pytest.mark.parametrize("value", [b"", b"[]", b'{"workspace":"d"}', encode_data(DATA).replace(b"1.5", b'"1.5"')])
def test_bad_data_is_told(value: bytes) -> None:
    with pytest.raises(CodecError):
        decode(headers_of(CONTEXT), value)


def test_what_a_newer_contract_adds_is_ignored() -> None:
    value = encode_data(DATA).replace(b"{", b'{"room":"12",', 1)
    assert decode(headers_of(CONTEXT), value)[1] == DATA


def test_acts_of_nobody_have_a_key_that_tells_nothing() -> None:
    nobody = DATA.model_copy(update={"finess_eg": None, "software": "Logiciel 1.0"})
    assert nobody.partition_key.startswith("unattributed:")
    assert "Logiciel" not in nobody.partition_key
    assert nobody.partition_key != nobody.model_copy(update={"software": "other"}).partition_key
    assert nobody.model_copy(update={"finess_ej": "010000016"}).partition_key == "010000016"


def test_reference_rows_of_two_workspaces_have_two_keys() -> None:
    row = EstablishmentChanged(
        workspace="a",
        epoch=1,
        finess_eg="010000024",
        finess_ej="010000016",
        name="CH",
        kind="sanitary",
        category="355",
        valid_from=AT.astimezone(timezone(timedelta(hours=2))),
    )
    assert row.partition_key != row.model_copy(update={"workspace": "b"}).partition_key


def test_a_stay_has_one_text() -> None:
    assert stay_id(" 1.2.3", "42 ") == "1.2.3^42"
    assert stay_id("1.2.3", None) == stay_id("1.2.3", " ") == "1.2.3"
