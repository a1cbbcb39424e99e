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


def router() -> APIRouter:
    """The routes; the files are read once."""
    folder = resources.files("metrics") / "page"
    files = {name: (folder / name).read_bytes() for name in _TYPES}
    routes = APIRouter(include_in_schema=False)

    @routes.get("/")
    async def page() -> Response:
        return Response(files["index.html"], media_type=_TYPES["index.html"], headers=_HEADERS)

    @routes.get("/indicateurs/{name}")
    async def asset(name: str) -> Response:
        if name not in files:
            raise HTTPException(404)
        return Response(files[name], media_type=_TYPES[name], headers=_HEADERS)

    return routes
