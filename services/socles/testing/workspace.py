"""The fixture ``socles``: one workspace, and everything one does with it."""

import re
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import Unpack

import httpx

from socles.testing.api import NOT_FOUND, Api, Refused
from socles.testing.certificates import Certificates
from socles.testing.clock import Clock
from socles.testing.core import Core
from socles.testing.dmp import Dmp
from socles.testing.events import Events
from socles.testing.exchanges import Exchange
from socles.testing.faults import Fault, FaultSettings, inject
from socles.testing.indicators import Indicators
from socles.testing.insi import Insi
from socles.testing.mss import Mss
from socles.testing.population import Population
from socles.testing.psc import Psc
from socles.testing.server import Server
from socles.testing.signing import Signing
from socles.testing.smtp import Smtp

TIMEOUT = 5.0
"""Seconds an expectation waits by default."""
_TTL = timedelta(hours=1)
"""After its last use: a workspace that a killed run left behind, or that a failed test keeps, is deleted then."""


class Socles:
    """One workspace of a sandbox: own data, journal, faults, clock, people and indicators."""

    def __init__(self, core: Core, server: Server) -> None:
        self._core = core
        self._server = server
        self.dmp = Dmp(core)
        self.mss = Mss(core)
        self.insi = Insi(core)
        self.psc = Psc(core)
        self.sign = Signing(core)
        self.certificates = Certificates(core)
        self.events = Events(core)
        self.indicators = Indicators(core)
        self.clock = Clock(core.api)
        self.population = Population(core.api)

    @property
    def core(self) -> Core:
        """What the kit's own parts share."""
        return self._core

    @property
    def name(self) -> str:
        """The workspace's."""
        return self._core.name

    @property
    def url(self) -> str:
        """Base of all paths of this workspace: put it in place of the national host's ``https://…``."""
        return self._core.url

    @property
    def tls_url(self) -> str:
        """As ``url``, over TLS. Raises ``LookupError`` where the sandbox does not serve it, or did not say so."""
        return self._secure("tls", self._server.tls)

    @property
    def mutual_url(self) -> str:
        """As ``url``, over TLS that asks for the client's certificate. Raises ``LookupError`` likewise."""
        return self._secure("mutual", self._server.mutual)

    def _secure(self, name: str, base: str | None) -> str:
        if base is None:
            raise LookupError(f"pas de TLS connu ici / no TLS known here: --socles-{name}=https://host:port")
        return f"{base}/w/{self.name}"

    @property
    def insi_url(self) -> str:
        """WS_INS2."""
        return f"{self.url}/lps"

    @property
    def dmp_repository_url(self) -> str:
        """ITI-41 and ITI-43."""
        return f"{self.url}/si-dmp-server/v2/services/repository"

    @property
    def dmp_registry_url(self) -> str:
        """ITI-18."""
        return f"{self.url}/si-dmp-server/v2/services/registry"

    @property
    def smtp(self) -> Smtp:
        """Submission of mail."""
        host, port = self._server.smtp
        return Smtp(host, port, self.name, self.certificates.context)

    @property
    def headers(self) -> Mapping[str, str]:
        """For software that hard-codes the paths: names the workspace in place of ``/w/…`` in the URL."""
        return {"X-Socles-Workspace": self.name}

    @property
    def environment(self) -> dict[str, str]:
        """The same as environment variables, for software under test that runs in a process of its own."""
        return {
            "SOCLES_URL": self.url,
            "SOCLES_INSI_URL": self.insi_url,
            "SOCLES_DMP_REPOSITORY_URL": self.dmp_repository_url,
            "SOCLES_DMP_REGISTRY_URL": self.dmp_registry_url,
            "SOCLES_PSC_ISSUER": self.psc.issuer,
            "SOCLES_SMTP_HOST": self.smtp.host,
            "SOCLES_SMTP_PORT": str(self.smtp.port),
            "SOCLES_SMTP_LOGIN_PREFIX": self.smtp.login(""),
            "SOCLES_SMTP_PASSWORD": self.smtp.password,
            "SOCLES_WORKSPACE": self.name,
        }

    @property
    def strictness(self) -> str:
        """``official``: errors refuse, as the real service would; ``lenient``: they are reported only."""
        return str(self._core.api.get(f"/_sandbox/workspaces/{self.name}")["strictness"])

    @strictness.setter
    def strictness(self, wanted: str) -> None:
        self._core.api.patch(f"/_sandbox/workspaces/{self.name}", {"strictness": wanted})

    @property
    def assertions(self) -> str:
        """``off``: believed; ``warn``: verified, what is wrong is told; ``strict``: what is wrong refuses.

        Empty: as the installation has it."""
        return self._options().get("assertions", "")

    @assertions.setter
    def assertions(self, wanted: str) -> None:
        self._choose("assertions", wanted)

    @property
    def lots(self) -> str:
        """Signatures of lots (Signature01): ``off``, ``warn``, ``strict`` or empty, as for :attr:`assertions`."""
        return self._options().get("assertions.lots", "")

    @lots.setter
    def lots(self, wanted: str) -> None:
        self._choose("assertions.lots", wanted)

    def _choose(self, option: str, wanted: str) -> None:
        self._core.api.patch(f"/_sandbox/workspaces/{self.name}", {"options": {**self._options(), option: wanted}})

    def _options(self) -> dict[str, str]:
        return dict(self._core.api.get(f"/_sandbox/workspaces/{self.name}")["options"])

    def inject(self, fault: str | None = None, **settings: Unpack[FaultSettings]) -> Fault:
        """Put a fault into force: an entry of the catalogue, a rule of one's own, or an entry with other settings.

        Raises ``Refused`` for what the sandbox does not know. ``with socles.inject(…):`` removes it afterwards.
        """
        return inject(self._core, fault, settings)

    def exchanges(
        self,
        *,
        service: str | None = None,
        operation: str | None = None,
        outcome: str | None = None,
        code: str | None = None,
        rule: str | None = None,
        subject: str | None = None,
    ) -> list[Exchange]:
        """Exchanges that match, in the order of arrival; those before a reset are gone."""
        found = self._core.journal.find(
            service=service, operation=operation, outcome=outcome, code=code, rule=rule, subject=subject
        )
        return list(found)[::-1]

    def reset(self) -> None:
        """Empty it: no documents, mails, faults; real time. People that were added stay."""
        self._core.api.post("/_sandbox/reset")

    def __repr__(self) -> str:
        return f"Socles({self.url!r})"


@contextmanager
def workspace(
    server: Server, client: httpx.Client, *, label: str = "", timeout: float = TIMEOUT, strictness: str = "official"
) -> Iterator[Socles]:
    """A new workspace, dropped when the block ends; ``label`` makes its name easier to recognise."""
    made = create(server, client, label=label, timeout=timeout, strictness=strictness)
    try:
        yield made
    finally:
        drop(client, made.name)


def create(server: Server, client: httpx.Client, *, label: str, timeout: float, strictness: str) -> Socles:
    """A new workspace, to be dropped by the caller; the sandbox does it in an hour."""
    api, wanted = Api(client), {"strictness": strictness, "ttlSeconds": int(_TTL.total_seconds())}
    if slug := re.sub(r"[^a-z0-9]+", "-", label.lower()).removeprefix("test-")[:27].strip("-"):
        wanted["name"] = f"{slug}-{secrets.token_hex(6)}"
    name = api.post("/_sandbox/workspaces", wanted)["name"]
    return Socles(Core(f"{server.url}/w/{name}", name, api.within(name), timeout), server)


def drop(client: httpx.Client, name: str) -> None:
    """Delete a workspace and all that is in it; one that is gone already is no error."""
    try:
        Api(client).delete(f"/_sandbox/workspaces/{name}")
    except Refused as refused:
        if refused.status != NOT_FOUND:
            raise
