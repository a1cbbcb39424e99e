"""Where a demonstration plays: a sandbox of its own, or one that is running already."""

import asyncio
from dataclasses import dataclass

import httpx

from sandbox.clients.http import Http

READY_WITHIN = 60.0
"""Seconds a running sandbox may take to be ready."""
WORKSPACES = "/_sandbox/workspaces"


class NotReady(OSError):
    """The sandbox to attach to did not get ready in time."""


@dataclass(frozen=True, slots=True)
class Stage:
    """The addresses of the services as the hospitals reach them."""

    url: str
    smtp: tuple[str, int]
    workspace: str | None = None
    """None: the default one."""

    def http(self) -> Http:
        """A client in the stage's workspace."""
        return Http(self.url, workspace=self.workspace)


async def emptied(url: str, smtp: tuple[str, int], workspace: str) -> Stage:
    """The stage on a sandbox that is running, its workspace made, or emptied when it was there.

    Raises ``NotReady``.
    """
    stage = Stage(url, smtp, workspace)
    async with Http(url) as http:
        known = [one["name"] for one in await _once_ready(http, url)]
        if workspace not in known:
            await http.post_json(WORKSPACES, {"name": workspace})
            return stage
    async with stage.http() as http:
        await http.post_json("/_sandbox/reset", None)
    return stage


async def _once_ready(http: Http, url: str) -> list[dict[str, str]]:
    """The sandbox's workspaces, as soon as it tells them."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + READY_WITHIN
    while True:
        try:
            found: list[dict[str, str]] = await http.get_json(WORKSPACES)
        except httpx.HTTPError as error:
            if loop.time() > deadline:
                raise NotReady(f"pas de bac à sable à {url} / no sandbox at {url}: {error}") from error
            await asyncio.sleep(0.5)
        else:
            return found
