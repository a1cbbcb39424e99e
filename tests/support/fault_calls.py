"""Calls to the three services by plain sockets, so that a broken answer is seen as it came and ended."""

import base64
import socket
import ssl
import time
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from dmp_sim.domain import names
from dmp_sim.domain.query import FIND_DOCUMENTS
from support.dmp_cda import INS, OID, STRUCTURE, cda
from support.dmp_message import deposit, describe, soap, vihf
from support.dmp_served import REGISTRY, REPOSITORY
from support.insi import CONTENT_TYPE, body, message
from support.insi_card import CARD_TYPE, card_body, card_message
from support.mails import mail

PATIENT = f"{INS}^^^&{OID}&ISO^NH"
KEPT = "1.2.250.1.999.7.1"
"""uniqueId of the document that readings find."""
LPS = "/lps"


@dataclass(slots=True)
class Seen:
    """What a client has of an answer, whole or not."""

    status: int = 0
    head: str = ""
    """Status line and headers, names in lower case; empty when nothing came."""
    body: bytes = b""
    seconds: float = 0.0
    replies: list[tuple[str, str]] = field(default_factory=list)
    """SMTP: (command, reply) as far as they came."""
    dropped: bool = False
    """The connection ended before the answer did."""

    @property
    def text(self) -> str:
        said = "\n".join(reply for _, reply in self.replies)
        return f"{self.head}\n{self.body.decode('utf-8', 'replace')}\n{said}"

    @property
    def exchange(self) -> str:
        """The link to the exchange, without the host."""
        line = next(line for line in self.head.splitlines() if line.startswith("x-socles-exchange:"))
        return urlsplit(line.partition(":")[2].strip()).path


def post(url: str, path: str, raw: bytes, kind: str, *, patience: float = 20.0) -> Seen:
    """One request on a connection of its own; gives what came until the end or until patience ended."""
    where = urlsplit(url)
    head = (
        f"POST {where.path}{path} HTTP/1.1\r\nHost: {where.netloc}\r\nContent-Type: {kind}\r\n"
        f"Content-Length: {len(raw)}\r\nConnection: close\r\n\r\n"
    )
    began = time.monotonic()
    with socket.create_connection((where.hostname or "", where.port or 80), patience) as connection:
        connection.sendall(head.encode() + raw)
        came = _all(connection)
    seen = Seen(seconds=time.monotonic() - began)
    first, _, seen.body = came.partition(b"\r\n\r\n")
    if not came:
        seen.dropped = True
        return seen
    line, *headers = first.decode("latin-1").split("\r\n")
    seen.status = int(line.split()[1])
    named = [one.partition(":") for one in headers]
    seen.head = "\n".join([line, *(f"{name.lower()}:{value}" for name, _, value in named)])
    promised = next(int(value) for name, _, value in named if name.lower() == "content-length")
    seen.dropped = len(seen.body) < promised
    return seen


def _all(connection: socket.socket) -> bytes:
    came = b""
    try:
        while piece := connection.recv(1 << 16):
            came += piece
    except (ConnectionError, TimeoutError):
        pass
    return came


def search(url: str, name: str = "ADRUN", given: str = "ZOE", **how: float) -> Seen:
    """WS_INS2."""
    return post(url, LPS, message(body(name, [given], "F", "1975-12-31")), CONTENT_TYPE, **how)


def search_by_card(url: str, name: str = "NESSI", **how: float) -> Seen:
    """WS_INS1: Ruth, by her own card."""
    return post(url, LPS, card_message(card_body(name=name)), CARD_TYPE, **how)


def put(url: str, unique_id: str, title: str = "", *, entry_title: str = "", **how: float) -> Seen:
    """ITI-41 of one small document; ``title`` is put before the set's own, ``entry_title`` for the document's."""
    asked = deposit([describe(cda(root=unique_id))])
    if title:
        for one in asked.all("//rim:RegistryPackage/rim:Name/rim:LocalizedString"):
            one.set("value", f"{title} {one.get('value')}")
    if entry_title:
        for one in asked.all("//rim:ExtrinsicObject[@id='Document01']/rim:Name/rim:LocalizedString"):
            one.set("value", entry_title)
    return post(url, REPOSITORY, *asked.write(), **how)


def find(url: str, user: str = "DOCTEUR ESSAI", **how: float) -> Seen:
    """ITI-18: the patient's documents."""
    query = (
        f'<q:AdhocQueryRequest xmlns:q="{names.QUERY}"><q:ResponseOption returnComposedObjects="true" '
        f'returnType="LeafClass"/><rim:AdhocQuery id="{FIND_DOCUMENTS}"/></q:AdhocQueryRequest>'
    )
    header = vihf(PATIENT, STRUCTURE).replace("DOCTEUR ESSAI", user)
    return post(
        url, REGISTRY, soap("urn:ihe:iti:2007:RegistryStoredQuery", query, header), "application/soap+xml", **how
    )


def get(url: str, user: str = "DOCTEUR ESSAI", *, unique_id: str = KEPT, **how: float) -> Seen:
    """ITI-43 of one document."""
    request = (
        f"<xdsb:RetrieveDocumentSetRequest><xdsb:DocumentRequest><xdsb:RepositoryUniqueId>{names.REPOSITORY_UNIQUE_ID}"
        f"</xdsb:RepositoryUniqueId><xdsb:DocumentUniqueId>{unique_id}</xdsb:DocumentUniqueId></xdsb:DocumentRequest>"
        "</xdsb:RetrieveDocumentSetRequest>"
    )
    header = vihf(PATIENT, STRUCTURE, mode="INDIRECTE_RENFORCEE").replace("DOCTEUR ESSAI", user)
    raw = soap("urn:ihe:iti:2007:RetrieveDocumentSet", request, header)
    return post(url, REPOSITORY, raw, "application/soap+xml", **how)


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail and everything said to send it; the defaults are sound."""

    sender: str
    to: str
    login: str = ""
    helo: str = "client.test"
    subject: str = "Bonjour"

    def send(self, smtp: tuple[str, int], *, patience: float = 20.0) -> Seen:
        """The dialogue until its end, the first refusal, or the end of the connection."""
        began = time.monotonic()
        line = _Line(smtp, patience)
        try:
            line.dialogue(self)
        except (ConnectionError, TimeoutError, ssl.SSLError):
            line.seen.dropped = True
        finally:
            line.close()
        line.seen.seconds = time.monotonic() - began
        return line.seen


class _Line:
    def __init__(self, smtp: tuple[str, int], patience: float) -> None:
        self.seen = Seen()
        self._socket = socket.create_connection(smtp, patience)
        self._held = b""

    def close(self) -> None:
        self._socket.close()

    def dialogue(self, letter: Letter) -> None:
        content = mail(None, subject=letter.subject).replace(b"\r\n.", b"\r\n..")
        secret = base64.b64encode(f"\0{letter.login or letter.sender}\0socles".encode()).decode()
        if not (self._ask("CONNECT") and self._ask("EHLO", letter.helo) and self._ask("STARTTLS")):
            return
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        self._socket = context.wrap_socket(self._socket)
        steps = (
            ("EHLO", "client.test"),
            ("AUTH", f"PLAIN {secret}"),
            ("MAIL", f"FROM:<{letter.sender}>"),
            ("RCPT", f"TO:<{letter.to}>"),
            ("DATA", ""),
        )
        if all(self._ask(*step) for step in steps):
            self._ask("", content.decode() + "\r\n.")

    def _ask(self, command: str, argument: str = "") -> bool:
        """Say it; False when the dialogue ends here. CONNECT says nothing, and waits for the greeting."""
        if command != "CONNECT":
            self._socket.sendall(f"{command} {argument}".strip(" ").encode() + b"\r\n")
        reply = self._reply(command)
        going_on = reply[:1] == "2" or (reply[:1] == "3" and command == "DATA")
        if not going_on and reply[:3] in ("421", "334"):
            self._reply(command)  # the server ends the connection by itself
        return going_on

    def _reply(self, command: str) -> str:
        while True:
            lines = self._held.split(b"\r\n")
            last = next((n for n, one in enumerate(lines[:-1]) if one[3:4] != b"-"), None)
            if last is not None:
                whole = b"\r\n".join(lines[: last + 1]).decode()
                self._held = b"\r\n".join(lines[last + 1 :])
                self.seen.replies.append((command, whole))
                return whole
            try:
                piece = self._socket.recv(1 << 16)
            except ConnectionError:
                piece = b""
            if not piece:
                if self._held:
                    self.seen.replies.append((command, self._held.decode()))
                raise ConnectionResetError
            self._held += piece
