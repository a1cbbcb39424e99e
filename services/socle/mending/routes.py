"""``/_sandbox/{service}/mended/{exchangeId}``: the request that would have been right, to read and to send."""

import asyncio
from base64 import b64encode
from collections.abc import Awaitable, Callable
from typing import Annotated, Any

from fastapi import APIRouter, Response
from pydantic import Field

from socle.control.model import Workspace
from socle.control.port import Control
from socle.exchange import Outcome
from socle.journal.store import JournalStore
from socle.mending.model import MENDED_PROTOCOLS, NOT_OURS, Change, Left, Mended, NotMendable
from socle.mending.soap import Received
from socle.web.errors import Refusal, not_found
from socle.web.model import Json, Within

_MOST = 32 << 20
"""Bytes of a request that is mended: it is held in memory, some times over."""
_AT_ONCE = 2
_NO_PAGE = {
    "Content-Disposition": "attachment",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "X-Content-Type-Options": "nosniff",
}
"""The Content-Type is the sender's: a browser must not run what he wrote as a page of the sandbox."""
Mend = Callable[[Received, Workspace], Awaitable[Mended]]
"""A service's way to mend. Raises :class:`NotMendable`."""


class MendedView(Json):
    """The mended request: ``text`` when it is UTF-8, else ``request`` in base64."""

    exchange: str
    changes: list[Change]
    left: list[Left]
    content_type: str
    text: Annotated[str | None, Field(description="The request, when it is UTF-8 text")] = None
    request: Annotated[str | None, Field(description="The request in base64, when it is not")] = None


def router(service: str, control: Control, journal: JournalStore, mend: Mend) -> APIRouter:
    """The routes of one service."""
    at_once = asyncio.Semaphore(_AT_ONCE)
    api = APIRouter(prefix=f"/_sandbox/{service}/mended", tags=[service])

    async def mended(exchange_id: str, workspace: str | None) -> Mended:
        received, named = await asyncio.to_thread(_received, journal, service, exchange_id, workspace)
        found = control.workspace(named)
        if found is None:
            raise _refused(_GONE)
        try:
            async with at_once:
                return await mend(received, found)
        except NotMendable as reason:
            raise _refused(reason) from None

    @api.get("/{exchange_id}")
    async def show(exchange_id: str, workspace: Within) -> MendedView:
        """The exchange's request with each mechanical finding mended: what was changed, what is left to a human.

        The mended request was checked as a received one would be, and nothing was stored.
        """
        made = await mended(exchange_id, workspace)
        view: dict[str, Any] = {
            "exchange": exchange_id, "changes": made.changes, "left": made.left, "content_type": made.content_type
        }  # fmt: skip
        try:
            return MendedView(**view, text=made.body.decode("utf-8"))
        except UnicodeDecodeError:
            return MendedView(**view, request=b64encode(made.body).decode())

    @api.get("/{exchange_id}/body", response_class=Response)
    async def body(exchange_id: str, workspace: Within) -> Response:
        """The mended request alone, with the Content-Type to send it under."""
        made = await mended(exchange_id, workspace)
        return Response(made.body, headers=_NO_PAGE | {"Content-Type": made.content_type or "application/octet-stream"})

    return api


_GONE = NotMendable("gone", "Le contenu n'est plus conservé.", "The content is no longer kept.")
_REDACTED = NotMendable(
    "redacted",
    "L'échange est caviardé : il pourrait porter une personne réelle.",
    "The exchange is redacted: it may be about a real person.",
)
_CUT = NotMendable("cut", "La requête n'a pas été gardée entière.", "The request was not kept whole.")
_LARGE = NotMendable(
    "size",
    f"La requête dépasse {_MOST >> 20} Mo : elle n'est pas reprise.",
    f"The request is larger than {_MOST >> 20} MB: it is not mended.",
)
_EMPTY = NotMendable("empty", "L'échange n'a pas de contenu à reprendre.", "The exchange has no content to mend.")


def _refused(reason: NotMendable) -> Refusal:
    return Refusal(409, f"mending.{reason.code}", reason.fr, reason.en)


def _received(journal: JournalStore, service: str, exchange_id: str, workspace: str | None) -> tuple[Received, str]:
    """The request from the journal, and the name of its workspace. Blocking."""
    entry = journal.get(exchange_id, workspace)
    if entry is None or entry["service"] != service:
        raise not_found("Cet échange de ce service", "This exchange of this service")
    for broken, reason in (
        (entry["protocol"] not in MENDED_PROTOCOLS, NOT_OURS),
        (entry["redacted"], _REDACTED),
        (entry["request"]["cut"], _CUT),
        (not entry["request"]["size"], _EMPTY),
        (entry["request"]["size"] > _MOST, _LARGE),
    ):
        if broken:
            raise _refused(reason)
    try:
        body = journal.raw(exchange_id, "request", workspace)
    except LookupError:
        raise _refused(_GONE) from None
    return Received(
        exchange_id,
        entry["path"] or "",
        [(name, value) for name, value in entry["request"]["headers"]],
        body or b"",
        entry["outcome"] == Outcome.ACCEPTED.value,
        frozenset(entry["rules"]),
    ), entry["workspace"]
