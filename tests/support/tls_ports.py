"""The TLS ports of a whole sandbox, and clients that show certificates of its authorities, right or wrong."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from support.insi import CONTENT_TYPE, message, zoe
from support.sandbox_thread import RunningSandbox, sandbox_in_thread

LPS = "/lps"
BROKEN_OFF = (httpx.ReadError, httpx.ConnectError, httpx.RemoteProtocolError)


@dataclass(frozen=True, slots=True)
class TlsPorts:
    """Addresses of the three ports, and a folder for certificates."""

    sandbox: RunningSandbox
    tls: str
    mutual: str
    folder: Path

    @property
    def plain(self) -> str:
        return self.sandbox.url

    def client(
        self,
        *,
        kind: str | None = None,
        flaw: str | None = None,
        workspace: str | None = None,
        trust: bool = True,
        **tls: Any,
    ) -> httpx.Client:
        """With a certificate of ``kind``, wrong in the way of ``flaw``, made for ``workspace``."""
        context = self.context(trust=trust)
        for name, value in tls.items():
            setattr(context, name, value)
        if flaw == "weak-key":  # else OpenSSL would not even load it
            context.set_ciphers("DEFAULT:@SECLEVEL=0")
        if kind is not None:
            order = {"kind": kind, "flaw": flaw, "workspace": workspace}
            made = httpx.post(f"{self.plain}/_sandbox/pki/certificates", json=order, trust_env=False)
            file = self.folder / f"{made.headers['x-socles-serial']}.pem"
            file.write_bytes(made.content)
            context.load_cert_chain(file)
        return httpx.Client(verify=context, trust_env=False, timeout=20)

    def context(self, *, trust: bool = True) -> ssl.SSLContext:
        """Of a client that trusts the sandbox's authorities, or those of its machine."""
        authorities = httpx.get(f"{self.plain}/_sandbox/pki/ca.pem", trust_env=False).text
        return ssl.create_default_context(cadata=authorities if trust else None)

    def handshakes(self) -> list[dict[str, Any]]:
        """What the journal tells of failed ones, newest first."""
        found: list[dict[str, Any]] = self.sandbox.get("/_sandbox/exchanges", service="tls")["items"]
        return found

    def exchange(self, answer: httpx.Response) -> dict[str, Any]:
        identity = answer.headers["x-socles-exchange"].rpartition("/")[2]
        found: dict[str, Any] = self.sandbox.get(f"/_sandbox/exchanges/{identity}")
        return found


@contextmanager
def tls_ports(folder: Path) -> Iterator[TlsPorts]:
    """A sandbox that serves them until the block ends."""
    with sandbox_in_thread(folder / "data", tls=True) as running:
        assert running.tls is not None
        assert running.mutual is not None
        yield TlsPorts(running, running.tls, running.mutual, folder)


def look_up(client: httpx.Client, url: str) -> httpx.Response:
    """A search of INSi's."""
    return client.post(url + LPS, content=message(zoe()), headers={"Content-Type": CONTENT_TYPE})
