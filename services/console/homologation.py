"""The page of the conformity cases: what its address asks for, handed on to INSi's own report."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.datastructures import QueryParams

from console.answering import html
from console.asked import Asked
from console.sandbox import Sandbox

_PATH = "/_sandbox/ins_sim/homologation"
_ASKED = ("software", "finess", "since", "until", "unauthenticated", "case")
"""Filters of the report; it judges what they say."""


def router(read: Callable[[Request], Asked]) -> APIRouter:
    """``read`` tells which sandbox and workspace a request is about."""
    pages = APIRouter(prefix="/console", include_in_schema=False)

    @pages.get("/homologation")
    async def homologation(request: Request) -> Response:
        about = read(request)
        found = await _shown(about.sandbox, request.query_params)
        return await html("homologation.html", about, about.workspace, found["report"].status, **found)

    return pages


async def _shown(sandbox: Sandbox, query: QueryParams) -> Mapping[str, Any]:
    """What the template needs: the report as the API answered, the filters, and the same for links to its files."""
    given = _given(query)
    report = await sandbox.json(_PATH, format="json", **given)
    one = {name: values[-1] for name, values in given.items()}
    return {
        "report": report,
        "asked": {**one, "case": given.get("case", ())},
        "query": "".join(f"&{urlencode({name: value})}" for name, values in given.items() for value in values),
    }


def _given(query: QueryParams) -> dict[str, Sequence[str]]:
    """An empty field of the form asks for nothing."""
    found = {name: [value for value in query.getlist(name) if value] for name in _ASKED}
    return {name: values for name, values in found.items() if values}
