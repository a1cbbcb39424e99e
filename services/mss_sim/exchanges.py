"""Exchanges of the mail service: how one begins, and what the journal keeps of a message that is not stored."""

import asyncio
from datetime import UTC, datetime
from typing import Final

from mss_sim.wire.session import Link
from socle.blobs import Blob
from socle.control.port import Control
from socle.exchange import Exchange

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


async def drop(exchange: Exchange, blob: Blob) -> None:
    """A message that is not stored: the journal keeps a small one, except a real patient's (D11)."""
    if blob.path is not None:
        await asyncio.to_thread(blob.path.unlink, missing_ok=True)
    elif blob.data is not None and not exchange.redacted:
        exchange.request.body = (blob.data,)
