"""What the provider knows of clients, requests and grants."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Client:
    """A piece of software that asks for logins. Unless it is registered, any identifier is one."""

    client_id: str
    registered: bool = False
    secret_digest: str | None = None
    """SHA-256 of its secret; None: it has none, whatever it sends is taken."""
    redirect_uris: tuple[str, ...] = ()
    """Exactly these; (): any http(s) address."""


@dataclass(frozen=True, slots=True)
class AuthorizationRequest:
    """A checked request for a login."""

    client: Client
    redirect_uri: str
    scope: str
    state: str | None
    nonce: str | None
    challenge: str | None
    method: str | None
    prompt: frozenset[str]
    login_hint: str | None
    response_mode: str


@dataclass(frozen=True, slots=True)
class Grant:
    """What a professional granted to a client by one login: all tokens that come of it stand and fall together."""

    family: str
    sid: str
    """The session: logins of several clients within it end together."""
    client_id: str
    rpps: str
    scope: str
    nonce: str | None
    auth_time: datetime
    channel: str
    """``MOBILE`` (e-CPS) or ``CARD``."""

    @property
    def national_id(self) -> str:
        """PS_IdNat: 8, then the RPPS number."""
        return f"8{self.rpps}"


@dataclass(frozen=True, slots=True)
class Lifetimes:
    """Of what is issued, by the workspace's clock."""

    code: timedelta
    access: timedelta
    refresh: timedelta
    session: timedelta
    ciba: timedelta


class Login(StrEnum):
    """What the login page asks (workspace option ``psc.login``)."""

    PAGE = "page"
    """Choose a professional, then validate on a simulated phone by a button."""
    AUTO = "auto"
    """The phone validates by itself after a second."""
    AT_ONCE = "at-once"
    """No page where ``login_hint`` names a professional."""


class Flaw(StrEnum):
    """How a token can be wrong."""

    EXPIRED = "expired"
    NOT_YET_VALID = "not-yet-valid"
    WRONG_SIGNATURE = "wrong-signature"
    UNKNOWN_KEY = "unknown-key"
    ALG_NONE = "alg-none"
    WRONG_ISSUER = "wrong-issuer"
    WRONG_AUDIENCE = "wrong-audience"
    WRONG_NONCE = "wrong-nonce"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class Policy:
    """What a workspace asks of clients."""

    lifetimes: Lifetimes
    login: Login = Login.PAGE
    registered_only: bool = False
    pkce_required: bool = False
    ciba_manual: bool = False
