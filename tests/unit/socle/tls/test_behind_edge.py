"""What the edge says is believed, and what anybody else says is not."""

import asyncio
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

import pytest

from socle.pki.files import certificates_pem
from socle.pki.issuing import Holder
from socle.pki.kinds import Flaw, Kind, Subject
from socle.rules import Finding
from socle.service import Message, Receive, Scope, Send
from socle.tls import judging
from socle.tls.edge import HEADER, BehindEdge, read_key
from socle.tls.judging import LONGEST, Judge
from socle.tls.peer import Peer
from support.outside import of_no_version, pem_of_der
from support.signed import holder, pki

KEY = b"0123456789abcdef0123456789abcdef"
SOAP, JSON = "/lps", "/_sandbox/clock"
HTTP = b"call 192.0.2.7 40123 - - -"


def shown(made: Holder) -> bytes:
    """As nginx writes ``$ssl_client_escaped_cert``."""
    return quote(certificates_pem([made.certificate]), safe="").encode()


def call(certificate: bytes, *, key: bytes = KEY) -> bytes:
    return key + b" call 192.0.2.7 40123 TLSv1.3 TLS_AES_256_GCM_SHA384 " + certificate


class Edge:
    """The application behind it notes what it is given."""

    def __init__(self) -> None:
        self.given: Scope = {}
        self.told: list[tuple[str, str]] = []
        self.app = BehindEdge(self.inner, KEY, Judge(pki()), soap=lambda path: path == SOAP, told=self.tell)

    async def inner(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.given = scope

    def tell(self, peer: str, finding: Finding) -> None:
        self.told.append((peer, finding.rule.id))

    async def ask(self, *values: bytes, path: str = SOAP, more: Sequence[Any] = (), body: bytes = b"") -> list[Message]:
        """What was answered in the application's place, if anything was."""
        self.given, sent = {}, []
        headers = [(b"host", b"x"), *((HEADER, value) for value in values), *more]
        scope: Scope = {"type": "http", "path": path, "headers": headers, "client": ("172.18.0.9", 5), "scheme": "http"}

        async def receive() -> Message:
            return {"type": "http.request", "body": body}

        async def send(message: Message) -> None:
            sent.append(message)

        await self.app(scope, receive, send)
        return sent

    @property
    def peer(self) -> Peer | None:
        peer: Peer | None = self.given.get("state", {}).get("peer")
        return peer

    @property
    def rules(self) -> list[str]:
        return [one.rule.id for one in self.peer.findings] if self.peer is not None else []


@pytest.fixture
def edge() -> Edge:
    return Edge()


async def test_the_edge_tells_the_client_its_certificate_and_its_structure(edge: Edge) -> None:
    await edge.ask(call(shown(holder(Kind.INSI_AUTO))))

    state = edge.given["state"]
    assert edge.given["client"] == ("192.0.2.7", 40123)
    assert edge.given["scheme"] == "https"
    assert state["tls"].startswith("TLSv1.3 TLS_AES_256_GCM_SHA384 CN=INSI-AUTO OU=1699050001 n° ")
    assert (state["peer_ou"], edge.rules) == ("1699050001", [])


@pytest.mark.parametrize(("flaw", "believed"), [(None, "essai"), (Flaw.FOREIGN_ROOT, "")])
async def test_a_workspace_is_believed_of_a_trusted_authority_only(
    edge: Edge, flaw: Flaw | None, believed: str
) -> None:
    await edge.ask(call(shown(holder(Kind.INSI_AUTO, flaw, Subject(workspace="essai")))))
    assert edge.given["state"]["peer_workspace"] == believed


async def test_without_tls_only_the_client_is_told(edge: Edge) -> None:
    await edge.ask(KEY + b" " + HTTP)
    assert edge.given["client"] == ("192.0.2.7", 40123)
    assert edge.given["scheme"] == "http"
    assert "state" not in edge.given


async def test_one_way_tls_names_nobody(edge: Edge) -> None:
    await edge.ask(call(b"-"))
    assert edge.given["state"] == {"tls": "TLSv1.3 TLS_AES_256_GCM_SHA384"}


@pytest.mark.parametrize(
    "values",
    [
        [b"another-key-of-the-right-length-- CALL"],
        [b" CALL"],
        [KEY[:-1] + b" CALL"],
        [b"CALL"],
        [KEY + b" " + HTTP, KEY + b" CALL"],
        [b"x", KEY + b" CALL"],
        [b"\xff\xfe"],
        [b""],
    ],
    ids=["other key", "no key", "a key cut short", "the rest alone", "doubled", "doubled, one wrong", "bytes", "empty"],
)
async def test_who_does_not_hold_the_key_alone_is_not_believed(edge: Edge, values: list[bytes]) -> None:
    said = call(shown(holder(Kind.INSI_AUTO)), key=b"").strip()
    await edge.ask(*(value.replace(b"CALL", said) for value in values))
    assert edge.given["client"] == ("172.18.0.9", 5)
    assert "state" not in edge.given
    assert edge.given["headers"] == [(b"host", b"x")]


async def test_the_key_goes_no_further(edge: Edge) -> None:
    """The journal keeps the headers of requests."""
    await edge.ask(call(b"-"), more=[(b"x_socles_edge", b"a client's"), (b"x-socles-client-certificate", b"x")])
    assert KEY not in b" ".join(value for _, value in edge.given["headers"])
    assert edge.given["headers"][1:] == [(b"x_socles_edge", b"a client's"), (b"x-socles-client-certificate", b"x")]
    assert "peer" not in edge.given["state"]


@pytest.mark.parametrize(
    ("certificate", "rule"),
    [
        (lambda: shown(holder(Kind.INSI_AUTO, Flaw.EXPIRED)), "tls.client.expired"),
        (lambda: shown(holder(Kind.INSI_AUTO, Flaw.NOT_YET_VALID)), "tls.client.not-yet-valid"),
        (lambda: shown(holder(Kind.INSI_AUTO, Flaw.FOREIGN_ROOT)), "tls.client.unknown-authority"),
        (lambda: shown(holder(Kind.INSI_AUTO, Flaw.WEAK_KEY)), "tls.client.weak"),
        (lambda: shown(holder(Kind.SERVER)), "tls.client.invalid"),
        (lambda: shown(holder(Kind.ORG_SIGN)), "tls.client.invalid"),
        (lambda: b"none", "tls.client.absent"),
        (lambda: b"nothing%20that%20can%20be%20read", "tls.client.invalid"),
        (lambda: b"x" * (LONGEST + 1), "tls.client.invalid"),
        (lambda: b"%", "tls.client.invalid"),
        (lambda: quote(pem_of_der(of_no_version(holder().certificate))).encode(), "tls.client.invalid"),
    ],
    ids=["expired", "early", "foreign", "weak", "server", "signature", "none", "words", "huge", "percent", "version"],
)
async def test_what_tls_would_refuse_reaches_a_soap_service_with_its_finding_and_is_refused_elsewhere(
    edge: Edge, certificate: Any, rule: str
) -> None:
    said = call(certificate())

    assert await edge.ask(said) == []
    assert edge.rules == [rule]
    assert edge.told == []
    sent = await edge.ask(said, path=JSON)
    assert edge.given == {}
    assert sent[0]["status"] == 403
    assert rule.encode() in sent[1]["body"]
    assert edge.told == [("192.0.2.7:40123", rule)]


async def test_a_stranger_that_carries_a_name_is_not_believed_to_have_it(edge: Edge) -> None:
    await edge.ask(call(shown(holder(Kind.INSI_AUTO, Flaw.FOREIGN_ROOT))))
    assert edge.peer is not None
    assert edge.peer.structure == "1699050001"
    assert edge.given["state"]["peer_ou"] is None


async def test_revocation_is_told_and_leaves_json_alone_as_the_handshake_does(edge: Edge) -> None:
    said = call(shown(holder(Kind.INSI_AUTO, Flaw.REVOKED)))
    assert await edge.ask(said) == []
    assert edge.rules == ["tls.client.revoked"]
    assert await edge.ask(said, path=JSON) == []


async def test_a_certificate_is_looked_at_once_until_it_may_have_changed(
    edge: Edge, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[bytes] = []
    judge_now = Judge.judge_now

    def noted(self: Judge, raw: bytes) -> Peer:
        looked.append(raw)
        return judge_now(self, raw)

    monkeypatch.setattr(Judge, "judge_now", noted)
    monkeypatch.setattr(judging, "FRESH_SECONDS", 60.0)
    made = pki().issue(Kind.INSI_AUTO)
    said = call(shown(made))

    for _ in range(20):
        await edge.ask(said)
    assert len(looked) == 1
    pki().revoke(made.certificate.serial_number)
    monkeypatch.setattr(judging, "FRESH_SECONDS", 0.0)
    await asyncio.gather(*(edge.ask(said) for _ in range(3)))
    await edge.ask(said)
    assert edge.rules == ["tls.client.revoked"]


async def test_no_number_of_certificates_fills_the_memory(edge: Edge, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judging, "_KEPT", 8)
    for number in range(50):
        await edge.ask(call(b"certificate-%d" % number))
    assert len(edge.app._judge._seen) <= 8


async def test_lines_of_the_edges_log_are_told_by_the_edge_alone(edge: Edge) -> None:
    log = (
        b"2026/11/30 [info] 3#3: *1 peer closed connection in SSL handshake while SSL handshaking, client: 192.0.2.9\n"
    )
    sent = await edge.ask(KEY + b" handshakes", path="/", body=log * 2 + b"other\n")
    assert sent[0]["status"] == 204
    assert edge.told == [("192.0.2.9", "tls.handshake.silent")] * 2
    await edge.ask(b"other-key-other-key-other-key-ok handshakes", path="/", body=log)
    assert len(edge.told) == 2


def test_a_key_that_is_too_short_is_refused(tmp_path: Any) -> None:
    (tmp_path / "key").write_bytes(KEY + b"\n")
    assert read_key(tmp_path / "key") == KEY
    for wrong in (b"", b"short", KEY + b" x"):
        (tmp_path / "key").write_bytes(wrong)
        with pytest.raises(ValueError, match="32 characters"):
            read_key(tmp_path / "key")
