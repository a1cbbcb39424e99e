"""Pro Santé Connect served over real HTTP, behind the real outer application; with what its tests look at."""

import asyncio
import base64
import hashlib
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
from pydantic import SecretStr

from psc_sim.app import build
from psc_sim.domain import names
from psc_sim.settings import PscSettings
from socle.control.model import Professional
from socle.control.plane import ControlPlane
from socle.control.settings import ControlSettings
from socle.exchange import Exchange
from socle.ground import Ground
from socle.http_protocol import HttpProtocol
from socle.http_server import HttpServer, listen
from socle.settings import GroundSettings
from socle.store.port import Store
from socle.web.factory import create_app
from support.list_journal import ListJournal

BACK = "http://127.0.0.1:3000/retour"


@dataclass(slots=True)
class Asking:
    """One request for a login, right in everything unless it is changed."""

    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(48))
    more: dict[str, str | None] = field(default_factory=dict)

    @property
    def params(self) -> dict[str, str]:
        challenge = base64.urlsafe_b64encode(hashlib.sha256(self.verifier.encode()).digest()).rstrip(b"=").decode()
        right: dict[str, str | None] = {
            "response_type": "code",
            "client_id": "mon-lps",
            "redirect_uri": BACK,
            "scope": "openid scope_all",
            "acr_values": "eidas1",
            "state": "etat-1",
            "nonce": "nonce-1",
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        return {name: value for name, value in (right | self.more).items() if value is not None}


@dataclass(slots=True)
class Psc:
    """A running provider."""

    url: str
    http: httpx.AsyncClient
    control: ControlPlane
    journal: ListJournal
    store: Store

    @property
    def people(self) -> list[Professional]:
        return sorted(self.control.population("default").professionals, key=lambda one: one.rpps)

    @property
    def last(self) -> Exchange:
        return self.journal.exchanges[-1]

    @property
    def rules(self) -> list[str]:
        return [finding.rule.id for finding in self.last.findings]

    async def ask(self, asking: Asking, **more: str) -> httpx.Response:
        return await self.http.get(names.AUTHORIZE[0], params=asking.params | more)

    async def code(self, asking: Asking, rpps: str | None = None, **more: str) -> str:
        """A code, without any page; no session is used or left."""
        self.http.cookies.clear()
        answer = await self.ask(asking, login_hint=rpps or self.people[0].rpps, prompt="none", **more)
        assert answer.status_code == 303, answer.text
        self.http.cookies.clear()
        return told(answer)["code"]

    async def token(self, *, secret: str | None = "secret", **form: str | None) -> httpx.Response:
        said = {"client_id": "mon-lps", "client_secret": secret} | form
        return await self.http.post(names.TOKEN, data={key: value for key, value in said.items() if value is not None})

    async def exchanged(self, code: str, asking: Asking, /, **form: str | None) -> httpx.Response:
        said: dict[str, str | None] = {"code": code, "redirect_uri": BACK, "code_verifier": asking.verifier}
        return await self.token(**({"grant_type": "authorization_code"} | said | form))

    async def tokens(self, rpps: str | None = None) -> dict[str, Any]:
        """A whole login."""
        asking = Asking()
        answer = await self.exchanged(await self.code(asking, rpps), asking)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def refreshed(self, token: str, **form: str | None) -> httpx.Response:
        return await self.token(grant_type="refresh_token", refresh_token=token, **form)

    async def userinfo(self, token: str) -> httpx.Response:
        return await self.http.get(names.USERINFO, headers={"authorization": f"Bearer {token}"})

    async def advance(self, seconds: float) -> None:
        (await self.http.post("/_sandbox/clock/advance", json={"by": seconds})).raise_for_status()

    async def options(self, **options: str) -> None:
        said = {name.replace("_", "."): value for name, value in options.items()}
        answer = await self.http.patch("/_sandbox/workspaces/default", json={"options": said})
        answer.raise_for_status()

    async def fault(self, **rule: object) -> None:
        answer = await self.http.post("/_sandbox/faults", json={"service": "psc_sim", **rule})
        assert answer.status_code == 201, answer.text


def told(answer: httpx.Response) -> dict[str, str]:
    """What a redirection tells the client."""
    parts = urlsplit(answer.headers["location"])
    return dict(parse_qsl(parts.query or parts.fragment))


@asynccontextmanager
async def psc(
    folder: Path, settings: PscSettings | None = None, *, database: str | None = None, keys: Path | None = None
) -> AsyncIterator[Psc]:
    """Serve it alone on a free port, over a population of two establishments; ``keys``: a folder of keys to share."""
    url = SecretStr(database) if database else None
    ground_settings = GroundSettings(data_dir=folder, database_url=url, pki_dir=keys)
    control = ControlPlane(ground_settings, ControlSettings(establishments=2, patients_per_establishment=3))
    journal = ListJournal(ground_settings)
    ground = Ground(ground_settings, control, journal)
    service = build(ground, settings or PscSettings())
    app = await asyncio.to_thread(create_app, ground, [service])
    server = HttpServer(app, [listen("127.0.0.1", 0)], protocol=HttpProtocol)
    async with ground:
        await service.start()
        await server.start()
        host, port = server.addresses[0]
        url = f"http://{host}:{port}"
        try:
            async with httpx.AsyncClient(base_url=url, trust_env=False, timeout=20) as http:
                yield Psc(url, http, control, journal, ground.holdings()[0].store)
        finally:
            await server.stop()
            await service.stop()
