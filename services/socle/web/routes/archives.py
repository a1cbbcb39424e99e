"""``…/archive``: a workspace carried away whole, and put in again; and its services' parts, for other processes."""

import asyncio
from contextlib import AsyncExitStack
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import StreamingResponse

from socle.archive.errors import BadArchive
from socle.archive.whole import Archives
from socle.sweep.scopes import Scope
from socle.web.model import Current
from socle.web.routes.workspaces import WorkspaceView, find
from socle.web.spread import spread
from socle.web.zips import BODY, receive, refusing, sent

_Epoch = Annotated[int, Query(ge=1, le=2**31 - 1)]


def router(archives: Archives) -> APIRouter:
    """Made once for each process."""
    control, most = archives.control, archives.settings.max_bytes
    api = APIRouter(prefix="/_sandbox", tags=["archives"], route_class=spread(control))

    @api.get("/workspaces/{name}/archive", response_class=StreamingResponse)
    async def export(name: str) -> StreamingResponse:
        """The whole workspace in a zip: settings, clock, people, fault rules, documents, mails, stays, events."""
        async with AsyncExitStack() as stack:
            path = (await stack.enter_async_context(archives.folder())) / "archive.zip"
            async with refusing():
                await archives.make(name, path)
            return sent(path, stack.pop_all(), f"{name}.zip")

    @api.post("/workspaces/{name}/archive", openapi_extra=BODY)
    async def restore(name: str, request: Request) -> WorkspaceView:
        """Restore an archive (the body) into this workspace, as a new epoch; it is made when it is not there.

        Indicators, documents, mails, clock, people and fault rules are then those of the archive. Everything is read
        through before anything is changed.
        """
        async with archives.folder() as folder:
            path = folder / "archive.zip"
            async with refusing():
                await receive(request, path, most)
                await archives.restore(name, path)
        return find(control, name)

    @api.get("/{service}/archive", response_class=StreamingResponse)
    async def part(service: str, workspace: Current) -> StreamingResponse:
        """One service's part, for the process that makes the whole archive."""
        async with AsyncExitStack() as stack:
            path = (await stack.enter_async_context(archives.folder())) / "part.zip"
            async with refusing():
                await archives.dump_part(service, Scope(workspace.name, workspace.epoch), path)
            return sent(path, stack.pop_all(), f"{workspace.name}-{service}.zip")

    @api.post("/{service}/archive/check", status_code=204, openapi_extra=BODY)
    async def check(service: str, workspace: Current, request: Request, epoch: _Epoch) -> Response:
        """Read a part through (the body) and say what is wrong with it; nothing is changed."""
        async with archives.folder() as folder:
            path = folder / "part.zip"
            async with refusing():
                holder = archives.held(service, folder)
                await receive(request, path, most)
                await holder.check(path, Scope(workspace.name, epoch))
        return Response(status_code=204)

    @api.post("/{service}/archive", status_code=204, openapi_extra=BODY)
    async def load(service: str, workspace: Current, request: Request, epoch: _Epoch) -> Response:
        """Fill an epoch that was reserved for a restore, and is seen by nobody yet, with a part (the body)."""
        async with archives.folder() as folder:
            path = folder / "part.zip"
            async with refusing():
                holder = archives.held(service, folder)
                if epoch not in await asyncio.to_thread(control.reserved_epochs, workspace.name):
                    raise BadArchive("Cette époque n'est pas réservée.", "This epoch is not reserved.", status=409)
                await receive(request, path, most)
                await holder.load(path, Scope(workspace.name, epoch))
        return Response(status_code=204)

    return api
