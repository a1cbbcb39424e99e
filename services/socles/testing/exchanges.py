"""Exchanges of a workspace, as its journal tells them."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from socles.testing.api import Api

_PATH = "/_sandbox/exchanges"
_PAGE = 200


@dataclass(frozen=True, slots=True)
class Finding:
    """One breach of one rule: where it is, what was expected, what was found, how to mend it."""

    rule: str
    severity: str
    """``error``, ``warning`` or ``info``."""
    certainty: str
    """``faithful``, ``simplified`` or ``ours``: how far the rule is to be trusted."""
    official: str
    """``refuses``, ``tolerates`` or ``unknown``: what the national service does."""
    title_fr: str
    title_en: str
    where: str
    line: int | None
    part: str | None
    expected: str
    found: str
    remedy: str
    source: str
    source_version: str

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> "Finding":
        """From the journal's JSON."""
        return cls(
            rule=told["rule"],
            severity=told["severity"],
            certainty=told["certainty"],
            official=told["official"],
            title_fr=told["titleFr"],
            title_en=told["titleEn"],
            where=told["where"],
            line=told["line"],
            part=told["part"],
            expected=told["expected"],
            found=told["found"],
            remedy=told["remedy"],
            source=told["source"],
            source_version=told["sourceVersion"],
        )


@dataclass(frozen=True)
class Exchange:
    """A request and its answer. Findings and bodies are fetched when they are asked for."""

    id: str
    service: str
    """``ins_sim``, ``dmp_sim``, ``mss_sim``."""
    operation: str
    outcome: str
    """``accepted``, ``refused``, ``fault``, ``error`` or ``overload``."""
    status: int
    """HTTP status, or SMTP reply code."""
    code: str | None
    """Code of the answer: ``XDSPatientIdDoesNotMatch``, ``siram_40/insi_102``, CodeCR …"""
    subject: str | None
    """Id of the document or message."""
    finess: str | None
    received_at: datetime
    duration_ms: float
    fault: str | None
    """The fault rule that was applied."""
    rules: tuple[str, ...]
    """Ids of the rules broken."""
    events: tuple[str, ...]
    """Ids of the events emitted."""
    link: str
    """The console's page about it."""
    _api: Api = field(repr=False, compare=False)

    @classmethod
    def of(cls, told: Mapping[str, Any], api: Api, link: str) -> "Exchange":
        """From the journal's JSON."""
        return cls(
            id=told["id"],
            service=told["service"],
            operation=told["operation"],
            outcome=told["outcome"],
            status=told["status"],
            code=told["code"],
            subject=told["subject"],
            finess=told["finess"],
            received_at=datetime.fromisoformat(told["receivedAt"]),
            duration_ms=told["durationMs"],
            fault=told["fault"],
            rules=tuple(told["rules"]),
            events=tuple(told["events"]),
            link=link,
            _api=api,
        )

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """Every breach; the answer of the service follows from them."""
        return tuple(map(Finding.of, self._whole["findings"])) if self.rules else ()

    @property
    def request(self) -> bytes:
        """As it came over the wire."""
        return self._api.read(f"{_PATH}/{self.id}/request")

    @property
    def response(self) -> bytes:
        """As it went over the wire."""
        return self._api.read(f"{_PATH}/{self.id}/response")

    @property
    def request_headers(self) -> list[tuple[str, str]]:
        """In the order of the wire."""
        return [(name, value) for name, value in self._whole["request"]["headers"]]

    @property
    def response_headers(self) -> list[tuple[str, str]]:
        """In the order of the wire."""
        return [(name, value) for name, value in self._whole["response"]["headers"]]

    @cached_property
    def _whole(self) -> Mapping[str, Any]:
        whole: Mapping[str, Any] = self._api.get(f"{_PATH}/{self.id}")
        return whole


class Journal:
    """The exchanges of one workspace."""

    def __init__(self, api: Api, link: Callable[[str], str]) -> None:
        self._api = api
        self._link = link

    def find(self, **filters: Any) -> Iterator[Exchange]:
        """Newest first; filters are those of ``GET /_sandbox/exchanges``, None matches all."""
        before: int | None = None
        while True:
            page = self._api.get(_PATH, limit=_PAGE, before=before, **filters)
            for told in page["items"]:
                yield Exchange.of(told, self._api, self._link(told["id"]))
            before = page["next"]
            if before is None:
                return

    def one(self, exchange_id: str) -> Exchange:
        """By its id."""
        return Exchange.of(self._api.get(f"{_PATH}/{exchange_id}"), self._api, self._link(exchange_id))
