"""Exchanges of the mail service: how one begins, and what the journal keeps of a message that is not stored."""

import asyncio
from datetime import UTC, datetime
from typing import Final

from mss_sim.wire.leaving import is_broken
from mss_sim.wire.session import Link, MailTransaction
from socle.blobs import Blob
from socle.control.port import Control
from socle.exchange import Exchange, Outcome

SERVICE: Final = "mss_sim"


def open_exchange(control: Control, operation: str, workspace: str, link: Link) -> Exchange:
    """One step or one mail, from now on, in the workspace's present epoch."""
    found = control.workspace(workspace)
    return Exchange(
        SERVICE,
        "smtp",
        workspace,
        found.epoch if found is not None else 1,
        received_at=datetime.now(UTC),
        operation=operation,
        peer=link.peer,
        tls=link.tls,
    )


def close_exchange(exchange: Exchange, reply: str, link: Link) -> None:
    """Its verdict, as the last reply says it."""
    if is_broken(link.leaving):
        exchange.outcome = Outcome.FAULT
    exchange.status = int(reply[:3]) if reply[:3].isdigit() else 0
    exchange.code = exchange.code or (reply.split(" ", 2)[1] if reply.count(" ") > 1 else None)
    exchange.finish()


async def drop(mail: MailTransaction, blob: Blob) -> None:
    """A message that is not stored: the journal keeps a small one, unless it is a real patient's, or nobody looked
    whether it is (D11)."""
    if blob.path is not None:
        await asyncio.to_thread(blob.path.unlink, missing_ok=True)
    elif blob.data is not None and mail.looked_at:
        mail.exchange.request.body = (blob.data,)
