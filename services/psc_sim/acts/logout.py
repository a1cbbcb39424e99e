"""The end of a session (OpenID Connect RP-Initiated Logout)."""

from psc_sim.acts.authorize import COOKIE, sid_of
from psc_sim.acts.clients import authenticated
from psc_sim.domain import rules, token_rules
from psc_sim.domain.clients import digest, is_web
from psc_sim.minting import Mint
from psc_sim.revoking import Revoking
from psc_sim.store import PscStore
from psc_sim.wire import pages
from psc_sim.wire.call import Call
from psc_sim.wire.reply import Refused, redirect
from socle.access_tokens import ALGORITHM
from socle.web.endpoint import Reply


class Logout:
    """One handler, for browsers and for clients' servers."""

    def __init__(self, store: PscStore, mint: Mint, revoking: Revoking) -> None:
        self._store = store
        self._revoking = revoking
        self._mint = mint

    async def logout(self, call: Call) -> Reply:
        """By ``id_token_hint``, else the browser's own session. A server may post ``refresh_token`` instead: 204."""
        said = call.params
        if "refresh_token" in said:
            return await self._by_refresh(call)
        uri = said.get("post_logout_redirect_uri", "")
        client_id = said.get("client_id", "")
        if uri and not is_web(uri):
            client = await self._store.client(call.scope, client_id)
            if uri not in client.redirect_uris:
                raise Refused(rules.REDIRECT_SHAPE.finding(where="post_logout_redirect_uri", found=uri[:300]))
        hint = said.get("id_token_hint")
        sid = self._sid(hint) if hint else sid_of(call)
        await call.before_commit()
        ended = await self._revoking.session(call.scope, call.now, sid=sid) if sid is not None else 0
        if hint and not ended:
            call.exchange.findings.append(token_rules.LOGOUT_HINT.finding(where="id_token_hint"))
        call.exchange.subject = sid
        gone = redirect(uri, {"state": said.get("state")}) if uri else pages.page("logout.html", call.base)
        gone.headers.append(("set-cookie", f"{COOKIE}=; Path=/auth; Max-Age=0; HttpOnly; SameSite=Lax"))
        return gone

    async def _by_refresh(self, call: Call) -> Reply:
        client = await authenticated(call, self._store)
        found = await self._store.refreshable(call.scope, digest(call.required("refresh_token")))
        if found is None:
            raise Refused(token_rules.REFRESH_UNKNOWN.finding(where="refresh_token"))
        if found[1].client_id != client.client_id:
            raise Refused(token_rules.CODE_CLIENT.finding(where="client_id", found=client.client_id[:80]))
        await call.before_commit()
        await self._revoking.session(call.scope, call.now, sid=found[1].sid)
        return Reply(204)

    def _sid(self, token: str) -> str | None:
        """The session of an ID token that is ours, expired or not; None: it is not."""
        from joserfc import jwt
        from joserfc.errors import JoseError

        try:
            return str(jwt.decode(token, self._mint.key, algorithms=[ALGORITHM]).claims.get("sid"))
        except (JoseError, ValueError):
            return None
