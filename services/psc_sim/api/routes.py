"""``/_sandbox/psc_sim``: tokens without a browser, right or wrong; clients; the phone of CIBA; the end of sessions."""

import secrets
from datetime import timedelta
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Body, Path, Request, Response
from pydantic import Field

from psc_sim.acts.discovery import issuer
from psc_sim.ciba_store import CibaStore
from psc_sim.domain.authorization import rpps_of
from psc_sim.domain.clients import digest, may_be_registered
from psc_sim.domain.model import Client, Flaw, Grant
from psc_sim.minting import Mint
from psc_sim.revoking import Revoking
from psc_sim.settings import PscSettings
from psc_sim.store import NewRefresh, PscStore
from socle.address import base_url
from socle.control.port import Control
from socle.exchange import new_id
from socle.sweep.scopes import Scope
from socle.web.errors import Refusal, not_found
from socle.web.invalid import worded
from socle.web.model import Current, Json

PREFIX = "/_sandbox/psc_sim"
_RPPS = worded(r"^8?\d{11}$", "un RPPS, 11 chiffres, ou 8 et le RPPS", "an RPPS number, 11 digits, or 8 and the number")
_VISIBLE = worded(r"^[!-~]+$", "ASCII visible, sans espace", "visible ASCII, without spaces")
_ASCII = worded(r"^[ -~]*$", "ASCII visible et espaces", "visible ASCII and spaces")
_Rpps = Annotated[str, Field(pattern=_RPPS, description="RPPS number, or 8 and it", examples=["99900000016"])]
_Name = Annotated[str, Field(min_length=1, max_length=200, pattern=_VISIBLE)]
_NOBODY: dict[int | str, dict[str, Any]] = {404: {"description": "Nobody, or nothing, of that name in this workspace"}}


class TokensAsked(Json):
    """For whom, and how they are to be wrong."""

    rpps: _Rpps | None = Field(None, description="By default the first professional of the population")
    client_id: _Name = "socles"
    scope: Annotated[str, Field(max_length=500, pattern=_ASCII)] = "openid scope_all"
    nonce: Annotated[str, Field(max_length=500, pattern=_ASCII)] | None = None
    lifetime: Annotated[int, Field(ge=1, le=604_800, description="Seconds")] | None = None
    flaw: Flaw | None = None


class TokenSet(Json):
    """As the token endpoint answers, in its own spelling."""

    access_token: str = Field(alias="access_token")
    id_token: str = Field(alias="id_token")
    refresh_token: str = Field(alias="refresh_token")
    token_type: str = Field("Bearer", alias="token_type")
    expires_in: int = Field(alias="expires_in")
    scope: str
    session_state: str = Field(alias="session_state")
    issuer: str
    rpps: str
    flaw: Flaw | None


class NewClient(Json):
    """A client to register."""

    client_id: _Name
    secret: Annotated[str, Field(min_length=8, max_length=200)] | None = None
    redirect_uris: Annotated[list[Annotated[str, Field(max_length=2000)]], Field(max_length=50)] = Field(
        default_factory=list, description="Exactly these; none: any http(s) address"
    )


class ClientView(Json):
    """A registered client; its secret is told to nobody."""

    client_id: str
    has_secret: bool
    redirect_uris: list[str]


class Decision(Json):
    """What a professional does on the phone about all that waits."""

    rpps: _Rpps
    decision: Literal["accept", "refuse"] = "accept"


class Person(Json):
    """Whose sessions."""

    rpps: _Rpps


class Count(Json):
    """How many."""

    count: int


class Waiting(Json):
    """A CIBA request that waits to be confirmed."""

    client_id: str
    rpps: str
    channel: str
    binding_message: str


_WANTED = {
    "right ones": {"value": {}},
    "expired": {"value": {"flaw": "expired"}},
    "for ten minutes, signed by somebody else": {"value": {"lifetime": 600, "flaw": "wrong-signature"}},
}
_CLIENT = {
    "with a secret": {
        "value": {"clientId": "mon-lps", "secret": "secret-de-test", "redirectUris": ["http://127.0.0.1:3000/retour"]}
    }
}
_PHONE = {"refuse": {"value": {"rpps": "99900000016", "decision": "refuse"}}}
_WHOSE = {"a professional": {"value": {"rpps": "99900000016"}}}


def make_router(
    store: PscStore, ciba: CibaStore, revoking: Revoking, mint: Mint, *, control: Control, settings: PscSettings
) -> APIRouter:
    """The routes, on what the service made."""
    api = APIRouter(prefix=PREFIX, tags=["Pro Santé Connect"])

    @api.post("/tokens", status_code=201, responses=_NOBODY)
    async def tokens(
        request: Request, workspace: Current, asked: Annotated[TokensAsked, Body(openapi_examples=_WANTED)]
    ) -> TokenSet:
        """A token set without a browser, as if the professional had just logged in."""
        people = control.population(workspace.name)
        rpps = rpps_of(asked.rpps) if asked.rpps is not None else min(one.rpps for one in people.professionals)
        if rpps is None or people.professional(rpps) is None:
            raise not_found(f"Professionnel {asked.rpps}", f"Professional {asked.rpps}")
        now, scope = control.clock(workspace.name).now(), Scope(workspace.name, workspace.epoch)
        lifetimes = settings.policy(workspace.options).lifetimes
        lifetime = timedelta(seconds=asked.lifetime) if asked.lifetime is not None else lifetimes.access
        family, refresh = new_id(), secrets.token_urlsafe(48)
        grant = Grant(family, family, asked.client_id, rpps, asked.scope, asked.nonce, now, "MOBILE")
        await store.grant(scope, grant, refresh=NewRefresh(digest(refresh), now + lifetimes.refresh, now + lifetime))
        base = base_url(request.scope)
        minted = mint.mint(
            grant,
            workspace=workspace.name,
            epoch=workspace.epoch,
            issuer=issuer(base),
            now=now,
            lifetime=lifetime,
            flaw=asked.flaw,
        )
        if asked.flaw is Flaw.REVOKED:
            await revoking.session(scope, now, sid=family)
        return TokenSet(
            access_token=minted.access,
            id_token=minted.id_token,
            refresh_token=refresh,
            token_type="Bearer",  # noqa: S106 - its kind
            expires_in=int(lifetime.total_seconds()),
            scope=asked.scope,
            session_state=family,
            issuer=issuer(base),
            rpps=rpps,
            flaw=asked.flaw,
        )

    @api.get("/clients")
    async def clients(workspace: Current) -> list[ClientView]:
        """Those that are registered; unless the option ``psc.clients`` is ``registered``, all others are taken too."""
        return [_view(one) for one in await store.clients(Scope(workspace.name, workspace.epoch))]

    @api.post("/clients", status_code=201)
    async def register(workspace: Current, new: Annotated[NewClient, Body(openapi_examples=_CLIENT)]) -> ClientView:
        """Register a client, in place of one of the same name."""
        for uri in new.redirect_uris:
            if not may_be_registered(uri):
                raise Refusal(
                    422, "redirect.shape", f"Adresse de retour non admise : {uri!r}", f"Not a redirect URI: {uri!r}"
                )
        secret = digest(new.secret) if new.secret is not None else None
        client = Client(new.client_id, True, secret, tuple(new.redirect_uris))
        await store.keep_client(Scope(workspace.name, workspace.epoch), client)
        return _view(client)

    @api.delete("/clients/{client_id}", status_code=204, responses=_NOBODY, response_class=Response)
    async def forget(workspace: Current, client_id: Annotated[str, Path(max_length=200)]) -> Response:
        """Forget a client."""
        if not await store.drop_client(Scope(workspace.name, workspace.epoch), client_id):
            raise not_found(f"Client {client_id}", f"Client {client_id}")
        return Response(status_code=204)

    @api.get("/ciba")
    async def waiting(workspace: Current) -> list[Waiting]:
        """CIBA requests that nobody has answered yet."""
        now = control.clock(workspace.name).now()
        rows = await ciba.pending(Scope(workspace.name, workspace.epoch), now)
        return [Waiting(**{name: row[name] for name in Waiting.model_fields}) for row in rows]

    @api.post("/ciba")
    async def decide(workspace: Current, said: Annotated[Decision, Body(openapi_examples=_PHONE)]) -> Count:
        """Confirm, or refuse, what waits on a professional's phone (option ``psc.ciba`` = ``manual``)."""
        now = control.clock(workspace.name).now()
        scope = Scope(workspace.name, workspace.epoch)
        return Count(count=await ciba.decide(scope, str(rpps_of(said.rpps)), said.decision, now))

    @api.post("/revoke")
    async def revoke(workspace: Current, whose: Annotated[Person, Body(openapi_examples=_WHOSE)]) -> Count:
        """End all sessions of a professional: every token they gave is revoked."""
        now = control.clock(workspace.name).now()
        scope = Scope(workspace.name, workspace.epoch)
        return Count(count=await revoking.session(scope, now, rpps=str(rpps_of(whose.rpps))))

    return api


def _view(client: Client) -> ClientView:
    uris = list(client.redirect_uris)
    return ClientView(client_id=client.client_id, has_secret=client.secret_digest is not None, redirect_uris=uris)
