"""Access tokens of Pro Santé Connect, verified where they are used: the provider leaves its public keys in the folder
of the authorities (``pki_dir``), which replicas share, so that no service has to ask another one.
"""

import json
from base64 import urlsafe_b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from socle.settings import GroundSettings

PUBLIC: Final = "psc-jwks.json"
ALGORITHM: Final = "RS256"
SCOPE_CLAIM: Final = "socles"
"""Ours, in every access token: the workspace and the epoch it was given in."""
LONGEST: Final = 8192
_KNOWN_FORM: Final = 3


class Wrong(StrEnum):
    """Why a token is refused."""

    FORM = "form"
    ALGORITHM = "alg"
    SIGNATURE = "signature"
    TIME = "time"
    KIND = "kind"
    """Signed by the provider, but no access token, or another workspace's."""
    REVOKED = "revoked"


class BadToken(Exception):
    """The token proves nothing. ``wrong`` says why, ``found`` what was seen."""

    def __init__(self, wrong: Wrong, found: str = "") -> None:
        super().__init__(f"{wrong}: {found}")
        self.wrong = wrong
        self.found = found


@dataclass(frozen=True, slots=True)
class AccessToken:
    """A token that is the provider's own, and valid now."""

    workspace: str
    epoch: int
    national_id: str
    """``8`` and the RPPS number."""
    client_id: str
    grant: str
    """What login it came of."""
    claims: Mapping[str, Any]

    @property
    def expires(self) -> datetime:
        """By the workspace's clock."""
        return datetime.fromtimestamp(int(self.claims["exp"]), UTC)

    @property
    def revocable(self) -> tuple[str, str, str]:
        """What may have been taken back (``Control.revoked``): the token, its login, its session."""
        return str(self.claims["jti"]), self.grant, str(self.claims["sid"])


def folder_of(settings: GroundSettings) -> Path:
    """Where the provider's keys lie."""
    return settings.pki_dir or settings.data_dir / "pki"


class AccessTokens:
    """Verifies. Reads a file when it has changed: call it in a thread."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / PUBLIC
        self._read: tuple[int, Any] | None = None

    def verify(self, token: str, now: datetime) -> AccessToken:
        """Raises ``BadToken``. ``now``: the workspace's clock (D13). ``Control.revoked`` tells what was taken back."""
        from joserfc import jwt
        from joserfc.errors import JoseError

        said = _header(token)
        if said.get("alg") != ALGORITHM:
            raise BadToken(Wrong.ALGORITHM, str(said.get("alg"))[:40])
        try:
            claims = jwt.decode(token, self._keys(), algorithms=[ALGORITHM]).claims
        except (JoseError, ValueError) as error:
            raise BadToken(Wrong.SIGNATURE, str(said.get("kid"))[:80]) from error
        return _read_claims(claims, now)

    def _keys(self) -> Any:
        from joserfc.jwk import KeySet

        try:
            changed = self._path.stat().st_mtime_ns
            if self._read is None or self._read[0] != changed:
                self._read = changed, KeySet.import_key_set(json.loads(self._path.read_bytes()))
        except OSError as error:
            raise BadToken(Wrong.SIGNATURE, "no provider has left its keys here") from error
        return self._read[1]


def _header(token: str) -> Mapping[str, Any]:
    """The header, not to be trusted yet."""
    parts = token.split(".")
    if len(parts) != _KNOWN_FORM or len(token) > LONGEST or not token.isascii():
        raise BadToken(Wrong.FORM, f"{len(token)} caractères")
    try:
        said = json.loads(urlsafe_b64decode(parts[0] + "=" * (-len(parts[0]) % 4)))
    except (ValueError, RecursionError) as error:
        raise BadToken(Wrong.FORM, "header") from error
    if not isinstance(said, dict):
        raise BadToken(Wrong.FORM, "header")
    return said


def _read_claims(claims: Mapping[str, Any], now: datetime) -> AccessToken:
    scope = claims.get(SCOPE_CLAIM)
    if claims.get("typ") != "Bearer" or not isinstance(scope, dict):
        raise BadToken(Wrong.KIND, str(claims.get("typ"))[:40])
    instant, expires = now.timestamp(), int(claims["exp"])
    if not int(claims.get("nbf", 0)) <= instant < expires:
        raise BadToken(Wrong.TIME, f"exp {expires}, {int(instant)}")
    return AccessToken(
        str(scope.get("workspace")),
        int(scope.get("epoch", 0)),
        str(claims["preferred_username"]),
        str(claims["azp"]),
        str(scope.get("grant")),
        claims,
    )
