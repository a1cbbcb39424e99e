"""Boxes, messages, raw bytes, and *wait for*: what a test asks after its software has sent a mail."""

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Query, Request, Response

from mss_sim.api.models import BoxList, BoxView, MessageList, MessageSummary, MessageView
from mss_sim.arrivals import Arrivals
from mss_sim.store import MailFilter, MailStore
from mss_sim.wire.mime import decode_body, opaque_mail
from socle.control.model import BoxType, Workspace
from socle.control.port import Control

PREFIX = "/_sandbox/mss_sim"
LOOK_AGAIN = 0.25
"""Seconds: a message delivered through another process is seen this late at most."""
_NOT_FOUND: dict[int | str, dict[str, Any]] = {404: {"description": "Nothing of that name in this workspace"}}


def make_router(store: MailStore, arrivals: Arrivals, control: Control, stopping: asyncio.Event) -> APIRouter:
    """The routes, on what the service made."""
    router = APIRouter(prefix=PREFIX, tags=["MSSanté"])

    @router.get("/boxes")
    async def boxes(request: Request, state: str | None = None) -> BoxList:
        """The boxes one may write to: the population's, with how many messages each holds. Citizens' are left out."""
        workspace = _workspace(request)
        counts = await store.boxes(workspace.name, workspace.epoch)
        found = [
            BoxView(
                address=box.address,
                type=box.type.value,
                label=box.label,
                state=box.state,
                messages=counts.get(box.address, 0),
            )
            for box in control.population(workspace.name).boxes
            if box.type is not BoxType.CITIZEN and state in (None, box.state)
        ]
        return BoxList(boxes=sorted(found, key=lambda box: box.address))

    @router.get("/boxes/{address}/messages", responses=_NOT_FOUND)
    async def box_messages(request: Request, address: str, limit: Limit = 50) -> MessageList:
        """What lies in a box, newest first."""
        workspace = _workspace(request)
        if control.population(workspace.name).box(address) is None:
            raise HTTPException(404, f"no box {address} in workspace {workspace.name}")
        rows = await store.find(workspace.name, workspace.epoch, MailFilter(to=address), limit=limit)
        return MessageList(messages=[MessageSummary.model_validate(row) for row in rows])

    @router.get("/messages")
    async def messages(
        request: Request, wanted: Annotated[MailFilter, Depends(_filter)], limit: Limit = 50
    ) -> MessageList:
        """Search, newest first; every criterion given must match."""
        workspace = _workspace(request)
        rows = await store.find(workspace.name, workspace.epoch, wanted, limit=limit)
        return MessageList(messages=[MessageSummary.model_validate(row) for row in rows])

    @router.get("/messages/wait", responses={404: {"description": "No such message within `timeout` seconds"}})
    async def wait(
        request: Request,
        wanted: Annotated[MailFilter, Depends(_filter)],
        timeout: Annotated[float, Query(ge=0, le=120, description="Seconds")] = 30,
    ) -> MessageView:
        """Wait for a message that matches, and give it as soon as it is delivered; one that is there already counts.

        Without `after` the newest match is given; with it, the oldest after that message: so a test walks through
        several mails in order.
        """
        workspace = _workspace(request)
        loop = asyncio.get_running_loop()
        deadline = loop.time() + timeout
        with arrivals.watch(workspace.name) as arrived:
            while not stopping.is_set():
                arrived.clear()
                rows = await store.find(
                    workspace.name, workspace.epoch, wanted, limit=1, oldest_first=wanted.after is not None
                )
                left = deadline - loop.time()
                if rows:
                    return await _view(store, rows[0])
                if left <= 0:
                    break
                try:
                    await asyncio.wait_for(arrived.wait(), min(left, LOOK_AGAIN))
                except TimeoutError:
                    continue
        raise HTTPException(404, f"no message matched within {timeout:g} s")

    @router.get("/messages/{ref}", responses=_NOT_FOUND)
    async def message(request: Request, ref: str) -> MessageView:
        """Headers, parts, archives and check report of one message."""
        return await _view(store, await _row(store, request, ref))

    @router.get("/messages/{ref}/raw", responses=_NOT_FOUND, response_class=Response)
    async def raw(request: Request, ref: str) -> Response:
        """The message as it came through DATA, byte for byte, dot-stuffing undone."""
        row = await _row(store, request, ref)
        return _download(await store.raw(row["sha256"]), "message/rfc822", f"{ref}.eml")

    @router.get("/messages/{ref}/parts/{number}", responses=_NOT_FOUND, response_class=Response)
    async def part(request: Request, ref: str, number: str) -> Response:
        """The content of one part, its transfer encoding undone."""
        row = await _row(store, request, ref)
        found = next((item for item in row["description"]["parts"] if item["number"] == number), None)
        if found is None:
            raise HTTPException(404, f"no part {number} in message {ref}")
        content = await store.raw(row["sha256"])
        decoded = await asyncio.to_thread(decode_body, content, found["start"], found["end"], found["encoding"])
        return _download(decoded, found["contentType"], found["filename"] or f"part-{number}")

    return router


Limit = Annotated[int, Query(ge=1, le=500)]


def _filter(
    *,
    to: Annotated[str | None, Query(description="A box: only what was delivered there")] = None,
    sender: Annotated[str | None, Query(alias="from", description="The envelope's sender")] = None,
    subject: Annotated[str | None, Query(description="Part of the subject")] = None,
    message_id: Annotated[str | None, Query(alias="messageId", description="The Message-ID header, exactly")] = None,
    q: Annotated[str | None, Query(description="Part of the subject, an address or the Message-ID")] = None,
    after: Annotated[str | None, Query(description="`ref` of a message: only what was accepted after it")] = None,
) -> MailFilter:
    return MailFilter(to, sender, subject, message_id, q, after)


def _workspace(request: Request) -> Workspace:
    found = request.scope["state"]["workspace"]
    assert isinstance(found, Workspace)
    return found


async def _row(store: MailStore, request: Request, ref: str) -> dict[str, Any]:
    workspace = _workspace(request)
    row = await store.message(workspace.name, workspace.epoch, ref)
    if row is None:
        raise HTTPException(404, f"no message {ref} in workspace {workspace.name}")
    return row


async def _view(store: MailStore, row: dict[str, Any]) -> MessageView:
    raw = await store.raw(row["sha256"])
    headers = [(name, value) for name, value in opaque_mail(raw).root.headers]
    description = row["description"]
    return MessageView.model_validate(
        {**row, "headers": headers, "parts": description["parts"], "archives": description["archives"]}
    )


def _download(content: bytes, content_type: str, filename: str) -> Response:
    """Never shown by a browser: a mail's content is somebody else's."""
    name = "".join(char if (char.isalnum() and char.isascii()) or char in "._-" else "_" for char in filename)
    headers = {"content-disposition": f'attachment; filename="{name[:120]}"', "x-content-type-options": "nosniff"}
    return Response(content, media_type=content_type if content_type.isascii() else None, headers=headers)
