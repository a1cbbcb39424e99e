"""What the control plane knows of a workspace, as an archive has it."""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

import msgspec

from socle.archive.errors import wrong
from socle.control.clocks import ClockState
from socle.control.faults import FaultRule
from socle.control.model import Workspace
from socle.control.population.codec import Items, Kind, from_rows
from socle.control.restoring import Holding
from socle.rules import Strictness
from socle.store.types import rfc3339

PEOPLE = "people.jsonl"
_MICROSECOND = timedelta(microseconds=1)


class Clock(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """Frozen, or at a distance from real time."""

    frozen_at: datetime | None
    offset_us: int


class About(msgspec.Struct, frozen=True, rename="camel"):
    """What the manifest of a whole archive says."""

    workspace: str
    epoch: int
    strictness: Strictness
    options: dict[str, str]
    clock: Clock
    rules: list[FaultRule]
    made_at: datetime
    made_by: str
    services: list[str]


class _Item(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One line of the people."""

    kind: Kind
    key: str
    body: msgspec.Raw


_ITEM = msgspec.json.Decoder(_Item).decode


def about(holding: Holding, made_at: datetime, made_by: str, services: Iterable[str]) -> dict[str, Any]:
    """For the manifest."""
    workspace, clock = holding.workspace, holding.clock
    frozen = rfc3339(clock.frozen_at) if clock.frozen_at is not None else None
    told: dict[str, Any] = msgspec.to_builtins(
        {
            "workspace": workspace.name,
            "epoch": workspace.epoch,
            "strictness": workspace.strictness.value,
            "options": dict(workspace.options),
            "clock": {"frozenAt": frozen, "offsetUs": clock.offset // _MICROSECOND},
            "rules": [rule_of(rule) for rule in holding.rules],
            "madeAt": rfc3339(made_at),
            "madeBy": made_by,
            "services": sorted(services),
        }
    )
    return told


def rule_of(rule: FaultRule) -> dict[str, Any]:
    """A rule as plain values."""
    return json.loads(msgspec.json.encode(rule))  # type: ignore[no-any-return]


def people(items: Items) -> Iterator[bytes]:
    """Lines."""
    for kind, key, body in items.rows():
        yield msgspec.json.encode(_Item(kind, key, msgspec.Raw(body))) + b"\n"


def read(told: Mapping[str, Any], lines: Iterable[bytes]) -> Holding:
    """The inverse. Raises :class:`BadArchive`."""
    try:
        said = msgspec.convert(told, About)
        found = [(item.kind, item.key, bytes(item.body)) for item in map(_ITEM, lines)]
        own = from_rows(found)
        clock = ClockState(said.clock.frozen_at, said.clock.offset_us * _MICROSECOND)
        if said.clock.frozen_at is not None:
            rfc3339(said.clock.frozen_at)
    except (msgspec.DecodeError, msgspec.ValidationError, ValueError, OverflowError, RecursionError) as error:
        raise wrong(f"settings, rules or people: {error}") from error
    return Holding(Workspace(said.workspace, said.epoch, said.strictness, said.options), clock, own, said.rules)
