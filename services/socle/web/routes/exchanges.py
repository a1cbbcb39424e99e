"""``/_sandbox/exchanges``: the journal, asked, followed and exported (D9); ``X-Socles-Exchange`` links here."""

import asyncio
from collections.abc import AsyncGenerator
from typing import Annotated, Any, Literal

import msgspec
from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse, StreamingResponse
from pydantic import Field

from socle.control.model import DEFAULT_WORKSPACE, Workspace
from socle.exchange import Outcome
from socle.journal.query import JournalQuery
from socle.journal.reports import junit, sarif
from socle.journal.store import JournalStore
from socle.rules import Severity
from socle.web.errors import Refusal, not_found
from socle.web.links import base_of
from socle.web.model import Current, Json, Moment, Within

_TAIL_QUEUE = 1000
"""Entries a slow listener may be behind; older ones are then left out for it."""
_HEARTBEAT_SECONDS = 15.0


class ExchangePage(Json):
    """Summaries, newest first."""

    items: Annotated[
        list[dict[str, Any]], Field(description="Identity, verdict, broken rules, duration of each exchange")
    ]
    next: Annotated[int | None, Field(description="Give it as `before` to get the next page")] = None
    total: Annotated[int, Field(description="How many match in all; counted up to 10,000")]
    total_is_exact: Annotated[bool, Field(description="False: there are more than `total`")]


class Filters(Json):
    """What to look for; everything absent matches all."""

    service: Annotated[str | None, Field(examples=["dmp_sim"])] = None
    operation: str | None = None
    outcome: Outcome | None = None
    rule: Annotated[str | None, Field(examples=["patient.not-fictitious"])] = None
    severity: Annotated[Literal["error", "warning"] | None, Field(description="It has a finding of this severity")] = (
        None
    )
    fault: Annotated[bool | None, Field(description="Whether a fault rule was applied")] = None
    code: str | None = None
    subject: str | None = None
    finess: str | None = None
    text: Annotated[
        str | None,
        Field(
            max_length=200,
            description="Somewhere in its id, operation, code, subject, FINESS, peer, broken rules, fault or events; "
            "in any case",
        ),
    ] = None
    since: Moment | None = None
    until: Moment | None = None
    limit: Annotated[int, Field(ge=1, le=500)] = 50
    before: int | None = None

    def query(self, workspace: Workspace) -> JournalQuery:
        """For one workspace, since its last reset."""
        return JournalQuery(workspace.name, workspace.epoch, **self.model_dump(include=set(Filters.model_fields)))


class Report(Filters):
    """Which file, of which exchanges."""

    format: Literal["junit", "sarif"]
    fail_on: Annotated[
        Literal["error", "warning"], Field(description="JUnit: the least severity that fails a testcase")
    ] = "error"


Asked = Annotated[Filters, Query()]


def router(journal: JournalStore, stopping: asyncio.Event) -> APIRouter:
    """Made once for each process; endless answers end when ``stopping`` is set."""
    api = APIRouter(prefix="/_sandbox/exchanges", tags=["exchanges"])

    @api.get("")
    def find(workspace: Current, asked: Asked) -> ExchangePage:
        """The workspace's exchanges since its last reset, newest first."""
        page = journal.find(asked.query(workspace))
        return ExchangePage.model_validate(page)

    @api.get("/export", response_class=StreamingResponse)
    def export(workspace: Current, asked: Asked) -> StreamingResponse:
        """All matching exchanges whole, one JSON document a line (``limit`` does not apply)."""
        return StreamingResponse(journal.export(asked.query(workspace)), media_type="application/x-ndjson")

    @api.get("/report", response_class=Response)
    def report(workspace: Current, asked: Annotated[Report, Query()], request: Request) -> Response:
        """A file for continuous integration: a JUnit testcase for each matching exchange, or SARIF 2.1.0.

        ``limit`` does not apply."""
        verdicts = journal.verdicts(asked.query(workspace))
        links = f"{base_of(request)}/_sandbox/exchanges/"
        if asked.format == "sarif":
            body = sarif(verdicts, workspace=workspace.name, links=links, version=request.app.version)
            return _file(body, "application/sarif+json", f"socles-{workspace.name}.sarif")
        body = junit(verdicts, workspace=workspace.name, links=links, fail_on=Severity(asked.fail_on))
        return _file(body, "application/xml", f"socles-{workspace.name}.xml")

    @api.get("/tail", response_class=StreamingResponse)
    async def tail(workspace: Current) -> StreamingResponse:
        """New exchanges as they come, as server-sent events."""
        return StreamingResponse(_events(journal, workspace.name, stopping), media_type="text/event-stream")

    @api.get("/{exchange_id}", response_model=dict[str, Any])
    def show(exchange_id: str, workspace: Within, request: Request, response: Response) -> Response | dict[str, Any]:
        """One exchange whole: verdict, findings, headers, bodies, events. A browser is led to the page that shows it.

        A request that names a workspace sees the exchanges of that one; to one that names none, the id alone tells it,
        so that the link in an answer works wherever it is opened.
        """
        entry = journal.get(exchange_id, workspace)
        if entry is None:
            raise _gone()
        if "text/html" in request.headers.get("accept", ""):
            page = f"{_prefix(request, entry['workspace'])}/console/exchanges/{entry['id']}"
            return RedirectResponse(page, 303, {"Vary": "Accept"})
        response.headers["Vary"] = "Accept"
        return entry

    @api.get("/{exchange_id}/neighbour")
    def neighbour(exchange_id: str, workspace: Within) -> dict[str, Any]:
        """The summary of the last accepted exchange of the same service and operation before this one."""
        found = journal.neighbour(exchange_id, workspace)
        if found is None:
            raise not_found(
                "Un échange accepté de la même opération avant celui-ci",
                "An accepted exchange of the same operation before this one",
            )
        return found

    @api.get("/{exchange_id}/{direction}", response_class=Response)
    def raw(exchange_id: str, direction: Literal["request", "response"], workspace: Within) -> Response:
        """A body as it went over the wire."""
        try:
            body = journal.raw(exchange_id, direction, workspace)
        except LookupError as error:
            raise Refusal(
                410, "blob.gone", "Le contenu n'est plus conservé.", "The content is no longer kept."
            ) from error
        if body is None:
            raise _gone()
        return Response(body, media_type="application/octet-stream")

    return api


def _gone() -> Refusal:
    return not_found(
        "cet échange ; il n'est pas, ou plus, conservé ici", "this exchange; it is not, or no longer, kept here"
    )


def _prefix(request: Request, workspace: str) -> str:
    """What a link begins with so that it stays in the workspace: a host name keeps it by itself."""
    if request.state.named:
        return str(getattr(request.state, "prefix", ""))
    return f"/w/{workspace}" if workspace != DEFAULT_WORKSPACE else ""


def _file(body: bytes, media_type: str, name: str) -> Response:
    return Response(body, media_type=media_type, headers={"Content-Disposition": f'attachment; filename="{name}"'})


async def _events(journal: JournalStore, workspace: str, stopping: asyncio.Event) -> AsyncGenerator[bytes, None]:
    loop, queue = asyncio.get_running_loop(), asyncio.Queue[dict[str, Any]](_TAIL_QUEUE)

    def put(entry: dict[str, Any]) -> None:
        if not queue.full():
            queue.put_nowait(entry)

    def hear(entry: dict[str, Any]) -> None:
        if entry["workspace"] == workspace:
            loop.call_soon_threadsafe(put, entry)

    leave = await asyncio.to_thread(journal.tail, hear)
    stop = asyncio.create_task(stopping.wait())
    news = asyncio.create_task(queue.get())
    try:
        yield b": listening\n\n"
        while not stopping.is_set():
            await asyncio.wait({news, stop}, timeout=_HEARTBEAT_SECONDS, return_when=asyncio.FIRST_COMPLETED)
            if news.done():
                entry = news.result()
                news = asyncio.create_task(queue.get())
                yield b"event: exchange\nid: %s\ndata: %s\n\n" % (entry["id"].encode(), msgspec.json.encode(entry))
            else:
                yield b": still here\n\n"
    finally:
        leave()
        for task in (stop, news):
            task.cancel()
        await asyncio.wait({stop, news})
