"""The token endpoint: a code, a refresh token or a confirmed CIBA request becomes tokens."""

import secrets
from typing import Any

from psc_sim.acts.clients import authenticated
from psc_sim.acts.discovery import issuer
from psc_sim.ciba_store import CibaStore
from psc_sim.domain import exchange, names
from psc_sim.domain import token_rules as rules
from psc_sim.domain.clients import digest
from psc_sim.domain.model import Client, Flaw, Grant
from psc_sim.minting import Mint
from psc_sim.revoking import Revoking
from psc_sim.store import NewRefresh, PscStore, Spent
from psc_sim.wire.call import Call
from psc_sim.wire.reply import Denied, Refused, json_reply
from socle.rules import Finding
from socle.web.endpoint import Reply


def tokens_of(call: Call, mint: Mint, grant: Grant, refresh: str) -> dict[str, Any]:
    """The members of a token answer."""
    lifetimes = call.policy.lifetimes
    minted = mint.mint(
        grant,
        workspace=call.workspace.name,
        epoch=call.workspace.epoch,
        issuer=issuer(call.base),
        now=call.now,
        lifetime=lifetimes.access,
        flaw=call.flaw,
    )
    return {
        "access_token": minted.access,
        "expires_in": int(lifetimes.access.total_seconds()),
        "refresh_expires_in": int(lifetimes.refresh.total_seconds()),
        "refresh_token": refresh,
        "token_type": "Bearer",
        "id_token": minted.id_token,
        "not-before-policy": 0,
        "session_state": grant.sid,
        "scope": grant.scope,
    }


def new_refresh(call: Call) -> tuple[str, NewRefresh]:
    """A refresh token, and what is kept of it."""
    token = secrets.token_urlsafe(48)
    lifetimes = call.policy.lifetimes
    return token, NewRefresh(digest(token), call.now + lifetimes.refresh, call.now + lifetimes.access)


class TokenEndpoint:
    """One handler, three grants."""

    def __init__(self, store: PscStore, ciba: CibaStore, mint: Mint, revoking: Revoking) -> None:
        self._store = store
        self._revoking = revoking
        self._ciba = ciba
        self._mint = mint

    async def token(self, call: Call) -> Reply:
        """RFC 6749 §3.2."""
        match call.required("grant_type"):
            case names.CODE_GRANT:
                client = await authenticated(call, self._store)
                return await self._code(call, client)
            case names.REFRESH_GRANT:
                client = await authenticated(call, self._store)
                return await self._refresh(call, client)
            case names.CIBA_GRANT:
                return await self._confirmed(call)
            case other:
                raise Refused(rules.GRANT_TYPE.finding(where="grant_type", found=other[:80]))

    async def _code(self, call: Call, client: Client) -> Reply:
        code, redirect_uri = call.required("code"), call.required("redirect_uri")
        verifier = call.form.get("code_verifier")

        def check(spent: Spent) -> Finding | None:
            return exchange.check_code(
                spent.row,
                spent.grant,
                client=client.client_id,
                redirect_uri=redirect_uri,
                verifier=verifier,
                now=call.now,
            )

        await call.before_commit()
        refresh, kept = new_refresh(call)
        spent, found = await self._store.redeem(call.scope, digest(code), call.now, refresh=kept, check=check)
        return await self._given(call, spent, found, refresh)

    async def _refresh(self, call: Call, client: Client) -> Reply:
        old, session = call.required("refresh_token"), call.policy.lifetimes.session

        def check(spent: Spent) -> Finding | None:
            return exchange.check_refresh(
                spent.row, spent.grant, client=client.client_id, session=session, now=call.now
            )

        await call.before_commit()
        refresh, kept = new_refresh(call)
        spent, found = await self._store.rotate(call.scope, digest(old), call.now, refresh=kept, check=check)
        return await self._given(call, spent, found, refresh)

    async def _confirmed(self, call: Call) -> Reply:
        """CIBA by polling. ANS's own example polls without client authentication and without waiting."""
        key = call.required("auth_req_id")
        if call.basic()[0] is not None or "client_id" in call.form:
            await authenticated(call, self._store)
        await call.before_commit()
        refresh, kept = new_refresh(call)
        grant, found = await self._ciba.collect(
            call.scope, digest(key), now=call.now, refresh=kept, manual=call.policy.ciba_manual
        )
        if found is not None:
            raise Refused(found) if isinstance(found, Finding) else Denied(*found)
        assert grant is not None
        return await self._answer(call, grant, refresh)

    async def _given(self, call: Call, spent: Spent, found: Finding | None, refresh: str) -> Reply:
        if spent.revoked is not None:
            await self._revoking.reused(call.scope, spent.revoked)
        if found is not None:
            raise Refused(found)
        assert spent.grant is not None
        return await self._answer(call, spent.grant, refresh)

    async def _answer(self, call: Call, grant: Grant, refresh: str) -> Reply:
        said = tokens_of(call, self._mint, grant, refresh)
        if call.flaw is Flaw.REVOKED:
            await self._revoking.session(call.scope, call.now, sid=grant.sid)
        call.exchange.subject = grant.sid
        return json_reply(said)
