"""Redirect URIs and secrets (RFC 6749 §2.3, §3.1.2; RFC 9700 §4.1)."""

import hmac
import re
from hashlib import sha256
from typing import Final
from urllib.parse import urlsplit

from psc_sim.domain import rules
from psc_sim.domain.model import Client
from socle.rules import Finding

_WEB: Final = re.compile(
    r"https?://(\[[0-9a-fA-F:]+\]|[A-Za-z0-9._-]+)(:[0-9]{1,5})?(/[^\s#\\]*|\?[^\s#\\]*)?", re.ASCII
)
_APP: Final = re.compile(r"[a-z][a-z0-9+.-]{1,60}:[!-\"$-\[\]-~]+", re.ASCII)
_NEVER: Final = frozenset(
    {"javascript", "data", "vbscript", "file", "blob", "about", "view-source", "ftp", "ws", "wss"}
)
LONGEST: Final = 2000


def digest(secret: str) -> str:
    """What is kept of a secret, a code or a token: SHA-256, hexadecimal. They are long and random, but for secrets."""
    return sha256(secret.encode()).hexdigest()


def is_web(uri: str) -> bool:
    """Whether it is an absolute http(s) address without credentials or fragment."""
    return len(uri) <= LONGEST and _WEB.fullmatch(uri) is not None


def may_be_registered(uri: str) -> bool:
    """A web address, or an application's scheme (RFC 8252 §7.1); schemes that run or read something never."""
    if is_web(uri):
        return True
    scheme = uri.partition(":")[0]
    known = scheme in _NEVER or scheme in ("http", "https")
    return len(uri) <= LONGEST and not known and _APP.fullmatch(uri) is not None


def origin(uri: str) -> str:
    """What a content security policy may call the address: scheme and host, or an application's scheme."""
    parts = urlsplit(uri)
    return f"{parts.scheme}://{parts.netloc}" if parts.scheme in ("http", "https") else f"{parts.scheme}:"


def check_redirect(client: Client, uri: str) -> Finding | None:
    """Whether the browser may be sent there."""
    if client.redirect_uris:
        if uri in client.redirect_uris:
            return None
        expected = ", ".join(client.redirect_uris)[:300]
        return rules.REDIRECT_UNKNOWN.finding(where="redirect_uri", expected=expected, found=uri[:300])
    if is_web(uri):
        return None
    return rules.REDIRECT_SHAPE.finding(where="redirect_uri", expected="http(s)://…", found=uri[:300])


def check_secret(client: Client, secret: str | None) -> Finding | None:
    """Whether the client is who it says; a remark when it brings no secret where none is known."""
    if client.secret_digest is not None:
        if secret is None or not hmac.compare_digest(digest(secret), client.secret_digest):
            return rules.SECRET.finding(where="client_secret", found="" if secret is None else "…")
        return None
    return rules.NO_SECRET.finding(where="client_secret") if not secret else None
