"""Asking the APIs for all that the page of one exchange shows; what an API does not have yet is left out."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from console.sandbox import Answer, Sandbox
from console.view import View, view

MAIL_READ = 512 * 1024
"""Octets of a mail that are fetched to be shown; a larger one is downloaded."""
_EVENTS = 50


@dataclass(frozen=True, slots=True)
class Gathered:
    """An exchange and its surroundings, each as its API answered."""

    view: View
    events: Answer
    moved: Answer
    mended: Answer
    fault: Mapping[str, Any] | None
    """The catalogue's entry of the fault that was provoked, when it came from there."""


async def entry_of(sandbox: Sandbox, exchange: str) -> Answer:
    """The exchange as the journal keeps it."""
    return await sandbox.json(f"/_sandbox/exchanges/{exchange}")


async def read_exchange(sandbox: Sandbox, entry: Mapping[str, Any]) -> View:
    """Fetch a mail of readable size, then read everything in a thread."""
    mail = None
    if entry["protocol"] == "smtp" and 0 < entry["request"]["size"] <= MAIL_READ:
        answer = await sandbox.octets(f"/_sandbox/exchanges/{entry['id']}/request")
        mail = answer.data if answer.found else None
    return await asyncio.to_thread(view, entry, mail)


async def gather(sandbox: Sandbox, entry: Mapping[str, Any]) -> Gathered:
    """All at once; nothing here fails, an absent answer is shown as such."""
    exchange, service = entry["id"], entry["service"]
    read, events, mended, fault = await asyncio.gather(
        read_exchange(sandbox, entry),
        sandbox.json(f"/_sandbox/{service}/events", exchange=exchange, limit=_EVENTS),
        sandbox.json(f"/_sandbox/{service}/mended/{exchange}"),
        _catalogued(sandbox, entry["fault"]),
    )
    subjects = _subjects(events)
    moved = await sandbox.json(f"/api/exchanges/{exchange}/moved", subject=subjects)
    return Gathered(read, events, moved, mended, fault)


async def _catalogued(sandbox: Sandbox, fault: str | None) -> Mapping[str, Any] | None:
    if fault is None:
        return None
    catalogue = await sandbox.json("/_sandbox/faults/catalogue")
    # a rule made from an entry is called like it, maybe with a suffix
    known = {str(one["id"]): one for one in catalogue.data} if catalogue.found else {}
    return known.get(fault) or known.get(fault.rpartition(".")[0])


def _subjects(events: Answer) -> Sequence[str]:
    if not events.found:
        return ()
    return sorted({str(event["subject"]) for event in events.data["items"] if event.get("subject")})
