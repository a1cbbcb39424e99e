"""The outermost ASGI application of a process: workspace, dispatch, and the header that says all this is simulated."""

from collections.abc import Awaitable, Iterable, Mapping
from http import HTTPStatus
from typing import Any

import msgspec

from socle.control.model import DEFAULT_WORKSPACE
from socle.control.port import Control
from socle.service import ASGIApp, Message, Receive, Scope, Send
from socle.web import lost
from socle.web.errors import unknown_workspace
from socle.web.origin import SAFE, Sites
from socle.web.workspace import HEADER, ChosenBy, choose

_HOST, _HEADER = b"host", HEADER.lower().encode()
_SIMULATED = (b"x-socles-simulated", b"true")
_ANYWHERE = ("/_sandbox/workspaces", "/_sandbox/health", "/_sandbox/ready", "/metrics", "/openapi.json")
"""JSON paths that answer whatever the workspace named: one must be able to make it, and to watch the process."""


class Application:
    """Exact paths go to the services' plain ASGI applications (D1), everything else to FastAPI.

    ``scope["state"]`` gets ``workspace``, and ``named``: whether the request named it, or nothing did. For paths of the
    services, it gets ``unknown_workspace`` with the name nobody knows, so that they refuse in their protocol's words.
    """

    def __init__(
        self,
        control: Control,
        mounts: Mapping[str, ASGIApp],
        json: ASGIApp,
        *,
        public_url: str | None = None,
        hosts: Iterable[str] = (),
    ) -> None:
        """``public_url``: scheme, host and port that links begin with, whatever the request says. ``hosts``: see
        ``origin.Sites``."""
        self._control = control
        self._mounts = mounts
        self._json = json
        self._public_url = public_url
        self._sites = Sites(hosts, public_url)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await _decline(scope, receive, send)
            return
        host = header = ""
        for name, value in scope["headers"]:
            if name == _HOST:
                host = value.decode("latin-1")
            elif name == _HEADER:
                header = value.decode("latin-1")
        state: dict[str, Any] = scope.setdefault("state", {})
        choice = choose(scope["path"], host=host, certificate=state.get("peer_workspace", ""), header=header)
        state["named"] = choice.by is not ChosenBy.DEFAULT
        if choice.prefix:
            scope["path"] = choice.path
            scope["raw_path"] = _without_prefix(scope["raw_path"])
            state["prefix"] = choice.prefix

        def answer(message: Message) -> Awaitable[None]:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], _SIMULATED]
            return send(message)

        workspace = self._control.workspace(choice.workspace)
        if self._public_url is not None:
            # the public host names no workspace: the path does
            named = workspace.name if workspace is not None else DEFAULT_WORKSPACE
            state["public_url"] = self._public_url + (f"/w/{named}" if named != DEFAULT_WORKSPACE else "")
        mount = self._mounts.get(choice.path) or self._mounts.get(_below(choice.path))
        if mount is None and scope["method"] not in SAFE:
            foreign = self._sites.refused(scope["headers"])
            if foreign is not None:
                await _json_answer(answer, HTTPStatus(foreign.status), foreign.body)
                return
        if workspace is not None:
            state["workspace"] = workspace
        elif mount is not None:
            state["unknown_workspace"] = choice.workspace
        elif not choice.path.startswith(_ANYWHERE):
            await _unknown(scope, choice.workspace, answer)
            return
        await (mount or self._json)(scope, receive, answer)


def _below(path: str) -> str:
    """``/fhir/Patient`` → ``/fhir/*``."""
    return f"{path[: path.find('/', 1)]}/*"


def _without_prefix(raw_path: bytes) -> bytes:
    """``/w/ws1/a%20b`` → ``/a%20b``: the rest stays percent-encoded as it came."""
    end = raw_path.find(b"/", 3)
    return raw_path[end:] if end >= 0 else b"/"


async def _unknown(scope: Scope, workspace: str, send: Send) -> None:
    """A workspace that nobody knows: JSON, and a page for a browser."""
    if not lost.wants_page(scope):
        error = unknown_workspace(workspace)
        await _json_answer(send, HTTPStatus(error.status), error.body)
        return
    scope["state"]["unknown_workspace"] = workspace  # so links leave it out
    page = lost.page(scope, f"Espace de travail inconnu : {workspace[:40]}", "Unknown workspace")
    headers = {"Content-Type": lost.TYPE, "Content-Length": str(len(page)), **lost.HEADERS}
    raw = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": 404, "headers": raw})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else page})


async def _json_answer(send: Send, status: HTTPStatus, body: object) -> None:
    data = msgspec.json.encode(body)
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(data)).encode())]
    await send({"type": "http.response.start", "status": status.value, "headers": headers})
    await send({"type": "http.response.body", "body": data})


async def _decline(scope: Scope, receive: Receive, send: Send) -> None:
    """No websockets; the process, not the server, starts and stops things."""
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1000})
        return
    for stage in ("startup", "shutdown"):
        await receive()
        await send({"type": f"lifespan.{stage}.complete"})
