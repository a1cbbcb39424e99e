"""Records of the bus → events as the domain sees them."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from metrics.domain import facts
from metrics.domain.days import to_ms
from metrics.wire import build, structs
from metrics.wire.build import Fact, Head
from socle.bus.port import Record
from socle.events.model import TYPE_PREFIX


class Undecodable(ValueError):
    """A poison event; the message says why."""


class Incoming(NamedTuple):
    """One event, and where it stood in the log."""

    topic: str
    partition: int
    offset: int
    source: str
    sequence: int | None
    event_id: str
    type: str
    """Without prefix."""
    time: int
    recorded: int | None
    workspace: str
    epoch: int
    revision: int
    exchange_id: str | None
    fact: Fact
    """None: an event of the contract that no indicator needs yet."""
    docs: tuple[facts.MessageDoc, ...]


_KEPT = ("ce_id", "ce_source", "ce_subject")
"""Headers that are kept as they are."""
_NUL_TEXT = rb"\u0000"
_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
"""NUL escaped in JSON, and not a backslash followed by ``u0000``."""


def decode(record: Record) -> Incoming:
    """Read one record; raises :class:`Undecodable`."""
    headers = dict(record.headers)
    try:
        full_type = headers["ce_type"].decode()
        route = _ROUTES.get(full_type)
        if route is None:
            raise Undecodable(f"unknown event type {full_type!r}")
        if headers["ce_specversion"] != b"1.0":
            raise Undecodable(f"unknown CloudEvents version {headers['ce_specversion']!r}")
        if _holds_nul(record.value, headers):
            raise Undecodable("a text holds NUL, which not every database can keep")
        decoder, builder, short = route
        head = Head(headers["ce_id"].decode(), short, _instant(headers["ce_time"]), headers["ce_subject"].decode())
        sequence = headers.get("ce_sequence")
        recorded = headers.get("ce_recordedtime")
        data = decoder.decode(record.value)
        return Incoming(
            record.topic,
            record.partition,
            record.offset,
            headers["ce_source"].decode(),
            None if sequence is None else int(sequence),
            head.event_id,
            short,
            head.time,
            None if recorded is None else _instant(recorded),
            data.workspace,
            data.epoch,
            data.revision,
            data.exchange_id,
            builder(head, data),
            build.carried(data) if isinstance(data, structs.Message) else (),
        )
    except KeyError as error:
        raise Undecodable(f"missing header {error.args[0]}") from error
    except Undecodable:
        raise
    except (msgspec.MsgspecError, ValueError, OverflowError) as error:
        raise Undecodable(str(error)) from error


def _holds_nul(value: bytes, headers: dict[str, bytes]) -> bool:
    if _NUL_TEXT in value and _NUL.search(value) is not None:
        return True
    return any(b"\0" in headers[name] for name in _KEPT)


def _instant(value: bytes) -> int:
    instant = datetime.fromisoformat(value.decode())
    if instant.tzinfo is None:
        raise Undecodable(f"instant without offset: {value.decode()}")
    return to_ms(instant)


BUILDERS: dict[str, tuple[type[structs.Common], Callable[[Head, Any], Fact]]] = {
    "insi.call.completed.v1": (structs.Insi, build.call),
    "insi.batch.completed.v1": (structs.Insi, build.unused),
    "dmp.document.submitted.v1": (structs.Document, build.deposit),
    "dmp.document.registered.v1": (structs.Registered, build.document),
    "dmp.document.rejected.v1": (structs.Rejected, build.deposit),
    "dmp.document.replaced.v1": (structs.Replaced, build.document),
    "dmp.document.updated.v1": (structs.Updated, build.document),
    "dmp.document.deleted.v1": (structs.Deleted, build.document),
    "dmp.record.consulted.v1": (structs.Consulted, build.consulted),
    "mss.message.accepted.v1": (structs.Message, build.message),
    "mss.message.delivered.v1": (structs.Delivered, build.message),
    "mss.message.failed.v1": (structs.Failed, build.message),
    "mss.message.read.v1": (structs.Read, build.message),
    "stay.admitted.v1": (structs.Stay, build.stay),
    "stay.updated.v1": (structs.Stay, build.stay),
    "stay.discharged.v1": (structs.Discharged, build.stay),
    "stay.reopened.v1": (structs.Stay, build.stay),
    "stay.cancelled.v1": (structs.Stay, build.stay),
    "identity.status-changed.v1": (structs.Identity, build.unused),
    "report.produced.v1": (structs.Report, build.unused),
    "establishment.changed.v1": (structs.Establishment, build.establishment),
}

_ROUTES = {
    TYPE_PREFIX + name: (msgspec.json.Decoder(struct), builder, name) for name, (struct, builder) in BUILDERS.items()
}
