"""The page: one HTML file, one style sheet, one script, all from the package; nothing from elsewhere."""

from importlib import resources

from fastapi import APIRouter, HTTPException
from fastapi.responses import Response

_TYPES = {
    "index.html": "text/html; charset=utf-8",
    "metrics.css": "text/css; charset=utf-8",
    "metrics.js": "text/javascript; charset=utf-8",
    "explain.js": "text/javascript; charset=utf-8",
    "format.js": "text/javascript; charset=utf-8",
}
_HEADERS = {
    "Cache-Control": "no-cache",
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; base-uri 'none'; form-action 'none'",
    "X-Content-Type-Options": "nosniff",
}
_FILES = {name: (resources.files("metrics") / "page" / name).read_bytes() for name in _TYPES}
"""Read with the module, before any event loop runs."""


def router() -> APIRouter:
    """The routes."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/")
    async def page() -> Response:
        return Response(_FILES["index.html"], media_type=_TYPES["index.html"], headers=_HEADERS)

    @routes.get("/indicateurs/{name}")
    async def asset(name: str) -> Response:
        if name not in _FILES:
            raise HTTPException(404)
        return Response(_FILES[name], media_type=_TYPES[name], headers=_HEADERS)

    return routes
