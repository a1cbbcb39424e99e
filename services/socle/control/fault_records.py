"""Rows of the table of fault rules ↔ rules. Each function runs inside a transaction that the caller opened."""

from dataclasses import fields
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, delete, func, insert, select, update

from socle.control.faults import FaultRule
from socle.control.port import Fault, FaultEffect, FaultPoint
from socle.control.tables import fault_rule

_FIELDS = tuple(field.name for field in fields(FaultRule))
"""Each is a column of the same name; ``ordinal`` is the table's own."""


def fault_rules(connection: Connection, name: str) -> tuple[FaultRule, ...]:
    """In the order in which they are tried."""
    rows = connection.execute(select(fault_rule).where(fault_rule.c.workspace == name).order_by(fault_rule.c.ordinal))
    return tuple(_rule(row) for row in rows)


def all_fault_rules(connection: Connection) -> dict[str, list[FaultRule]]:
    found: dict[str, list[FaultRule]] = {}
    for row in connection.execute(select(fault_rule).order_by(fault_rule.c.ordinal)):
        found.setdefault(row.workspace, []).append(_rule(row))
    return found


def add_fault_rule(connection: Connection, rule: FaultRule) -> None:
    """Last in its workspace; a rule of the same id there is replaced, its counters begin anew."""
    connection.execute(delete(fault_rule).where(*_this(rule)))
    last = connection.execute(select(func.coalesce(func.max(fault_rule.c.ordinal), 0))).scalar_one()
    values = {name: getattr(rule, name) for name in _FIELDS}
    own = {"match": dict(rule.match), "effect": rule.effect.value, "point": rule.point.value, "seen": 0, "fired": 0}
    connection.execute(insert(fault_rule).values({**values, **own, "ordinal": last + 1}))


def remove_fault_rules(connection: Connection, name: str, rule_id: str | None = None) -> int:
    """One rule of a workspace, or all of them; gives how many."""
    gone = delete(fault_rule).where(fault_rule.c.workspace == name)
    return connection.execute(gone if rule_id is None else gone.where(fault_rule.c.id == rule_id)).rowcount


def count_call(connection: Connection, rule: FaultRule) -> Fault | None:
    """Move a rule's counters by one matching call; gives what it does if it fires. Atomic in a writing transaction."""
    row = connection.execute(select(fault_rule.c.seen, fault_rule.c.fired).where(*_this(rule))).first()
    if row is None:
        return None
    call = row.seen + 1
    fires = rule.fires(call, row.fired)
    connection.execute(update(fault_rule).where(*_this(rule)).values(seen=call, fired=row.fired + fires))
    return rule.fault(call) if fires else None


def _this(rule: FaultRule) -> tuple[ColumnElement[bool], ...]:
    return (fault_rule.c.workspace == rule.workspace, fault_rule.c.id == rule.id)


def _rule(row: Row[Any]) -> FaultRule:
    values = {name: getattr(row, name) for name in _FIELDS}
    return FaultRule(**{**values, "effect": FaultEffect(row.effect), "point": FaultPoint(row.point)})
