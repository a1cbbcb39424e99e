"""The TLS ports of the whole product with a real TLS client: who gets through, who is refused how, what is told."""

import asyncio
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from sandbox.launcher import LaunchOptions, Sandbox
from support.insi import CONTENT_TYPE, message, zoe

LPS = "/lps"
BROKEN_OFF = (httpx.ReadError, httpx.ConnectError, httpx.RemoteProtocolError)


@dataclass(frozen=True, slots=True)
class Served:
    """Addresses of the three ports, and a folder for certificates."""

    plain: str
    tls: str
    mutual: str
    folder: Path

    def client(
        self, *, kind: str | None = None, flaw: str | None = None, trust: bool = True, **tls: Any
    ) -> httpx.Client:
        """With a certificate of ``kind``, wrong in the way of ``flaw``."""
        authorities = httpx.get(f"{self.plain}/_sandbox/pki/ca.pem", trust_env=False).text
        context = ssl.create_default_context(cadata=authorities if trust else None)
        for name, value in tls.items():
            setattr(context, name, value)
        if kind is not None:
            order = {"kind": kind, **({"flaw": flaw} if flaw else {})}
            made = httpx.post(f"{self.plain}/_sandbox/pki/certificates", json=order, trust_env=False)
            file = self.folder / f"{made.headers['x-socles-serial']}.pem"
            file.write_bytes(made.content)
            context.load_cert_chain(file)
        return httpx.Client(verify=context, trust_env=False, timeout=20)

    def handshakes(self) -> list[dict[str, Any]]:
        """What the journal tells of failed ones, newest first."""
        found = httpx.get(f"{self.plain}/_sandbox/exchanges", params={"service": "tls"}, trust_env=False).json()
        items: list[dict[str, Any]] = found["items"]
        return items

    def exchange(self, answer: httpx.Response) -> dict[str, Any]:
        identity = answer.headers["x-socles-exchange"].rpartition("/")[2]
        found: dict[str, Any] = httpx.get(f"{self.plain}/_sandbox/exchanges/{identity}", trust_env=False).json()
        return found


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder, up, stop = tmp_path_factory.mktemp("tls"), threading.Event(), threading.Event()
    found: list[Served] = []
    options = LaunchOptions(folder / "data", http_port=0, smtp_port=0, tls_port=0, mutual_port=0)

    async def serve() -> None:
        async with Sandbox(options) as sandbox:
            tls, mutual = sandbox.secure_url(mutual=False), sandbox.secure_url(mutual=True)
            assert tls is not None
            assert mutual is not None
            found.append(Served(sandbox.url, tls, mutual, folder))
            up.set()
            await asyncio.to_thread(stop.wait)

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    try:
        assert up.wait(60)
        yield found[0]
    finally:
        stop.set()
        thread.join(30)


def look_up(client: httpx.Client, url: str) -> httpx.Response:
    return client.post(url + LPS, content=message(zoe()), headers={"Content-Type": CONTENT_TYPE})


@pytest.mark.parametrize("kind", ["insi-auto", "insi-manu"])
def test_the_right_certificate_gets_through_and_stands_in_the_journal(served: Served, kind: str) -> None:
    with served.client(kind=kind) as client:
        answer = look_up(client, served.mutual)
        again = look_up(client, served.mutual)

    assert answer.status_code == again.status_code == 200, answer.text
    entry = served.exchange(answer)
    assert entry["outcome"] == "accepted"
    assert f"CN={kind.upper()} OU=1699050001" in entry["tls"]
    assert entry["tls"].startswith("TLSv1.3 ")


def test_the_structure_of_the_certificate_attributes_the_act(served: Served) -> None:
    with served.client(kind="insi-auto") as client:
        entry = served.exchange(look_up(client, served.mutual))
    assert entry["finess"] == "699050001"


@pytest.mark.parametrize(
    ("kind", "flaw", "rule"),
    [
        ("insi-auto", "wrong-cn", "insi.certificate.common-name"),
        ("org-auth-cli", None, "insi.certificate.common-name"),
        ("insi-auto", "revoked", "insi.certificate.revoked"),
    ],
)
def test_a_certificate_that_tls_takes_may_be_refused_by_the_service(
    served: Served, kind: str, flaw: str | None, rule: str
) -> None:
    with served.client(kind=kind, flaw=flaw) as client:
        answer = look_up(client, served.mutual)

    assert answer.status_code == 500
    assert "desir_560" in answer.text
    entry = served.exchange(answer)
    assert entry["code"] == "siram_100/desir_560"
    assert [finding["rule"] for finding in entry["findings"]] == [rule]


@pytest.mark.parametrize(
    ("flaw", "rule"),
    [
        ("expired", "tls.client.expired"),
        ("not-yet-valid", "tls.client.not-yet-valid"),
        ("foreign-root", "tls.client.unknown-authority"),
    ],
)
def test_a_certificate_that_tls_refuses_is_told_in_the_journal(served: Served, flaw: str, rule: str) -> None:
    before = len(served.handshakes())
    with served.client(kind="insi-auto", flaw=flaw) as client, pytest.raises(BROKEN_OFF):
        look_up(client, served.mutual)

    told = served.handshakes()
    assert len(told) == before + 1
    assert (told[0]["outcome"], told[0]["rules"]) == ("refused", [rule])


def test_no_certificate_on_the_mutual_port_and_none_needed_on_the_other(served: Served) -> None:
    with served.client() as client:
        with pytest.raises(BROKEN_OFF):
            look_up(client, served.mutual)
        assert served.handshakes()[0]["rules"] == ["tls.client.absent"]
        answer = look_up(client, served.tls)
    assert answer.status_code == 200
    assert answer.headers["x-socles-exchange"].startswith("https://")


def test_a_client_that_does_not_trust_the_sandbox_is_told_how(served: Served) -> None:
    with served.client(trust=False) as client, pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
        look_up(client, served.tls)
    entry = served.handshakes()[0]
    assert entry["rules"] == ["tls.server.distrusted"]
    whole = httpx.get(f"{served.plain}/_sandbox/exchanges/{entry['id']}", trust_env=False).json()
    assert "socles pki ca" in whole["findings"][0]["remedy"]


def test_plain_http_on_a_tls_port_is_told(served: Served) -> None:
    with pytest.raises(BROKEN_OFF), httpx.Client(trust_env=False) as client:
        client.get(served.tls.replace("https://", "http://") + "/_sandbox/health")
    assert served.handshakes()[0]["rules"] == ["tls.handshake.not-tls"]


def test_an_old_version_and_a_foreign_suite_share_nothing(served: Served) -> None:
    with (
        served.client(maximum_version=ssl.TLSVersion.TLSv1_2) as client,
    ):
        answer = look_up(client, served.tls)
        assert served.exchange(answer)["tls"].startswith("TLSv1.2 ECDHE-RSA-AES256-GCM-SHA384")
    context = ssl.create_default_context()
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers("AES128-SHA")
    with httpx.Client(verify=context, trust_env=False) as client, pytest.raises(httpx.ConnectError):
        look_up(client, served.tls)
    assert served.handshakes()[0]["rules"] == ["tls.handshake.nothing-shared"]


def test_a_large_body_right_behind_the_handshake_is_whole(served: Served) -> None:
    """With TLS 1.3 the first bytes of the request may come with the end of the handshake."""
    with served.client(kind="insi-auto") as client:
        for _ in range(20):
            answer = client.post(served.mutual + LPS, content=b" " * 200_000 + b"<a/>", headers={"Connection": "close"})
            assert answer.status_code == 500
            assert "Fault" in answer.text


def test_the_edge_header_of_a_client_names_nobody(served: Served) -> None:
    with served.client() as client:
        answer = client.post(
            served.tls + LPS,
            content=message(zoe()),
            headers={
                "Content-Type": CONTENT_TYPE,
                "X-Socles-Client-Certificate": "CN=INSI-AUTO",
                "X-SSL-Client-Cert": "x",
            },
        )
    assert "CN=" not in served.exchange(answer)["tls"]
