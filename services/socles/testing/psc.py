"""Pro Santé Connect: where it is, and tokens without a browser, right or wrong."""

from collections.abc import Sequence
from dataclasses import dataclass

from socles.testing.core import Core

_PATH = "/_sandbox/psc_sim"


@dataclass(frozen=True, slots=True)
class Tokens:
    """A token set, as the token endpoint gives it."""

    access_token: str
    id_token: str
    refresh_token: str
    expires_in: int
    rpps: str
    """Whose: eleven digits; SubjectNameID is 8 and it."""
    issuer: str


class Psc:
    """Pro Santé Connect of one workspace."""

    def __init__(self, core: Core) -> None:
        self._core = core

    @property
    def issuer(self) -> str:
        """To put in place of ``https://auth.esw.esante.gouv.fr/auth/realms/esante-wallet``."""
        return f"{self._core.url}/auth/realms/esante-wallet"

    def tokens(
        self,
        rpps: str | None = None,
        *,
        client_id: str = "socles",
        scope: str = "openid scope_all",
        nonce: str | None = None,
        lifetime: int | None = None,
        flaw: str | None = None,
    ) -> Tokens:
        """As if a professional had just logged in: by default the first one of the population.

        ``lifetime`` in seconds. ``flaw``: ``expired``, ``not-yet-valid``, ``wrong-signature``, ``unknown-key``,
        ``alg-none``, ``wrong-issuer``, ``wrong-audience``, ``wrong-nonce``, ``revoked``. Raises ``Refused``.
        """
        asked = {"rpps": rpps, "nonce": nonce, "lifetime": lifetime, "flaw": flaw}
        said = {"clientId": client_id, "scope": scope} | {name: one for name, one in asked.items() if one is not None}
        told = self._core.api.post(f"{_PATH}/tokens", said)
        return Tokens(**{name: told[name] for name in Tokens.__slots__})

    def register(self, client_id: str, *, secret: str | None = None, redirect_uris: Sequence[str] = ()) -> None:
        """Hold a client to a secret and to redirect URIs; others are taken as they come."""
        told = {"clientId": client_id, "redirectUris": list(redirect_uris)}
        self._core.api.post(f"{_PATH}/clients", told | ({"secret": secret} if secret is not None else {}))

    def revoke(self, rpps: str) -> int:
        """End all sessions of a professional, as an administrator would; gives how many."""
        return int(self._core.api.post(f"{_PATH}/revoke", {"rpps": rpps})["count"])
