"""What can be asked of the journal."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, select

from socle.exchange import Outcome
from socle.journal.entry import micros
from socle.journal.tables import broken_rule, content, exchange
from socle.rules import Severity

WHOLE = exchange.join(content, and_(exchange.c.seq == content.c.seq, exchange.c.workspace == content.c.workspace))
"""Both rows of an exchange."""
SHOWN = [*exchange.columns, content.c.detail]
"""What a summary is made from."""
COUNTED = 10_000
"""Matches are counted up to this many: who looks for one thing wants to know whether to narrow the search."""


@dataclass(frozen=True, slots=True)
class JournalQuery:
    """Filters; None matches all. Entries come newest first."""

    workspace: str
    epoch: int | None = None
    """What was recorded before a reset, or in a deleted workspace of the same name, is of another epoch."""
    service: str | None = None
    operation: str | None = None
    outcome: str | None = None
    rule: str | None = None
    """A rule the exchange broke."""
    severity: str | None = None
    """It has a finding of this severity, error or warning."""
    fault: bool | None = None
    """Whether a fault rule was applied."""
    code: str | None = None
    subject: str | None = None
    finess: str | None = None
    text: str | None = None
    """Somewhere in its id, operation, code, subject, FINESS, peer, broken rules, fault rule or events, in any case."""
    since: datetime | None = None
    """Received at or after; aware."""
    until: datetime | None = None
    """Received before."""
    limit: int = 50
    before: int | None = None
    """Cursor: what ``Page.next`` of the page before said."""

    def numbers(self, limit: int, *, from_start: bool = False) -> Select[Any]:
        """The numbers of at most ``limit`` matches, newest first; ``from_start`` leaves the cursor out of account."""
        table = exchange.c
        chosen = select(table.seq).where(table.workspace == self.workspace, *self._conditions())
        if self.before is not None and not from_start:
            chosen = chosen.where(table.seq < self.before)
        return chosen.order_by(table.seq.desc()).limit(limit)

    def _conditions(self) -> list[ColumnElement[bool]]:
        table = exchange.c
        wanted = [
            column == value
            for column, value in (
                (table.epoch, self.epoch),
                (table.service, self.service),
                (table.operation, self.operation),
                (table.outcome, self.outcome),
                (table.code, self.code),
                (table.subject, self.subject),
                (table.finess, self.finess),
            )
            if value is not None
        ]
        if self.rule is not None:
            wanted.append(table.seq.in_(select(broken_rule.c.seq).where(broken_rule.c.rule == self.rule)))
        if self.severity is not None:
            wanted.append((table.errors if self.severity == Severity.ERROR else table.warnings) > 0)
        if self.fault is not None:
            wanted.append(table.fault.is_not(None) if self.fault else table.fault.is_(None))
        if self.text:
            wanted.append(table.sought.contains(self.text.lower(), autoescape=True))
        if self.since is not None:
            wanted.append(table.received_us >= micros(self.since))
        if self.until is not None:
            wanted.append(table.received_us < micros(self.until))
        return wanted


def shown(workspace: str, numbers: Sequence[int]) -> Select[Any]:
    """What summaries of these entries are made from, newest first."""
    chosen = exchange.c.seq.in_(numbers)
    return (
        select(*SHOWN)
        .select_from(WHOLE)
        .where(exchange.c.workspace == workspace, chosen)
        .order_by(exchange.c.seq.desc())
    )


def neighbour(columns: Any) -> Select[Any]:
    """The id of the last accepted exchange of the same workspace, epoch, service and operation before this one."""
    table = exchange.c
    same = [table[name] == columns[name] for name in ("workspace", "epoch", "service", "operation")]
    earlier = select(table.id).where(*same, table.outcome == Outcome.ACCEPTED.value, table.seq < columns["seq"])
    return earlier.order_by(table.seq.desc()).limit(1)


@dataclass(frozen=True, slots=True)
class Page:
    """Some entries, where the next ones begin (None: no more), and how many match in all."""

    items: list[dict[str, Any]]
    next: int | None
    total: int
    """Up to ``COUNTED``."""
    total_is_exact: bool
