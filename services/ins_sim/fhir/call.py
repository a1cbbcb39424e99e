"""One FHIR request, as its interactions see it."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from urllib.parse import parse_qsl

from ins_sim.fhir import rules
from ins_sim.fhir.reply import Refused
from socle.address import header
from socle.control.model import Workspace
from socle.control.port import Fault
from socle.exchange import Exchange
from socle.service import Receive, Scope
from socle.web.endpoint import whole_body

FORM: Final = "application/x-www-form-urlencoded"
_MOST_BYTES: Final = 16_384
_MOST_FIELDS: Final = 50
OPERATIONS: Final = {"metadata": "fhir-metadata", "Patient": "fhir-search"}


@dataclass(slots=True)
class Call:
    """Its parameters, the workspace it is for, and what becomes of it."""

    scope: Scope
    receive: Receive
    exchange: Exchange
    workspace: Workspace
    now: datetime
    """By the workspace's clock."""
    base: str
    """Of the FHIR server, as the client called it."""
    query: list[tuple[str, str]] = field(default_factory=list)
    leaving: Fault | None = None

    @property
    def method(self) -> str:
        method: str = self.scope["method"]
        return method

    @property
    def path(self) -> str:
        return self.exchange.path

    def header(self, name: str) -> str:
        """A request header, or nothing."""
        return header(self.scope, name.encode()) or ""

    def attribute(self, name: str) -> str | None:
        """What fault rules match on."""
        return {"path": self.path, "peer": self.exchange.peer}.get(name)

    @property
    def raw_query(self) -> str:
        """As it stands in the address."""
        raw: bytes = self.scope.get("query_string", b"")
        return raw.decode("latin-1")

    def read_query(self) -> None:
        """Raises ``Refused``."""
        if self.raw_query:
            self.exchange.request.headers.append(("(query)", self.raw_query))
        self.query = _pairs(self.raw_query.encode("latin-1"), "query")

    async def body(self) -> bytes:
        """That of a ``_search``. Raises ``Refused``."""
        kind = self.header("content-type").partition(";")[0].strip().lower()
        body = await whole_body(self.receive, _MOST_BYTES)
        if body is None:
            raise Refused(rules.BODY.finding(where="body", expected=f"≤ {_MOST_BYTES}", found="…"))
        if body and kind != FORM:
            raise Refused(rules.BODY.finding(where="Content-Type", expected=FORM, found=kind[:80]))
        self.exchange.request.body = (body,)
        return body

    def form(self, body: bytes) -> list[tuple[str, str]]:
        """Its parameters, those of the address before those of the body. Raises ``Refused``."""
        return [*self.query, *_pairs(body, "body")]


def operation_of(path: str) -> str:
    """As exchanges and fault rules name it."""
    first, _, second = path.removeprefix("/fhir").strip("/").partition("/")
    if first == "Patient" and second and second != "_search":
        return "fhir-read"
    return OPERATIONS.get(first, "fhir-other")


def _pairs(raw: bytes, where: str) -> list[tuple[str, str]]:
    try:
        pairs = parse_qsl(raw.decode(), keep_blank_values=True, errors="strict", max_num_fields=_MOST_FIELDS)
    except ValueError:
        raise Refused(rules.VALUE.finding(where=where, expected="UTF-8", found="illisible")) from None
    if any(not text.isprintable() for pair in pairs for text in pair):
        raise Refused(rules.VALUE.finding(where=where, expected="texte", found="caractères de contrôle"))
    return pairs
