"""Taking back what was given: here, and for everybody who takes access tokens (``socle.control.revoked``).

The others are told first. If that fails nothing has changed and the caller is told to come again; if the process ends
between the two, the token opens nothing, and the same call ends the matter.
"""

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime

from psc_sim.revocation_store import RevocationStore
from socle.access_tokens import AccessToken
from socle.sweep.scopes import Scope

Tell = Callable[[str, Mapping[str, datetime]], None]
"""``ControlPlane.revoke_tokens``: blocks, raises ``ControlUnavailable``."""


class Revoking:
    """All ways to take something back. Each raises ``ControlUnavailable`` when the others cannot be told."""

    def __init__(self, store: RevocationStore, tell: Tell) -> None:
        self._store = store
        self._tell = tell

    async def access(self, scope: Scope, token: AccessToken) -> None:
        """One access token; the login it came of stands."""
        jti = str(token.claims["jti"])
        await self._told(scope, {jti: token.expires})
        await self._store.revoke_access(scope, token.grant, jti)

    async def refresh(self, scope: Scope, digest: str, now: datetime) -> bool:
        """A refresh token, used or not, and all that came of its login; whether it was known."""
        login = await self._store.login_of(scope, digest)
        if login is not None:
            await self.reused(scope, login)
            await self._store.revoke(scope, login[0], now)
        return login is not None

    async def reused(self, scope: Scope, login: tuple[str, datetime]) -> None:
        """A code or refresh token served twice: here its login is revoked already. It fits to be called again."""
        await self._told(scope, dict((login,)))

    async def session(self, scope: Scope, now: datetime, *, sid: str | None = None, rpps: str | None = None) -> int:
        """One session, or all of a professional; gives how many stood."""
        standing = await self._store.standing(scope, sid=sid, rpps=rpps)
        await self._told(scope, standing)
        await self._store.end(scope, now, list(standing))
        return len(standing)

    async def _told(self, scope: Scope, until: Mapping[str, datetime]) -> None:
        if until:
            await asyncio.to_thread(self._tell, scope.workspace, until)
