"""What every service looks like from outside: paths, routers, and a life between start and stop."""

from collections.abc import Awaitable, Callable, Mapping, MutableMapping, Sequence
from typing import Any, Protocol, runtime_checkable

from fastapi import APIRouter

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
ASGIApp = Callable[[Scope, Receive, Send], Awaitable[None]]


class Service(Protocol):
    """One simulator, or metrics. ``app.py`` of each service builds one from a ``Ground`` and its own settings."""

    @property
    def name(self) -> str:
        """The package's name: ``ins_sim`` …"""
        ...

    @property
    def mounts(self) -> Mapping[str, ASGIApp]:
        """Exact path → plain ASGI application: the real wire (D1). Paths of all services together do not collide.
        ``/name/*`` stands for every path below ``/name``."""
        ...

    @property
    def routers(self) -> Sequence[APIRouter]:
        """JSON routes, under ``/_sandbox/{name}/`` for simulators and ``/api/`` for metrics."""
        ...

    async def start(self) -> None: ...

    async def stop(self) -> None:
        """Finish acts in flight, flush the outbox, close."""
        ...


@runtime_checkable
class MayWait(Protocol):
    """A service that may be kept from its work by more than databases, bus and relays."""

    @property
    def waits_for(self) -> str | None:
        """What it waits for, in a word or two; None: it is ready."""
        ...
