"""Access tokens that clients show: verified, and not revoked."""

import asyncio
from typing import Final

from psc_sim.domain import token_rules as rules
from psc_sim.domain.model import Grant
from psc_sim.store import PscStore
from psc_sim.wire.call import Call
from psc_sim.wire.reply import Refused
from socle.access_tokens import AccessToken, AccessTokens, BadToken, Wrong

_RULES: Final = {
    Wrong.FORM: rules.TOKEN_FORM,
    Wrong.ALGORITHM: rules.TOKEN_ALG,
    Wrong.SIGNATURE: rules.TOKEN_SIGNATURE,
    Wrong.TIME: rules.TOKEN_EXPIRED,
    Wrong.KIND: rules.TOKEN_REVOKED,
}


class Bearers:
    """Verifies with the provider's own keys."""

    def __init__(self, tokens: AccessTokens, store: PscStore) -> None:
        self._tokens = tokens
        self._store = store

    async def check(self, call: Call, token: str) -> tuple[AccessToken, Grant]:
        """The token, and the grant it came of. Raises ``Refused``."""
        try:
            found = await asyncio.to_thread(self._tokens.verify, token, call.now)
        except BadToken as bad:
            finding = _RULES[bad.wrong].finding(where="access_token", expected="RS256, exp", found=bad.found)
            raise Refused(finding) from bad
        grant = None
        if (found.workspace, found.epoch) == call.scope:
            grant = await self._store.active(call.scope, found.grant, str(found.claims["jti"]))
        if grant is None:
            raise Refused(rules.TOKEN_REVOKED.finding(where="access_token", found=found.national_id))
        return found, grant
