"""The console as a process of its own: it serves its pages, and hands everything else to the sandbox it shows.

So one address does for a browser: pages, the APIs they ask, the stream, and the wire that a message is sent to again.
"""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus

import httpx
import msgspec
from fastapi import FastAPI

from socle.service import ASGIApp, Message, Receive, Scope, Send
from socle.web.workspace import ChosenBy, choose

_OURS = "/console"
_HOP_BY_HOP = frozenset({b"connection", b"keep-alive", b"transfer-encoding", b"upgrade", b"te", b"trailer"})
_AWAY = {
    "error": {
        "code": "sandbox.away",
        "messageFr": "Le bac à sable ne répond pas pour le moment ; réessayez.",
        "message": "The sandbox does not answer at the moment; try again.",
    }
}


@dataclass(frozen=True, slots=True)
class NamedWorkspace:
    """What pages need of a workspace: the sandbox knows whether it exists."""

    name: str


class Door:
    """An ASGI application before a sandbox at ``address`` (scheme, host and port)."""

    def __init__(self, pages: FastAPI, address: str, public_url: str | None, connect_seconds: float) -> None:
        self._pages: ASGIApp = pages
        self._address = address
        self._public_url = public_url
        patience = httpx.Timeout(None, connect=connect_seconds)  # a stream may be silent for as long as it likes
        self._client = httpx.AsyncClient(timeout=patience, trust_env=False, limits=httpx.Limits(max_connections=200))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
        choice = choose(scope["path"], host=headers.get(b"host", ""), header=headers.get(b"x-socles-workspace", ""))
        if not f"{choice.path}/".startswith(f"{_OURS}/"):
            await self._hand_on(scope, receive, send)
            return
        state = scope.setdefault("state", {})
        state["workspace"] = NamedWorkspace(choice.workspace)
        state["named"] = choice.by is not ChosenBy.DEFAULT
        if choice.prefix:
            state["prefix"] = choice.prefix
            scope["path"] = choice.path
        if self._public_url is not None:
            state["public_url"] = self._public_url
        await self._pages(scope, receive, send)

    async def close(self) -> None:
        """End what is under way with the sandbox."""
        await self._client.aclose()

    async def _hand_on(self, scope: Scope, receive: Receive, send: Send) -> None:
        query = scope["query_string"].decode("latin-1")
        url = self._address + scope["raw_path"].decode("latin-1") + (f"?{query}" if query else "")
        headers = [(name, value) for name, value in scope["headers"] if name not in _HOP_BY_HOP]
        has_body = any(name in (b"content-length", b"transfer-encoding") for name, _ in scope["headers"])
        request = self._client.build_request(
            scope["method"], url, headers=headers, content=_body(receive) if has_body else None
        )
        try:
            response = await self._client.send(request, stream=True)
        except httpx.HTTPError:
            await _away(send)
            return
        try:
            await _until_gone(_answer(response, send), receive)
        finally:
            await response.aclose()


async def _body(receive: Receive) -> AsyncIterator[bytes]:
    while True:
        message: Message = await receive()
        if message["type"] == "http.disconnect":
            raise httpx.ReadError("the client went away")
        yield message.get("body", b"")
        if not message.get("more_body"):
            return


async def _answer(response: httpx.Response, send: Send) -> None:
    headers = [(name.lower(), value) for name, value in response.headers.raw if name.lower() not in _HOP_BY_HOP]
    await send({"type": "http.response.start", "status": response.status_code, "headers": headers})
    with suppress(httpx.HTTPError):  # the sandbox stopped in the middle: so does the answer
        async for chunk in response.aiter_raw():
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
    await send({"type": "http.response.body", "body": b""})


async def _until_gone(answering: Coroutine[None, None, None], receive: Receive) -> None:
    """A stream has no end of its own: it ends when the browser leaves."""
    pump, gone = asyncio.create_task(answering), asyncio.create_task(_gone(receive))
    await asyncio.wait({pump, gone}, return_when=asyncio.FIRST_COMPLETED)
    for task in (pump, gone):
        task.cancel()
    await asyncio.wait({pump, gone})
    if not pump.cancelled():
        pump.result()


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _away(send: Send) -> None:
    data = msgspec.json.encode(_AWAY)
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(data)).encode())]
    await send({"type": "http.response.start", "status": HTTPStatus.BAD_GATEWAY.value, "headers": headers})
    await send({"type": "http.response.body", "body": data})
