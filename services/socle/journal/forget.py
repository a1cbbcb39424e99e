"""Removal of a workspace's exchanges from the journal, some at a time: what its bounds would keep for ever."""

from sqlalchemy import Connection, delete, select

from socle.journal.tables import broken_rule, content, exchange, kept


def workspaces(connection: Connection) -> list[str]:
    """Those that have exchanges, or had."""
    return list(connection.execute(select(kept.c.workspace).order_by(kept.c.workspace)).scalars())


def forget(connection: Connection, workspace: str, count: int) -> bool:
    """Delete up to ``count`` exchanges, the oldest first; gives whether there may be more."""
    oldest = select(exchange.c.seq).where(exchange.c.workspace == workspace).order_by(exchange.c.seq).limit(count)
    seqs = list(connection.execute(oldest).scalars())
    for table in (broken_rule, content):
        connection.execute(delete(table).where(table.c.seq.in_(seqs)))
    connection.execute(delete(exchange).where(exchange.c.workspace == workspace, exchange.c.seq.in_(seqs)))
    if len(seqs) == count:
        return True
    connection.execute(delete(kept).where(kept.c.workspace == workspace))
    return False
