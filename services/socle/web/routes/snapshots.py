"""``/_sandbox/workspaces/{name}/snapshots``: archives of a workspace kept on the installation under a name."""

import asyncio
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Body, Response
from pydantic import Field

from socle.archive.whole import Archives
from socle.control.workshop import UnknownWorkspace
from socle.web.errors import not_found
from socle.web.invalid import worded
from socle.web.model import Json
from socle.web.routes.workspaces import WorkspaceView, find
from socle.web.seeds import restored
from socle.web.spread import spread
from socle.web.zips import pieces, refusing

NAME = worded(
    r"^[a-z0-9][a-z0-9._-]{0,59}$",
    "1 à 60 caractères parmi a-z, 0-9, « . », « _ » et « - », le premier une lettre ou un chiffre",
    "1 to 60 characters of a-z, 0-9, '.', '_' and '-', the first a letter or a digit",
)


class NewSnapshot(Json):
    """What to call it."""

    name: Annotated[str, Field(pattern=NAME, examples=["avant-recette"])]


class SnapshotView(Json):
    """A kept archive."""

    workspace: str
    name: str
    made_at: datetime
    epoch: Annotated[int, Field(description="Of the workspace when it was made")]
    size: Annotated[int, Field(description="Octets of its archive")]


def router(archives: Archives) -> APIRouter:
    """Made once for each process."""
    control = archives.control
    api = APIRouter(prefix="/_sandbox/workspaces/{name}/snapshots", tags=["snapshots"], route_class=spread(control))

    @api.get("")
    def listing(name: str) -> list[SnapshotView]:
        """The snapshots of this workspace, in the order in which they were made."""
        find(control, name)
        return [SnapshotView.model_validate(each) for each in control.snapshots.of(name)]

    @api.post("", status_code=201)
    async def keep(
        name: str, new: Annotated[NewSnapshot, Body(openapi_examples={"plain": {"value": {"name": "avant-recette"}}})]
    ) -> SnapshotView:
        """Keep the workspace as it is under a name; a snapshot of this workspace that had the name is replaced."""
        record = control.record(name)
        if record is None:
            raise UnknownWorkspace(name)
        async with archives.folder() as folder:
            path = folder / "archive.zip"
            async with refusing():
                await archives.make(name, path)
            epoch = record.workspace.epoch
            kept = await asyncio.to_thread(control.snapshots.keep, name, new.name, epoch, pieces(path))
        return SnapshotView.model_validate(kept)

    @api.post("/{snapshot}/restore")
    async def restore(name: str, snapshot: str) -> WorkspaceView:
        """Put the workspace back as it was, as a new epoch."""
        find(control, name)
        await restored(archives, name, name, snapshot)
        return find(control, name)

    @api.delete("/{snapshot}", status_code=204)
    def remove(name: str, snapshot: str) -> Response:
        """Forget a snapshot."""
        find(control, name)
        if not control.snapshots.remove(name, snapshot):
            raise not_found("Ce cliché", "This snapshot")
        return Response(status_code=204)

    return api
