"""Calls to Pro Santé Connect by plain sockets, each by a client of its own name, whose name may ask for a fault."""

import json
from collections.abc import Callable
from typing import Any, Final
from urllib.parse import urlencode

import httpx

from psc_sim.domain import names
from support.fault_calls import Seen, post

FORM: Final = "application/x-www-form-urlencoded"
CLIENT: Final = "mon-lps"
TOKEN, AUTHORIZE, USERINFO, INTROSPECT, CIBA, REVOKE = "token", "authorize", "userinfo", "introspect", "ciba", "revoke"
BACK: Final = "http://127.0.0.1:3000/retour"


def call(url: str, operation: str, client: str = CLIENT, *, patience: float = 20.0) -> Seen:
    """One sound call of this operation."""
    path, form = _CALLS[operation](_given(url, client), client)
    return post(url, path, urlencode(form).encode(), FORM, patience=patience)


def sound(operation: str, seen: Seen) -> bool:
    """What the provider says when all is well."""
    status, fact = _SOUND[operation]
    return seen.status == status and fact in seen.text


def _given(url: str, client: str) -> dict[str, Any]:
    """Tokens of a login of this client, by the testers' own way: no fault is asked for there."""
    answer = httpx.post(f"{url}/_sandbox/psc_sim/tokens", json={"clientId": client}, trust_env=False, timeout=20)
    told: dict[str, Any] = json.loads(answer.raise_for_status().text)
    return told


def _secret(client: str) -> dict[str, str]:
    return {"client_id": client, "client_secret": "secret"}


_ASKED: Final = {"response_type": "code", "redirect_uri": BACK, "scope": "openid", "state": "s", "prompt": "none"}
Form = tuple[str, dict[str, str]]
_CALLS: Final[dict[str, Callable[[dict[str, Any], str], Form]]] = {
    TOKEN: lambda given, client: (
        names.TOKEN,
        _secret(client) | {"grant_type": "refresh_token", "refresh_token": given["refresh_token"]},
    ),
    AUTHORIZE: lambda given, client: (
        names.AUTHORIZE[0],
        _ASKED | {"client_id": client, "login_hint": given["rpps"]},
    ),
    USERINFO: lambda given, _: (names.USERINFO, {"access_token": given["access_token"]}),
    INTROSPECT: lambda given, client: (names.INTROSPECT, _secret(client) | {"token": given["access_token"]}),
    CIBA: lambda given, client: (
        names.CIBA,
        _secret(client) | {"scope": "openid", "acr_values": "eidas1", "login_hint": given["rpps"]},
    ),
    REVOKE: lambda given, client: (names.REVOKE, _secret(client) | {"token": given["refresh_token"]}),
}
OPERATIONS: Final = frozenset(_CALLS)
_SOUND: Final = {
    TOKEN: (200, '"access_token"'),
    AUTHORIZE: (303, "code="),
    USERINFO: (200, '"SubjectNameID"'),
    INTROSPECT: (200, '"active": true'),
    CIBA: (200, '"auth_req_id"'),
    REVOKE: (200, "content-length: 0"),
}
