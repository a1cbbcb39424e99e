"""Pro Santé Connect, put together: the OpenID provider on its real paths, and what testers use beside it."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import timedelta

from fastapi import APIRouter

from psc_sim.acts.authorize import Authorize, error_page, style
from psc_sim.acts.bearer import Bearers
from psc_sim.acts.ciba import Backchannel
from psc_sim.acts.discovery import discovery
from psc_sim.acts.logout import Logout
from psc_sim.acts.token import TokenEndpoint
from psc_sim.acts.userinfo import Tokens
from psc_sim.api.routes import make_router
from psc_sim.ciba_store import CibaStore
from psc_sim.domain import names
from psc_sim.keys import public, signing_key
from psc_sim.minting import Mint
from psc_sim.revocation_store import RevocationStore
from psc_sim.revoking import Revoking
from psc_sim.settings import PscSettings
from psc_sim.store import METADATA, MIGRATIONS, PscStore
from psc_sim.sweeping import Sweeping
from psc_sim.wire.call import Call
from psc_sim.wire.endpoint import SERVICE, Endpoint, Gate, Handler
from psc_sim.wire.reply import json_reply
from socle.access_tokens import AccessTokens, folder_of
from socle.ground import Ground
from socle.service import ASGIApp
from socle.web.endpoint import Reply

_GET, _POST, _BOTH = ("GET",), ("POST",), ("GET", "POST")


class PscService:
    """See ``socle.service.Service``."""

    name = SERVICE

    def __init__(self, ground: Ground, settings: PscSettings) -> None:
        database = ground.open_store(SERVICE, METADATA, MIGRATIONS)
        store, ciba = PscStore(database), CibaStore(database)
        revoking = Revoking(RevocationStore(database), ground.control.revoke_tokens)
        sweeping = Sweeping(ground.control.clock, timedelta(seconds=settings.session_seconds))
        ground.forget_also(SERVICE, sweeping.step)
        self._folder = folder_of(ground.settings)
        self._mint = Mint()
        bearers = Bearers(AccessTokens(self._folder), store)
        gate = Gate(ground.control, ground.journal, ground.admission(SERVICE), settings.policy)
        self.mounts: Mapping[str, ASGIApp] = _browser(gate, store, Logout(store, self._mint, revoking)) | _servers(
            gate,
            TokenEndpoint(store, ciba, self._mint, revoking),
            Tokens(store, bearers, ground.control, revoking),
            self._certs,
        )
        asked = Backchannel(store, ciba, ground.control)
        self.mounts |= {names.CIBA: Endpoint(gate, "ciba", _POST, asked.ask)}
        routes = make_router(store, ciba, revoking, self._mint, control=ground.control, settings=settings)
        self.routers: Sequence[APIRouter] = (routes,)

    async def start(self) -> None:
        """Read the signing key, or make it."""
        self._mint.key = await asyncio.to_thread(signing_key, self._folder)

    async def stop(self) -> None:
        """Nothing of its own: the ground closes the database."""

    async def _certs(self, call: Call) -> Reply:
        """The key set."""
        reply = json_reply(public(self._mint.key))
        return Reply(200, reply.body, reply.content_type, [("cache-control", "no-cache")])


def _browser(gate: Gate, store: PscStore, logout: Logout) -> dict[str, ASGIApp]:
    """What a professional's browser comes to."""
    authorize = Authorize(store, gate.control)

    def page(operation: str, methods: tuple[str, ...], handler: Handler) -> Endpoint:
        return Endpoint(gate, operation, methods, handler, prepare=authorize.prepare, on_error=error_page)

    return {
        **dict.fromkeys(names.AUTHORIZE, page("authorize", _BOTH, authorize.ask)),
        names.CHOOSE: page("login", _POST, authorize.choose),
        names.CONFIRM: page("login", _POST, authorize.confirm),
        names.STYLE: Endpoint(gate, "style", _GET, style),
        names.LOGOUT: Endpoint(gate, "logout", _BOTH, logout.logout),
    }


def _servers(gate: Gate, endpoint: TokenEndpoint, tokens: Tokens, certs: Handler) -> dict[str, ASGIApp]:
    """What clients' servers call."""
    return {
        **dict.fromkeys(names.DISCOVERY, Endpoint(gate, "discovery", _GET, discovery)),
        names.CERTS: Endpoint(gate, "certs", _GET, certs),
        names.TOKEN: Endpoint(gate, "token", _POST, endpoint.token),
        names.USERINFO: Endpoint(gate, "userinfo", _BOTH, tokens.userinfo),
        names.INTROSPECT: Endpoint(gate, "introspect", _POST, tokens.introspect),
        names.REVOKE: Endpoint(gate, "revoke", _POST, tokens.revoke),
    }


def build(ground: Ground, settings: PscSettings | None = None) -> PscService:
    """Pro Santé Connect on a ground that other services may share."""
    return PscService(ground, settings or PscSettings())
