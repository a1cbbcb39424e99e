"""The authorization endpoint and its pages: who asks, who logs in, and the code that comes of it."""

import secrets
from collections.abc import Mapping
from functools import partial
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from psc_sim.acts.clients import named_client
from psc_sim.acts.discovery import issuer
from psc_sim.domain import authorization, names, rules
from psc_sim.domain.clients import check_redirect, digest, origin
from psc_sim.domain.model import AuthorizationRequest, Grant, Login
from psc_sim.store import NewCode, PscStore
from psc_sim.wire import pages
from psc_sim.wire.call import Call
from psc_sim.wire.endpoint import refuse_first
from psc_sim.wire.reply import Denied, Refused, redirect
from socle.address import header
from socle.control.model import Professional
from socle.control.port import Control
from socle.exchange import new_id
from socle.web.endpoint import Reply

COOKIE: Final = "socles_psc"
_MOST: Final = 12
_SEARCH: Final = "recherche"
_OURS: Final = frozenset({_SEARCH, "rpps", "decision", "channel"})
_CHANNELS: Final = ("MOBILE", "CARD")


def error_page(error: str, description: str, status: int | None, *, base: str = "") -> Reply:
    """What the professional sees when the browser cannot be sent back."""
    return pages.page("error.html", base, status=status or 400, error=error, description=description)


class Authorize:
    """Three handlers on one request, which goes along in the pages' addresses and is checked anew each time."""

    def __init__(self, store: PscStore, control: Control) -> None:
        self._store = store
        self._control = control

    async def prepare(self, call: Call) -> None:
        """Client and redirect URI: until they are known to be good, errors stay here (RFC 6749 §4.1.2.1)."""
        call.on_error = partial(error_page, base=call.base)
        said = self._said(call)
        client_id, uri = said.get("client_id", ""), said.get("redirect_uri", "")
        if not client_id or not uri:
            missing = "redirect_uri" if client_id else "client_id"
            raise Refused(rules.MALFORMED.finding(where=missing, expected=missing))
        client = await named_client(call, self._store, client_id)
        found = check_redirect(client, uri)
        if found is not None:
            raise Refused(found)

        def back(error: str, description: str, status: int | None) -> Reply:
            more = {"error": error, "error_description": description, "state": said.get("state")}
            return redirect(uri, more | {"iss": issuer(call.base)}, fragment=said.get("response_mode") == "fragment")

        call.on_error = back

    async def ask(self, call: Call) -> Reply:
        """The request as the client's redirection brings it: at once if a login is there already, else a page."""
        request = await self._request(call)
        session = await self._session(call, request)
        if session is not None:
            return await self._give(call, request, session["rpps"], session["channel"], session)
        hinted = self._hinted(call, request)
        if hinted is not None and ("none" in request.prompt or call.policy.login is Login.AT_ONCE):
            return await self._give(call, request, hinted.rpps, "MOBILE")
        if "none" in request.prompt:
            unknown = request.login_hint is not None
            raise Refused((rules.NOBODY if unknown else rules.LOGIN_REQUIRED).finding(where="prompt", found="none"))
        return self._choose(call, request, hinted)

    async def choose(self, call: Call) -> Reply:
        """A professional was chosen: the second factor, simulated."""
        request = await self._request(call)
        who, channel = self._chosen(call)
        shown = self._shown(call, who)
        number = f"{secrets.randbelow(90) + 10}"
        reply = self._page(
            call, request, "validate.html", target=names.CONFIRM, who=shown, channel=channel, number=number
        )
        if call.policy.login is Login.AUTO:
            again = self._said(call) | {"login_hint": who.rpps, "prompt": "none"}
            reply.headers.append(("refresh", f"1; url={call.base}{names.AUTHORIZE[0]}?{urlencode(again)}"))
        return reply

    async def confirm(self, call: Call) -> Reply:
        """Validated or refused on the phone."""
        request = await self._request(call)
        who, channel = self._chosen(call)
        if call.form.get("decision") != "accept":
            raise Denied("access_denied", "The professional refused on the phone")
        return await self._give(call, request, who.rpps, channel)

    async def _request(self, call: Call) -> AuthorizationRequest:
        said = self._said(call)
        client = await self._store.client(call.scope, said["client_id"])
        request, findings = authorization.check(said, client, call.policy)
        refuse_first(findings, call)
        return request

    def _said(self, call: Call) -> dict[str, str]:
        """The request's own parameters: in the query, unless the client posts them (OpenID Connect Core §3.1.2.1)."""
        said = call.query if "client_id" in call.query else call.form
        return {name: value for name, value in said.items() if name not in _OURS}

    async def _session(self, call: Call, request: AuthorizationRequest) -> Mapping[str, Any] | None:
        """The login the browser has already, if it may serve."""
        sid = sid_of(call)
        if sid is None or "login" in request.prompt:
            return None
        session = await self._store.session(call.scope, sid)
        if (
            session is None
            or not session["auth_time"] <= call.now < session["auth_time"] + call.policy.lifetimes.session
        ):
            return None
        hint = authorization.rpps_of(request.login_hint) if request.login_hint else None
        return session if hint in (None, session["rpps"]) else None

    def _hinted(self, call: Call, request: AuthorizationRequest) -> Professional | None:
        rpps = authorization.rpps_of(request.login_hint) if request.login_hint else None
        return self._control.population(call.workspace.name).professional(rpps) if rpps is not None else None

    def _chosen(self, call: Call) -> tuple[Professional, str]:
        rpps, channel = call.form.get("rpps", ""), call.form.get("channel", _CHANNELS[0])
        found = self._control.population(call.workspace.name).professional(rpps)
        if found is None or channel not in _CHANNELS:
            raise Refused(rules.NOBODY.finding(where="rpps", found=rpps[:40]))
        return found, channel

    def _choose(self, call: Call, request: AuthorizationRequest, hinted: Professional | None) -> Reply:
        people = self._control.population(call.workspace.name)
        text = call.params.get(_SEARCH, "").strip()[:100]
        found = pages.search(list(people.professionals), text, _MOST)
        if hinted is not None and not text:
            found = [hinted, *(one for one in found if one is not hinted)][:_MOST]
        shown = [self._shown(call, one) for one in found]
        return self._page(
            call,
            request,
            "choose.html",
            target=names.CHOOSE,
            people=shown,
            text=text,
            again=call.base + names.AUTHORIZE[0],
        )

    def _shown(self, call: Call, one: Professional) -> dict[str, str]:
        return pages.person(one, self._control.population(call.workspace.name).establishment(one.finess_eg))

    def _page(self, call: Call, request: AuthorizationRequest, template: str, *, target: str, **shown: Any) -> Reply:
        said = self._said(call)
        return pages.page(
            template,
            call.base,
            origin=origin(request.redirect_uri),
            action=f"{call.base}{target}?{urlencode(said)}",
            client=request.client.client_id,
            host=urlsplit(request.redirect_uri).netloc or request.redirect_uri,
            said=said,
            **shown,
        )

    async def _give(
        self,
        call: Call,
        request: AuthorizationRequest,
        rpps: str,
        channel: str,
        session: Mapping[str, Any] | None = None,
    ) -> Reply:
        """A code, bound to the request, and a session for the browser."""
        sid = session["sid"] if session is not None else new_id()
        since = session["auth_time"] if session is not None else call.now
        client = request.client.client_id
        grant = Grant(new_id(), sid, client, rpps, request.scope, request.nonce, since, channel)
        code = f"{new_id()}.{secrets.token_urlsafe(24)}"
        expires = call.now + call.policy.lifetimes.code
        await call.before_commit()
        kept = NewCode(digest(code), request.redirect_uri, request.challenge, request.method, expires)
        await self._store.grant(call.scope, grant, code=kept)
        call.exchange.subject = sid
        said = {"code": code, "state": request.state, "session_state": sid, "iss": issuer(call.base)}
        # 303: a browser that posted the confirmation must not post to the client
        reply = redirect(request.redirect_uri, said, fragment=request.response_mode == "fragment", status=303)
        reply.headers.append(("set-cookie", _cookie(call, sid)))
        return reply


def sid_of(call: Call) -> str | None:
    """The session that the browser's cookie names."""
    for pair in (header(call.asgi, b"cookie") or "").split(";"):
        name, _, value = pair.strip().partition("=")
        if name == COOKIE and value.isascii() and value.isprintable():
            return value
    return None


def _cookie(call: Call, sid: str) -> str:
    secure = "; Secure" if call.base.startswith("https:") else ""
    return f"{COOKIE}={sid}; Path={urlsplit(call.base).path}/auth; HttpOnly; SameSite=Lax{secure}"


async def style(call: Call) -> Reply:
    """The pages' stylesheet."""
    headers = [("cache-control", "max-age=300"), ("x-content-type-options", "nosniff")]
    return Reply(200, pages.STYLESHEET, "text/css; charset=utf-8", headers, shown=b"/* psc.css */")
