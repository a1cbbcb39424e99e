"""``GET /api/stream``: server-sent events. A client that comes back with Last-Event-ID gets what it missed, or anew."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from typing import Annotated, Any

from fastapi import APIRouter, Header, Request
from fastapi.responses import StreamingResponse

from metrics.api.indicators import WINDOW
from metrics.changes import Change
from metrics.core import Core
from metrics.domain.dimension import GroupBy
from metrics.domain.windows import DEFAULT
from metrics.report import Question, answer

PING_SECONDS = 15.0
"""Proxies close silent connections."""
GATHER_SECONDS = 0.1
"""Changes that follow one another closely go out together."""


def router(core: Core) -> APIRouter:
    """The route."""
    routes = APIRouter(prefix="/api", tags=["indicateurs"])

    @routes.get(
        "/stream",
        summary="Changements au fil de l'eau (text/event-stream) : snapshot, puis change",
        response_class=StreamingResponse,
    )
    async def stream(
        request: Request,
        window: Annotated[str, WINDOW] = DEFAULT,
        group: GroupBy = GroupBy.EG,
        last_event_id: Annotated[str | None, Header()] = None,
    ) -> StreamingResponse:
        workspace = core.workspace(request)
        core.window(window, workspace)

        def question() -> Question | None:
            # asked anew each time: the clock moves, and a reset raises the epoch
            current = core.ground.control.workspace(workspace.name)
            return None if current is None else core.question(current, window=window, group=group)

        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        return StreamingResponse(
            _events(core, question, last_event_id), media_type="text/event-stream", headers=headers
        )

    return routes


async def _events(core: Core, question: Callable[[], Question | None], last_event_id: str | None) -> AsyncIterator[str]:
    """Ends when ``question`` gives None: the workspace was deleted, and one of the same name is somebody else's."""
    changes, seen = core.changes, last_event_id
    with changes.listening() as news:
        while not core.ground.stopping.is_set() and (asked := question()) is not None:
            news.clear()
            missed, newest = changes.after(seen, asked.scope), changes.now(asked.scope)
            if missed is None:
                # a client without a past, another epoch, another process, or more was missed than is known here
                found = await core.store.read(lambda connection, asked=asked: answer(connection, asked))  # type: ignore[misc]
                yield _event(newest, "snapshot", found.model_dump_json(by_alias=True))
            elif missed:
                yield _event(newest, "change", json.dumps(_change(missed)))
            # as it was before anything was read or sent: what came meanwhile has set the news
            seen = newest
            if not await _news(core, news):
                yield ": ping\n\n"


def _change(changes: list[Change]) -> dict[str, Any]:
    """All that was missed, as one event. ``all``: so much moved at once that it is not listed."""
    cells = sorted({cell for change in changes for cell in change.cells})
    return {
        "all": any(not change.cells for change in changes),
        "cells": [
            {"indicator": indicator, "finessEG": entity[0] or None, "finessEJ": entity[1] or None}
            for indicator, entity in cells
        ],
        "freshnessMs": max(change.freshness_ms for change in changes),
    }


async def _news(core: Core, news: asyncio.Event) -> bool:
    """Wait for a change or the end of the process; False after a silence."""
    stopping = asyncio.create_task(core.ground.stopping.wait())
    changed = asyncio.create_task(news.wait())
    try:
        done, _ = await asyncio.wait({stopping, changed}, timeout=PING_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        if changed in done:
            await asyncio.sleep(GATHER_SECONDS)
        return bool(done)
    finally:
        stopping.cancel()
        changed.cancel()


def _event(event_id: str, name: str, data: str) -> str:
    return f"id: {event_id}\nevent: {name}\ndata: {data}\n\n"
