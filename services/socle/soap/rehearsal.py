"""A request that is tried without consequence: parsed and checked as any other, and stopped before its commit."""

from collections.abc import Iterable
from dataclasses import dataclass

from socle.exchange import Exchange
from socle.service import Message, Receive, Scope
from socle.soap.model import Call


class Rehearsed(Exception):
    """Where the act would have been committed. No handler catches it."""


@dataclass(slots=True)
class Rehearsal:
    """What came of it: findings in the exchange, which goes nowhere; no call when the request could not be read."""

    exchange: Exchange
    call: Call | None = None


async def stop_here() -> None:
    """Stands for the fault hook before the commit."""
    raise Rehearsed


def rehearsed_scope(path: str, headers: Iterable[tuple[str, str]]) -> Scope:
    """A POST as ASGI tells of it."""
    encoded = [(name.lower().encode("latin-1"), value.encode("latin-1", "replace")) for name, value in headers]
    return {"type": "http", "method": "POST", "path": path, "raw_path": path.encode(), "headers": encoded}


def once(body: bytes) -> Receive:
    """Gives the whole body at once."""

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    return receive
