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
from metrics.lookups import Scope
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
    changes = core.changes
    seen = changes.since(last_event_id)
    scope: Scope | None = None
    with changes.listening() as news:
        while not core.ground.stopping.is_set() and (asked := question()) is not None:
            news.clear()
            other_epoch = scope is not None and scope != asked.scope
            scope = asked.scope
            if seen is None or other_epoch or changes.since(changes.id_of(seen)) is None:
                # a client without a past, another epoch, or more was missed than is kept
                seen, text = await _snapshot(core, asked)
                yield text
            for text in _missed(core, scope, seen):
                yield text
            seen = changes.last
            if not await _news(core, news):
                yield ": ping\n\n"


async def _snapshot(core: Core, asked: Question) -> tuple[int, str]:
    """The whole table, with the number of the newest change that is surely in it."""
    number = core.changes.last
    found = await core.store.read(lambda connection: answer(connection, asked))
    return number, _event(core.changes.id_of(number), "snapshot", found.model_dump_json(by_alias=True))


def _missed(core: Core, scope: Scope, seen: int) -> list[str]:
    """Changes of this scope after ``seen``, as one event: the newest number, all cells."""
    missed = [change for change in core.changes.after(seen) if change.scope == scope]
    if not missed:
        return []
    return [_event(core.changes.id_of(missed[-1].number), "change", json.dumps(_change(missed)))]


def _change(changes: list[Change]) -> dict[str, Any]:
    cells = sorted({cell for change in changes for cell in change.cells})
    return {
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
