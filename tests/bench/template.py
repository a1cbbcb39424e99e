"""Events by the million: the contract's own encoder writes one of each kind, and what differs is put into its holes."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from socle.events import TYPE_PREFIX, EventData, encode_data

HOLE = {name: f"@{name}@" for name in ("eg", "ej", "exchange", "lid", "doc", "set", "type", "stay", "patient", "ref")}
"""Text that a model can hold where a value will stand."""
AT, START, STOP = (datetime(2001, 1, day, tzinfo=UTC) for day in (1, 2, 3))
"""Instants that stand for the act's own, and for the dates of service."""
_INSTANTS = {"at": AT, "start": START, "stop": STOP}

Values = Mapping[bytes, bytes]


class Template:
    """An event of one kind as bytes, with holes to be filled."""

    def __init__(self, model: type[EventData], **fields: Any) -> None:
        common = {"workspace": "default", "epoch": 1, "finess_eg": HOLE["eg"], "finess_ej": HOLE["ej"]}
        data = model.model_validate(
            {**common, "attributed_by": "structure", "exchange_id": HOLE["exchange"], "software": "LPS 4.2", **fields}
        )
        self.topic = model.TOPIC
        self.type = (TYPE_PREFIX + model.TYPE).encode()
        text = encode_data(data).replace(b"%", b"%%")
        for name, mark in HOLE.items():
            text = text.replace(mark.encode(), b"%%(%s)b" % name.encode())
        for name, instant in _INSTANTS.items():
            text = text.replace(
                b'"%s"' % instant.isoformat().replace("+00:00", "Z").encode(), b'"%%(%s)b"' % name.encode()
            )
        self._text = text

    def fill(self, values: Values) -> bytes:
        """The event's data as JSON."""
        return self._text % values


@lru_cache(maxsize=4096)
def instant(second: int) -> bytes:
    """Seconds since 1970 as an event carries them."""
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=second)).strftime("%Y-%m-%dT%H:%M:%SZ").encode()
