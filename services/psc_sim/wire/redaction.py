"""What the journal keeps of secrets, codes and tokens: their first characters, by which one recognises them."""

from collections.abc import Iterable, Mapping
from typing import Any, Final
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

KEPT: Final = 8
_MORE: Final = "…"
_SECRET: Final = frozenset(
    {
        "access_token", "auth_req_id", "client_assertion", "client_secret", "code", "code_verifier", "id_token",
        "id_token_hint", "login_hint_token", "password", "refresh_token", "token",
    }
)  # fmt: skip


def cut(value: str) -> str:
    """``eyJhbGci…``; a value that is hardly longer goes whole."""
    return f"{value[:KEPT]}{_MORE}" if len(value) > 2 * KEPT else _MORE


def pairs(said: Iterable[tuple[str, str]]) -> str:
    """A form or a query, its secrets cut."""
    hidden = [(name, cut(value) if name in _SECRET else value) for name, value in said]
    return urlencode(hidden, quote_via=quote, safe="/:", errors="replace").replace(quote(_MORE), _MORE)


def told(said: Mapping[str, Any]) -> dict[str, Any]:
    """The members of a JSON answer, its secrets cut."""
    return {name: cut(value) if name in _SECRET and isinstance(value, str) else value for name, value in said.items()}


def location(address: str) -> str:
    """Where a browser is sent, without the code."""
    parts = urlsplit(address)
    query, fragment = (pairs(parse_qsl(part)) for part in (parts.query, parts.fragment))
    return urlunsplit(parts._replace(query=query, fragment=fragment))


def headers(said: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Headers, without credentials."""
    return [(name, _header(name.lower(), value)) for name, value in said]


def _header(name: str, value: str) -> str:
    if name == "authorization":
        scheme, space, credentials = value.partition(" ")
        return f"{scheme} {cut(credentials)}" if space else cut(value)
    if name in ("cookie", "set-cookie"):
        key, _, content = value.partition("=")
        return f"{key}={cut(content)}"
    return location(value) if name == "location" else value
