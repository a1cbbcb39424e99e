"""Tokens, signed; and signed wrongly where that is asked for."""

import hashlib
import json
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from psc_sim.domain import claims
from psc_sim.domain.model import Flaw, Grant
from socle.access_tokens import ALGORITHM, SCOPE_CLAIM
from socle.exchange import new_id

if TYPE_CHECKING:
    from joserfc.jwk import RSAKey

_AWAY: Final = timedelta(hours=1)
_WRONG: Final = "https://autre.invalid/auth/realms/esante-wallet"


@dataclass(frozen=True, slots=True)
class Minted:
    """An access token and its ID token."""

    access: str
    id_token: str
    jti: str


class Mint:
    """Signs with the provider's key, once the service is started."""

    key: "RSAKey"

    def mint(
        self,
        grant: Grant,
        *,
        workspace: str,
        epoch: int,
        issuer: str,
        now: datetime,
        lifetime: timedelta,
        flaw: Flaw | None = None,
    ) -> Minted:
        """A pair for a grant, valid from ``now``."""
        if flaw is Flaw.EXPIRED:
            now -= lifetime + _AWAY
        elif flaw is Flaw.NOT_YET_VALID:
            now += _AWAY
        issuer = _WRONG if flaw is Flaw.WRONG_ISSUER else issuer
        audience = "autre-client" if flaw is Flaw.WRONG_AUDIENCE else grant.client_id
        jti = new_id()
        access = claims.token(grant, issuer, now, lifetime, jti) | {
            "typ": "Bearer",
            "azp": audience,
            "scope": grant.scope,
            SCOPE_CLAIM: {"workspace": workspace, "epoch": epoch, "grant": grant.family},
        }
        identity = claims.token(grant, issuer, now, lifetime, new_id()) | {
            "typ": "ID",
            "aud": audience,
            "azp": audience,
        }
        identity["azp"] = audience
        if flaw is Flaw.WRONG_NONCE:
            identity["nonce"] = "autre-nonce"
        if flaw is Flaw.NOT_YET_VALID:
            access["nbf"] = identity["nbf"] = access["iat"]
        signed = self._sign(access, flaw)
        return Minted(signed, self._sign(identity | {"at_hash": _half(signed)}, flaw), jti)

    def _sign(self, said: dict[str, Any], flaw: Flaw | None) -> str:
        from joserfc import jwt

        if flaw is Flaw.ALG_NONE:
            return f"{_part({'alg': 'none', 'typ': 'JWT'})}.{_part(said)}."
        kid = "cle-inconnue" if flaw is Flaw.UNKNOWN_KEY else str(self.key.kid)
        token = jwt.encode({"alg": ALGORITHM, "typ": "JWT", "kid": kid}, said, self.key, algorithms=[ALGORITHM])
        return _spoilt(token) if flaw is Flaw.WRONG_SIGNATURE else token


def _part(said: dict[str, Any]) -> str:
    return urlsafe_b64encode(json.dumps(said).encode()).rstrip(b"=").decode()


def _spoilt(token: str) -> str:
    """With another first character of its signature."""
    signed, _, signature = token.rpartition(".")
    return f"{signed}.{'B' if signature[0] == 'A' else 'A'}{signature[1:]}"


def _half(token: str) -> str:
    """``at_hash`` (OpenID Connect Core §3.1.3.6)."""
    return urlsafe_b64encode(hashlib.sha256(token.encode()).digest()[:16]).rstrip(b"=").decode()
