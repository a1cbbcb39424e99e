"""Changes of the control plane are answered when they hold everywhere, not only in the process that made them.

Behind an edge proxy the next request may reach another process: after the answer to a reset no act may fall into the
epoch before it.
"""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute

from socle.control.plane import ControlPlane

_READING = frozenset({"GET", "HEAD"})


def spread(control: ControlPlane) -> type[APIRoute]:
    """For ``APIRouter(route_class=…)``: what changes something answers once the others have seen it."""

    class Spread(APIRoute):
        def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
            handle = super().get_route_handler()

            async def handle_and_wait(request: Request) -> Response:
                response = await handle(request)
                if request.method not in _READING:
                    await asyncio.sleep(control.spread_seconds)
                return response

            return handle_and_wait

    return Spread
