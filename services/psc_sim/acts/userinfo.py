"""Userinfo, introspection and revocation: what happens to tokens after they were given."""

from psc_sim.acts.bearer import Bearers
from psc_sim.acts.clients import authenticated
from psc_sim.domain import claims, rules, token_rules
from psc_sim.domain.clients import digest
from psc_sim.revoking import Revoking
from psc_sim.store import PscStore
from psc_sim.wire.call import Call
from psc_sim.wire.reply import Refused, json_reply
from socle.access_tokens import SCOPE_CLAIM
from socle.address import header
from socle.control.port import Control
from socle.web.endpoint import Reply


class Tokens:
    """The three handlers."""

    def __init__(self, store: PscStore, bearers: Bearers, control: Control, revoking: Revoking) -> None:
        self._store = store
        self._revoking = revoking
        self._bearers = bearers
        self._control = control

    async def userinfo(self, call: Call) -> Reply:
        """Who the professional is (OpenID Connect Core §5.3)."""
        token = call.bearer()
        if not token:
            scheme = (header(call.asgi, b"authorization") or "").partition(" ")[0]
            raise Refused(token_rules.TOKEN_FORM.finding(where="Authorization", expected="Bearer …", found=scheme[:20]))
        _, grant = await self._bearers.check(call, token)
        people = self._control.population(call.workspace.name)
        professional = people.professional(grant.rpps)
        if professional is None:
            raise Refused(rules.NOBODY.finding(where="sub", found=grant.national_id), 401)
        call.exchange.subject = grant.sid
        return json_reply(claims.userinfo(grant, professional, people.establishment(professional.finess_eg)))

    async def introspect(self, call: Call) -> Reply:
        """Whether a token is valid (RFC 7662); the real one wants the client's secret. SubjectNameID comes with access
        tokens only."""
        await authenticated(call, self._store, secret_wanted=True)
        token = call.required("token")
        refresh = await self._store.refreshable(call.scope, digest(token))
        if refresh is not None:
            row, grant = refresh
            if row["expires_at"] <= call.now:
                return json_reply({"active": False})
            said = {
                "active": True,
                "typ": "Refresh",
                "exp": int(row["expires_at"].timestamp()),
                "sub": claims.subject(grant.national_id),
                "azp": grant.client_id,
                "client_id": grant.client_id,
                "username": grant.national_id,
                "scope": grant.scope,
                "session_state": grant.sid,
            }
            return json_reply(said)
        try:
            found, grant = await self._bearers.check(call, token)
        except Refused as refused:
            call.exchange.findings.append(refused.finding)
            return json_reply({"active": False})
        shown = {name: value for name, value in found.claims.items() if name != SCOPE_CLAIM}
        more = {
            "client_id": grant.client_id,
            "username": grant.national_id,
            "SubjectNameID": grant.national_id,
            "active": True,
        }
        return json_reply(shown | more)

    async def revoke(self, call: Call) -> Reply:
        """Revoke a token (RFC 7009); a refresh token takes all of its login with it. An unknown one is no error."""
        client = await authenticated(call, self._store)
        token = call.required("token")
        await call.before_commit()
        found = await self._store.refreshable(call.scope, digest(token))
        if found is not None and found[1].client_id != client.client_id:
            raise Refused(token_rules.CODE_CLIENT.finding(where="token", expected=found[1].client_id[:80]))
        if not await self._revoking.refresh(call.scope, digest(token), call.now):
            try:
                access, _ = await self._bearers.check(call, token)
            except Refused as refused:
                call.exchange.findings.append(refused.finding)
            else:
                await self._revoking.access(call.scope, access)
        return Reply(200, headers=[("cache-control", "no-store")])
