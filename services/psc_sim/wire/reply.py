"""Answers over HTTP: JSON, pages, redirections; and how a refusal becomes one."""

import json
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlencode, urlsplit, urlunsplit

from psc_sim.wire import redaction
from socle.rules import Finding
from socle.web.endpoint import Reply

JSON: Final = "application/json"
_STATUS: Final = {
    "invalid_client": 401,
    "invalid_token": 401,
    "insufficient_scope": 403,
    "temporarily_unavailable": 503,
    "server_error": 500,
}
_CHALLENGES: Final = {"invalid_client": "Basic", "invalid_token": "Bearer", "insufficient_scope": "Bearer"}


class Refused(Exception):
    """The request is refused for a finding; ``status`` where the error's own does not fit."""

    def __init__(self, finding: Finding, status: int | None = None) -> None:
        super().__init__(finding.rule.id)
        self.finding = finding
        self.error = finding.rule.error_code or "invalid_request"
        self.description = finding.rule.title_en
        self.status = status


class Denied(Exception):
    """An OAuth error that is no breach of a rule: somebody said no, or not yet, or a fault rule asked for it."""

    def __init__(self, error: str, description: str, status: int | None = None) -> None:
        super().__init__(error)
        self.error = error
        self.description = description
        self.status = status


def json_reply(said: Mapping[str, Any], status: int = 200) -> Reply:
    """JSON that no cache keeps (RFC 6749 §5.1)."""
    body, shown = (json.dumps(one, ensure_ascii=False).encode() for one in (said, redaction.told(said)))
    return Reply(status, body, JSON, [("cache-control", "no-store"), ("pragma", "no-cache")], shown)


def error_reply(error: str, description: str, status: int | None = None) -> Reply:
    """An OAuth error as the token endpoint says it (RFC 6749 §5.2), with its challenge where one is due (RFC 6750)."""
    plain = "".join(char for char in description if " " <= char <= "~" and char not in '"\\')
    reply = json_reply({"error": error, "error_description": plain}, status or _STATUS.get(error, 400))
    scheme = _CHALLENGES.get(error)
    if scheme is not None:
        told = f', error="{error}", error_description="{plain}"' if scheme == "Bearer" else ""
        reply.headers.append(("www-authenticate", f'{scheme} realm="esante-wallet"{told}'))
    return reply


def redirect(uri: str, said: Mapping[str, str | None], *, fragment: bool = False, status: int = 302) -> Reply:
    """Send the browser to ``uri`` with parameters; those it had stay."""
    told = urlencode({name: value for name, value in said.items() if value is not None})
    parts = urlsplit(uri)
    if fragment:
        address = f"{uri}#{told}"
    else:
        address = urlunsplit(parts._replace(query="&".join(filter(None, (parts.query, told)))))
    return Reply(status, headers=[("location", address), ("cache-control", "no-store")])
