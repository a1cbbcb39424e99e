"""How the JSON side says no: one shape, French and English, and never a stack trace."""

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException
from starlette.routing import Match

from socle.control.database import ControlUnavailable
from socle.control.workshop import UnknownWorkspace
from socle.exchange import new_id
from socle.journal.database import JournalAway
from socle.store.port import StoreBusy, StoreFailed
from socle.web import lost
from socle.web.invalid import details

log = structlog.get_logger(__name__)


class Refusal(Exception):
    """A JSON error: HTTP status, a code for programs, a message in both languages."""

    def __init__(self, status: int, code: str, message_fr: str, message: str, **more: object) -> None:
        super().__init__(message)
        self.status = status
        self.body = refusal(code, message_fr, message, **more)


def refusal(code: str, message_fr: str, message: str, **more: object) -> dict[str, object]:
    """The body of every JSON error."""
    return {"error": {"code": code, "messageFr": message_fr, "message": message, **more}}


def unknown_workspace(name: str) -> Refusal:
    return Refusal(
        404,
        "workspace.unknown",
        f"Espace de travail inconnu : {name!r}. Créez-le par POST /_sandbox/workspaces.",
        f"Unknown workspace: {name!r}. Create it with POST /_sandbox/workspaces.",
    )


def not_found(what_fr: str, what: str) -> Refusal:
    return Refusal(404, "not-found", f"Introuvable : {_small(what_fr)}.", f"Not found: {_small(what)}.")


def _small(text: str) -> str:
    return text[:1].lower() + text[1:]


def install(app: FastAPI) -> None:
    """Give ``app`` the handlers."""
    app.add_exception_handler(Refusal, _refused)
    app.add_exception_handler(UnknownWorkspace, _unknown)
    app.add_exception_handler(ControlUnavailable, _unavailable)
    app.add_exception_handler(JournalAway, _unavailable)
    app.add_exception_handler(StoreFailed, _unavailable)
    app.add_exception_handler(StoreBusy, _unavailable)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _unexpected)


def _refused(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, Refusal)
    return JSONResponse(error.body, error.status)


def _unknown(request: Request, error: Exception) -> JSONResponse:
    return _refused(request, unknown_workspace(str(error.args[0])))


def _unavailable(request: Request, error: Exception) -> JSONResponse:
    log.warning("database away", path=request.url.path, reason=str(error))
    body = refusal(
        "database.away",
        "La base de données ne répond pas ou est surchargée pour l'instant. Réessayez plus tard.",
        "The database does not answer, or has too much to do, for now. Try again later.",
    )
    return JSONResponse(body, 503, headers={"Retry-After": "1"})


def _invalid(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    told = details(error.errors())
    body = refusal(
        "request.invalid", "La demande n'a pas la forme attendue.", "The request is malformed.", details=told
    )
    return JSONResponse(body, 422)


def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code == 404 and lost.wants_page(request.scope):
        return _page(request)
    code = {404: "not-found", 405: "method-not-allowed"}.get(error.status_code, "http")
    asked, allowed = f"{request.method} {request.url.path[:200]}", (error.headers or {}).get("Allow", "–")
    text_fr, text = {
        404: (
            f"Adresse inconnue : {asked}. L'API : /openapi.json ; les pages : / et /console/.",
            f"Unknown address: {asked}. The API: /openapi.json; the pages: / and /console/.",
        ),
        405: (
            f"Méthode non admise : {asked}. Admises ici : {allowed}.",
            f"Method not allowed: {asked}. Allowed here: {allowed}.",
        ),
    }.get(error.status_code, (str(error.detail), str(error.detail)))
    return JSONResponse(refusal(code, text_fr, text), error.status_code, headers=error.headers)


def _page(request: Request) -> Response:
    """For a browser; of the links, those that lead somewhere in this process, or may behind an edge."""
    behind = "public_url" in request.scope.get("state", {})
    places = [one for one in lost.PLACES if behind or _served(request, one.path)]
    body = lost.page(request.scope, "Adresse inconnue", "Unknown address", places)
    return Response(body, 404, lost.HEADERS, lost.TYPE)


def _served(request: Request, path: str) -> bool:
    scope = {"type": "http", "method": "GET", "path": path, "root_path": "", "headers": []}
    return any(route.matches(scope)[0] is Match.FULL for route in request.app.routes)


def _unexpected(request: Request, error: Exception) -> JSONResponse:
    reference = new_id()
    log.error("unexpected error", path=request.url.path, reference=reference, exc_info=error)
    body = refusal("internal", f"Erreur interne, référence {reference}.", f"Internal error, reference {reference}.")
    return JSONResponse(body, 500)
