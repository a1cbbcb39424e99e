"""The pages: list, exchange, difference, mended request, one part."""

import asyncio
import re
from collections.abc import Callable
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, HTTPException, Query, Request
from fastapi.responses import RedirectResponse, Response

from console import commands
from console.answering import html
from console.asked import Asked, asked
from console.assets import ASSETS
from console.compared import against, mending
from console.gather import entry_of, gather, read_exchange
from console.reading.message import PART_READ, Kind
from console.rendering import HEADERS
from console.sandbox import Answer, Sandbox
from console.settings import ConsoleSettings
from console.view import parts_of, side

_ID = re.compile(r"[0-9A-Za-z-]{1,64}")
_UNKNOWN = Answer(404, words="Ceci n'est pas l'identifiant d'un échange.", code="not-found")


def router(sandbox: Sandbox, address: Callable[[], str], settings: ConsoleSettings) -> APIRouter:
    """Under ``/console``; the outer application has found the workspace. ``address``: of the sandbox that serves."""
    pages = APIRouter(prefix="/console", include_in_schema=False)

    def _asked(request: Request) -> Asked:
        return asked(request, sandbox, address())

    About = Annotated[Asked, Depends(_asked)]  # noqa: N806 - a type

    @pages.get("")
    async def bare(about: About) -> Response:
        return RedirectResponse(f"{about.prefix}/console/", 307)

    @pages.get("/static/{name}")
    async def asset(name: str) -> Response:
        if name not in ASSETS:
            raise HTTPException(404)
        content, kind = ASSETS[name]
        return Response(content, media_type=kind, headers=HEADERS)

    @pages.get("/")
    async def listing(about: About) -> Response:
        return await html("list.html", about, about.workspace, base=about.base(about.workspace))

    @pages.get("/exchanges/{exchange}")
    async def one(exchange: str, about: About) -> Response:
        entry = await _entry(about, exchange)
        if not entry.found:
            return await _missing(about, entry)
        own = about.sandbox.within(entry.data["workspace"])
        found = await gather(own, entry.data)
        base = about.base(entry.data["workspace"])
        path = f"/_sandbox/exchanges/{entry.data['id']}/request"
        again = commands.replay(entry.data, found.view.request.body, base, path, settings.smtp_port)
        return await html("exchange.html", about, entry.data["workspace"], found=found, again=again, base=base)

    @pages.get("/exchanges/{exchange}/difference")
    async def difference(
        exchange: str, about: About, other: Annotated[str | None, Query(alias="with")] = None
    ) -> Response:
        entry = await _entry(about, exchange)
        if not entry.found:
            return await _missing(about, entry)
        own = about.sandbox.within(entry.data["workspace"])
        if other is None:
            neighbour = await own.json(f"/_sandbox/exchanges/{exchange}/neighbour")
            other = neighbour.data["id"] if neighbour.found else None
        before = await entry_of(own, other) if other and _ID.fullmatch(other) else _UNKNOWN
        shown: dict[str, Any] = {"entry": entry.data, "before": before, "pairs": ()}
        if before.found:
            old, new = await asyncio.gather(read_exchange(own, before.data), read_exchange(own, entry.data))
            shown["pairs"] = await asyncio.to_thread(against, old.request, new.request)
        return await html("difference.html", about, entry.data["workspace"], **shown)

    @pages.get("/exchanges/{exchange}/mended")
    async def mended(exchange: str, about: About) -> Response:
        entry = await _entry(about, exchange)
        if not entry.found:
            return await _missing(about, entry)
        own = about.sandbox.within(entry.data["workspace"])
        path = f"/_sandbox/{entry.data['service']}/mended/{entry.data['id']}"
        answer, read_ = await asyncio.gather(own.json(path), read_exchange(own, entry.data))
        base = about.base(entry.data["workspace"])
        pairs = await asyncio.to_thread(mending, read_.request, answer.data, read_.smtp) if answer.found else ()
        again = commands.replay(entry.data, read_.request.body, base, f"{path}/body", settings.smtp_port)
        return await html(
            "mended.html",
            about,
            entry.data["workspace"],
            entry=entry.data,
            mended=answer,
            pairs=pairs,
            again=again,
            path=path,
        )

    @pages.get("/exchanges/{exchange}/{direction}/{number}")
    async def part(exchange: str, direction: Literal["request", "response"], number: str, about: About) -> Response:
        entry = await _entry(about, exchange)
        if not entry.found:
            return await _missing(about, entry)
        own = about.sandbox.within(entry.data["workspace"])
        raw = await own.octets(f"/_sandbox/exchanges/{entry.data['id']}/{direction}")
        mail = entry.data["protocol"] == "smtp" and direction == "request"
        whole = await asyncio.to_thread(
            side, direction, entry.data[direction], mail, raw.data
        )  # None: what is in place
        parts = await asyncio.to_thread(parts_of, whole.body, mail=mail, limit=PART_READ)
        shown = next((one for one in parts or () if one.part.number == number), None)
        if shown is not None and shown.kind is Kind.LARGE and not raw.found:
            return await _missing(about, raw)
        if shown is None:
            return await _missing(about, Answer(404, words="Cette partie du message n'existe pas.", code="not-found"))
        return await html(
            "part.html", about, entry.data["workspace"], entry=entry.data, shown=shown, direction=direction
        )

    return pages


async def _entry(about: Asked, exchange: str) -> Answer:
    return await entry_of(about.sandbox, exchange) if _ID.fullmatch(exchange) else _UNKNOWN


async def _missing(about: Asked, answer: Answer) -> Response:
    return await html("error.html", about, about.workspace, status=answer.status, answer=answer)
