"""A scope's events: out of the outbox in their order, and in again as events of another workspace and epoch.

Their ids are new, since they are new events; time, subject and all they tell stay. So metrics count them in the
ordinary way, and a rebuild finds the same.
"""

import time
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, NamedTuple

import msgspec
from pydantic import ValidationError
from sqlalchemy import Connection, select
from sqlalchemy.sql.schema import MetaData

from socle.archive.errors import wrong
from socle.events.codec import source_of
from socle.events.model import EventData
from socle.events.registry import TYPES
from socle.store.outbox import EventTooLarge, event_row
from socle.store.port import UnitOfWork
from socle.store.tables import common
from socle.sweep.scopes import Scope

ENTRY = "events.jsonl"
_TABLES = common(MetaData())
_OUTBOX, _HELD = _TABLES.outbox.c, _TABLES.outbox_held.c


class Line(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One event."""

    type: str
    subject: str
    time: str
    data: msgspec.Raw
    delay: float = 0.0
    """Seconds that a fault rule holds it back still."""


class Told(NamedTuple):
    """An event to be told again."""

    data: EventData
    subject: str
    at: datetime
    delay: float

    def emit(self, uow: UnitOfWork) -> None:
        uow.emit(self.data, subject=self.subject, time=self.at, delay=self.delay)


_ENCODE = msgspec.json.Encoder().encode
_DECODE = msgspec.json.Decoder(Line).decode
_MEMBERS = msgspec.json.Decoder(dict[str, Any]).decode


def dump(connection: Connection, service: str, scope: Scope) -> Iterator[bytes]:
    """Lines, in the order of the outbox; those held back last."""
    source = source_of(service, scope.workspace)
    told = (
        select(_OUTBOX.type, _OUTBOX.subject, _OUTBOX.time, _OUTBOX.data)
        .where(_OUTBOX.source == source, _OUTBOX.epoch == scope.epoch)
        .order_by(_OUTBOX.position)
    )
    for kind, subject, at, data in connection.execute(told.execution_options(yield_per=500)):
        yield _ENCODE(Line(kind, subject, at, msgspec.Raw(data))) + b"\n"
    held = (
        select(_HELD.type, _HELD.subject, _HELD.time, _HELD.data, _HELD.due)
        .where(_HELD.source == source, _HELD.epoch == scope.epoch)
        .order_by(_HELD.number)
    )
    now = time.time()
    for kind, subject, at, data, due in connection.execute(held):
        left = max(0.0, due / 1_000_000 - now)
        yield _ENCODE(Line(kind, subject, at, msgspec.Raw(data), left)) + b"\n"


def decode(line: bytes, service: str, scope: Scope, claim: Callable[[str, str], None]) -> Told:
    """An event of the new scope. Raises :class:`BadArchive`, also for one that ``service`` may not tell."""
    try:
        told = _DECODE(line)
        at = datetime.fromisoformat(told.time)
        members = _MEMBERS(told.data)
        model = TYPES[told.type]
        data = model.model_validate_json(msgspec.json.encode({**members, **scope._asdict()}), strict=True)
        claim(service, data.TOPIC)
        event_row(service, data, subject=told.subject, time=at, event_id=None, traceparent=None)
    except KeyError as error:
        raise wrong(f"an event of an unknown type: {error}") from error
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise wrong(f"an event: {'.'.join(map(str, first['loc']))}: {first['msg']}") from error
    except (msgspec.DecodeError, msgspec.ValidationError, ValueError, EventTooLarge, RecursionError) as error:
        raise wrong(f"an event: {error}") from error
    if not 0 <= told.delay <= 86400 or "\0" in told.subject:
        raise wrong("an event: out of bounds")
    return Told(data, told.subject, at, told.delay)
