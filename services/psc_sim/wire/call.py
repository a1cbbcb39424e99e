"""One request to the provider, as its handlers see it."""

import json
from base64 import b64decode, urlsafe_b64decode
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from urllib.parse import parse_qsl, unquote_plus

from psc_sim.domain import rules
from psc_sim.domain.model import Flaw, Policy
from psc_sim.wire.reply import Refused, error_reply
from socle.address import header
from socle.control.model import Workspace
from socle.control.port import Fault
from socle.exchange import Exchange
from socle.service import Receive
from socle.service import Scope as Asgi
from socle.sweep.scopes import Scope
from socle.web.endpoint import Reply

FORM: Final = "application/x-www-form-urlencoded"
MOST_BYTES: Final = 65_536
_MOST_FIELDS: Final = 60
_LONGEST: Final = 16_384


async def nothing() -> None:
    """No fault hook."""


@dataclass(slots=True)
class Call:
    """Its parameters once each, the workspace it is for, and what becomes of it."""

    asgi: Asgi
    receive: Receive
    exchange: Exchange
    workspace: Workspace
    policy: Policy
    now: datetime
    """By the workspace's clock."""
    base: str
    """What the client called us."""
    query: Mapping[str, str] = field(default_factory=dict)
    form: Mapping[str, str] = field(default_factory=dict)
    flaw: Flaw | None = None
    """How a fault rule wants the tokens to be wrong."""
    leaving: Fault | None = None
    before_commit: Callable[[], Awaitable[None]] = nothing
    on_error: Callable[[str, str, int | None], Reply] = error_reply

    @property
    def scope(self) -> Scope:
        """The workspace between two resets."""
        return Scope(self.workspace.name, self.workspace.epoch)

    @property
    def params(self) -> Mapping[str, str]:
        """Of a request that may come either way: the body's for POST, else the query's."""
        return self.form if self.asgi["method"] == "POST" else self.query

    def attribute(self, name: str) -> str | None:
        """What fault rules match on."""
        told = {
            "path": self.exchange.path,
            "peer": self.exchange.peer,
            "clientId": self.client_id,
            "grantType": self.params.get("grant_type"),
            "scope": self.params.get("scope"),
            "rpps": self.form.get("rpps") or self.params.get("login_hint"),
        }
        return told.get(name) or None

    @property
    def client_id(self) -> str | None:
        """Who calls, as far as the call says: by parameter, by Basic, or as the bearer of somebody's access token."""
        return self.params.get("client_id") or self.basic()[0] or _bearers_client(self)

    def bearer(self) -> str:
        """The access token shown, by header or by form (RFC 6750 §2); empty: none."""
        scheme, _, token = (header(self.asgi, b"authorization") or "").partition(" ")
        return token.strip() if scheme.lower() == "bearer" else self.form.get("access_token", "")

    def required(self, name: str) -> str:
        """A parameter that must be there. Raises ``Refused``."""
        value = self.params.get(name, "")
        if not value:
            raise Refused(rules.MALFORMED.finding(where=name, expected=name))
        return value

    def basic(self) -> tuple[str | None, str | None]:
        """Client and secret of the Authorization header (RFC 6749 §2.3.1); None: there is none, or it is no Basic."""
        scheme, _, said = (header(self.asgi, b"authorization") or "").partition(" ")
        if scheme.lower() != "basic":
            return None, None
        try:
            name, colon, secret = b64decode(said.strip(), validate=True).decode().partition(":")
        except ValueError:
            return None, None
        return (unquote_plus(name), unquote_plus(secret)) if colon and _clean(name) else (None, None)


def read_pairs(text: bytes, where: str) -> tuple[list[tuple[str, str]], Mapping[str, str]]:
    """A form or a query: as it came, and once each. Raises ``Refused``."""
    try:
        pairs = parse_qsl(text.decode(), keep_blank_values=True, errors="strict", max_num_fields=_MOST_FIELDS)
    except ValueError as error:
        raise Refused(rules.MALFORMED.finding(where=where, found="UTF-8, nombre de champs")) from error
    known: dict[str, str] = {}
    for name, value in pairs:
        if name in known:
            raise Refused(rules.MALFORMED.finding(where=name[:80], expected="une fois", found="deux fois"))
        if len(value) > _LONGEST or not _clean(name) or not _clean(value):
            raise Refused(rules.MALFORMED.finding(where=name[:80], found=f"{len(value)} caractères"))
        known[name] = value
    return pairs, known


def _bearers_client(call: Call) -> str | None:
    """Whom the access token names, not verified: it only chooses fault rules."""
    try:
        body = call.bearer().split(".")[1]
        claims = json.loads(urlsafe_b64decode(body + "=" * (-len(body) % 4)))
        return str(claims["azp"])
    except (IndexError, KeyError, TypeError, ValueError, RecursionError):
        return None


def _clean(text: Iterable[str]) -> bool:
    """Without control characters: none is of use here, and databases keep no NUL."""
    return all(char >= " " and char != "\x7f" for char in text)
