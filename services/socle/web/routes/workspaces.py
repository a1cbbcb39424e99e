"""``/_sandbox/workspaces``: make, list, configure and delete workspaces (D7)."""

import asyncio
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Body, Response
from pydantic import Field

from socle.archive.whole import Archives
from socle.control.model import Workspace
from socle.control.options import wrong
from socle.control.plane import ControlPlane
from socle.control.records import WorkspaceRecord
from socle.control.workshop import UnknownWorkspace, WorkspaceExists
from socle.rules import Strictness
from socle.web.errors import Refusal
from socle.web.invalid import worded
from socle.web.model import Json
from socle.web.seeds import restored, source_of_seed
from socle.web.spread import spread

NAME = worded(
    r"^[a-z0-9][a-z0-9-]{0,39}$",
    "1 à 40 caractères parmi a-z, 0-9 et « - », sans « - » au début",
    "1 to 40 characters of a-z, 0-9 and '-', the first no '-'",
)
Name = Annotated[str, Field(pattern=NAME, examples=["ws1"], description="A DNS label")]
Options = Annotated[dict[str, str], Field(examples=[{"insi.dialect": "A"}], description="Switches of the services")]


class NewWorkspace(Json):
    """What a workspace is made from."""

    name: Annotated[Name | None, Field(description="None: `t-` and twelve hexadecimal digits")] = None
    strictness: Annotated[
        Strictness, Field(examples=["official"], description="official refuses as the real service; lenient reports")
    ] = Strictness.OFFICIAL
    options: Options = Field(default_factory=dict)
    ttl_seconds: Annotated[
        int | None,
        Field(ge=1, le=10 * 366 * 86400, examples=[3600], description="Deleted when not used for as long; null: never"),
    ] = None
    seed_from: Annotated[
        str | None, Field(examples=["base/avant-recette"], description="A snapshot: its name, or workspace/name")
    ] = None


class WorkspaceChange(Json):
    """What to set; what is absent stays."""

    strictness: Strictness | None = None
    options: dict[str, str] | None = None


class WorkspaceView(Json):
    """A workspace as it is."""

    name: Annotated[str, Field(examples=["ws1"])]
    epoch: Annotated[int, Field(examples=[1], description="Raised by each reset")]
    strictness: Strictness
    options: Options
    created_at: datetime
    last_used: Annotated[datetime, Field(description="By the real clock, to some seconds")]
    ttl_seconds: Annotated[int | None, Field(description="Deleted when not used for as long; null: never")]
    now: Annotated[datetime, Field(description="By the workspace's own clock")]


def view(control: ControlPlane, record: WorkspaceRecord) -> WorkspaceView:
    """A record as the API shows it."""
    workspace = record.workspace
    return WorkspaceView(
        name=workspace.name,
        epoch=workspace.epoch,
        strictness=workspace.strictness,
        options=dict(workspace.options),
        created_at=record.created_at,
        last_used=control.last_used(record),
        ttl_seconds=record.ttl_seconds,
        now=control.clock(workspace.name).now(),
    )


def find(control: ControlPlane, name: str) -> WorkspaceView:
    """Raises ``UnknownWorkspace``."""
    record = control.record(name)
    if record is None:
        raise UnknownWorkspace(name)
    return view(control, record)


def router(archives: Archives) -> APIRouter:
    """Made once for each process."""
    control = archives.control
    api = APIRouter(prefix="/_sandbox/workspaces", tags=["workspaces"], route_class=spread(control))

    @api.get("")
    def listing() -> list[WorkspaceView]:
        """All workspaces, in the order in which they were made."""
        return [view(control, record) for record in control.workspaces()]

    @api.post("", status_code=201, responses={409: {"description": "The name is taken"}})
    async def create(
        new: Annotated[
            NewWorkspace,
            Body(
                openapi_examples={
                    "plain": {"value": {"name": "ws1"}},
                    "one test": {"value": {"ttlSeconds": 3600}},
                    "lenient": {
                        "value": {"name": "recette-2", "strictness": "lenient", "options": {"insi.dialect": "A"}}
                    },
                }
            ),
        ],
    ) -> WorkspaceView:
        """Make a workspace: own data, journal, faults, clock and indicators.

        Without a name it gets one. With `ttlSeconds` it is deleted that long after its last use. With `seedFrom` it
        begins as that snapshot, settings included.
        """
        _check(new.options)
        seed = await asyncio.to_thread(source_of_seed, archives, new.seed_from) if new.seed_from is not None else None
        made = await asyncio.to_thread(_create, control, new)
        if seed is not None:
            await asyncio.sleep(control.spread_seconds)
            try:
                await restored(archives, made.name, *seed)
            except BaseException:
                await asyncio.to_thread(control.delete_workspace, made.name)
                raise
        return find(control, made.name)

    @api.get("/{name}")
    def show(name: str) -> WorkspaceView:
        """One workspace."""
        return find(control, name)

    @api.patch("/{name}")
    def configure(
        name: str,
        change: Annotated[WorkspaceChange, Body(openapi_examples={"lenient": {"value": {"strictness": "lenient"}}})],
    ) -> WorkspaceView:
        """Set strictness or options (all of them: what is not named is unset)."""
        _check(change.options or {})
        control.configure(name, strictness=change.strictness, options=change.options)
        return find(control, name)

    @api.delete("/{name}", status_code=204)
    def delete(name: str) -> Response:
        """Delete a workspace; its data are invisible at once and removed in time. The default one can only be reset."""
        try:
            control.delete_workspace(name)
        except ValueError as error:
            raise Refusal(409, "workspace.default", "L'espace par défaut ne peut être supprimé.", str(error)) from error
        return Response(status_code=204)

    return api


def _check(options: Mapping[str, str]) -> None:
    """Raises ``Refusal`` for options that would have no effect."""
    details = [
        {"where": f"body/options/{one.name}", "messageFr": one.message_fr, "message": one.message}
        for one in wrong(options)
    ]
    if details:
        raise Refusal(
            422,
            "workspace.option",
            "Option inconnue, ou valeur non admise : rien n'est changé.",
            "An unknown option, or a value that is not allowed: nothing is changed.",
            details=details,
        )


def _create(control: ControlPlane, new: NewWorkspace) -> Workspace:
    try:
        return control.create_workspace(
            new.name, strictness=new.strictness, options=new.options, ttl_seconds=new.ttl_seconds
        )
    except WorkspaceExists as error:
        raise Refusal(
            409, "workspace.exists", f"L'espace {new.name!r} existe déjà.", f"Workspace {new.name!r} exists."
        ) from error
    except ValueError as error:
        given = "Les noms en t- et douze chiffres hexadécimaux sont donnés par le bac à sable : n'en donnez aucun."
        raise Refusal(422, "workspace.name", given, str(error)) from error
