"""What can be asked of the journal."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select

from socle.journal.entry import micros
from socle.journal.tables import broken_rule, exchange

SHOWN = [column for column in exchange.columns if column.name not in ("request", "response")]
"""What a summary is made from."""


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
    code: str | None = None
    subject: str | None = None
    finess: str | None = None
    since: datetime | None = None
    """Received at or after; aware."""
    until: datetime | None = None
    """Received before."""
    limit: int = 50
    before: int | None = None
    """Cursor: what ``Page.next`` of the page before said."""

    def statement(self) -> Select[Any]:
        """One row more than ``limit``, to know whether there is a next page."""
        table = exchange.c
        chosen = select(*SHOWN).where(table.workspace == self.workspace)
        for column, value in (
            (table.epoch, self.epoch),
            (table.service, self.service),
            (table.operation, self.operation),
            (table.outcome, self.outcome),
            (table.code, self.code),
            (table.subject, self.subject),
            (table.finess, self.finess),
        ):
            if value is not None:
                chosen = chosen.where(column == value)
        if self.rule is not None:
            broken = select(broken_rule.c.seq).where(broken_rule.c.rule == self.rule)
            chosen = chosen.where(table.seq.in_(broken))
        if self.since is not None:
            chosen = chosen.where(table.received_us >= micros(self.since))
        if self.until is not None:
            chosen = chosen.where(table.received_us < micros(self.until))
        if self.before is not None:
            chosen = chosen.where(table.seq < self.before)
        return chosen.order_by(table.seq.desc()).limit(self.limit + 1)


@dataclass(frozen=True, slots=True)
class Page:
    """Some entries, and where the next ones begin (None: no more)."""

    items: list[dict[str, Any]]
    next: int | None
