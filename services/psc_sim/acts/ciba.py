"""The backchannel authentication endpoint (OpenID CIBA Core §7), by polling."""

import secrets
from typing import Final

from psc_sim.acts.clients import authenticated
from psc_sim.ciba_store import CibaStore
from psc_sim.domain import rules
from psc_sim.domain.authorization import rpps_of
from psc_sim.domain.clients import digest
from psc_sim.store import PscStore
from psc_sim.wire.call import Call
from psc_sim.wire.endpoint import refuse_first
from psc_sim.wire.reply import Denied, Refused, json_reply
from socle.control.port import Control
from socle.web.endpoint import Reply

_INTERVAL: Final = 1
_LONGEST_MESSAGE: Final = 100


class Backchannel:
    """One handler."""

    def __init__(self, store: PscStore, ciba: CibaStore, control: Control) -> None:
        self._store = store
        self._ciba = ciba
        self._control = control

    async def ask(self, call: Call) -> Reply:
        """Ask the professional that ``login_hint`` names to confirm. ``channel``: CARD or MOBILE, as ANS's example."""
        client = await authenticated(call, self._store)
        scope = " ".join(call.required("scope").split())
        findings = []
        if "openid" not in scope.split():
            findings.append(rules.SCOPE.finding(where="scope", expected="openid", found=scope[:200]))
        if call.form.get("acr_values") != "eidas1":
            findings.append(rules.ACR.finding(where="acr_values", expected="eidas1"))
        refuse_first(findings, call)
        hint = call.required("login_hint")
        message = call.form.get("binding_message", "")
        if len(message) > _LONGEST_MESSAGE:
            raise Denied("invalid_binding_message", "binding_message is too long")
        rpps = rpps_of(hint)
        if rpps is None or self._control.population(call.workspace.name).professional(rpps) is None:
            call.exchange.findings.append(rules.NOBODY.finding(where="login_hint", found=hint[:80]))
            raise Denied("unknown_user_id", rules.NOBODY.title_en)
        channel = call.form.get("channel", "MOBILE")
        if channel not in ("CARD", "MOBILE"):
            raise Refused(rules.MALFORMED.finding(where="channel", expected="CARD, MOBILE", found=channel[:40]))
        await call.before_commit()
        key, lifetime = secrets.token_urlsafe(32), call.policy.lifetimes.ciba
        values = {
            "client_id": client.client_id,
            "rpps": rpps,
            "scope": scope,
            "channel": channel,
            "binding_message": message,
            "expires_at": call.now + lifetime,
        }
        await self._ciba.ask(call.scope, digest(key), values)
        return json_reply({"auth_req_id": key, "expires_in": int(lifetime.total_seconds()), "interval": _INTERVAL})
