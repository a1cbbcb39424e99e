"""An exchange as the journal keeps it: flattened, cut, redacted where D11 asks; and read back."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import msgspec

from socle.blobs import BlobRef
from socle.exchange import Exchange, Recorded
from socle.journal import bodies
from socle.journal.bodies import BlobReader
from socle.rules import Finding, Severity

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SAFE_HEADERS = frozenset(
    {
        "accept",
        "accept-encoding",
        "connection",
        "content-length",
        "content-type",
        "date",
        "host",
        "server",
        "soapaction",
        "transfer-encoding",
        "user-agent",
        "x-socles-exchange",
        "x-socles-simulated",
    }
)
"""Headers that say nothing of a patient: what a redacted entry keeps the values of."""
_HIDDEN = "…"
_ENCODE = msgspec.json.Encoder().encode
_DECODE = msgspec.json.Decoder().decode


class Row(NamedTuple):
    """One exchange ready to be written: flat, so that thousands may wait without burdening the garbage collector."""

    columns: tuple[str | bytes | int | None, ...]
    """In the order of ``COLUMNS``: what it is searched by."""
    content: tuple[bytes, bytes, bytes]
    """In the order of ``CONTENT``: what it holds."""
    rules: tuple[str, ...]
    workspace: str
    size: int
    """Bytes of bodies in place."""


COLUMNS = (
    "id",
    "workspace",
    "epoch",
    "service",
    "operation",
    "received_us",
    "outcome",
    "status",
    "code",
    "subject",
    "finess",
    "size",
    "errors",
    "warnings",
    "fault",
    "sought",
)
"""Columns of ``exchange`` but for ``seq``, which is given on writing."""
CONTENT = ("detail", "request", "response")
"""Columns of ``content`` but for ``seq`` and ``workspace``."""


def row(exchange: Exchange, max_body: int) -> Row:
    """Flatten; bodies beyond ``max_body`` bytes in place are cut, blobs and what the act stored are references."""
    redacted = exchange.redacted
    request, request_layout = bodies.keep(exchange.request, max_body, redacted=redacted, stored=exchange.stored)
    response, response_layout = bodies.keep(exchange.response, max_body, redacted=redacted)
    findings = exchange.findings
    detail = {
        "protocol": exchange.protocol,
        "path": exchange.path,
        "peer": exchange.peer,
        "tls": exchange.tls,
        "fault": exchange.fault,
        "redacted": redacted,
        "durationMs": round(exchange.duration_ms, 3),
        "official": exchange.official,
        "events": exchange.events,
        "findings": [_finding(finding, redacted) for finding in findings] if findings else (),
        "request": {"headers": _headers(exchange.request, redacted), "body": request_layout},
        "response": {"headers": _headers(exchange.response, redacted), "body": response_layout},
    }
    size = len(request) + len(response)
    errors = warnings = 0
    rules: tuple[str, ...] = ()
    if findings:
        severities = [finding.rule.severity for finding in findings]
        errors, warnings = severities.count(Severity.ERROR), severities.count(Severity.WARNING)
        rules = tuple({finding.rule.id for finding in findings})
    operation, code, finess = _text(exchange.operation), _text(exchange.code), _text(exchange.finess)
    subject, fault = None if redacted else _text(exchange.subject), _text(exchange.fault)
    sought = (
        f"{exchange.id} {operation} {code or ''} {subject or ''} {finess or ''} {exchange.peer} {fault or ''} "
        f"{' '.join(rules)} {' '.join(exchange.events)}"
    )
    columns = (
        exchange.id,
        exchange.workspace,
        exchange.epoch,
        exchange.service,
        operation,
        micros(exchange.received_at),
        exchange.outcome.value,
        exchange.status,
        code,
        subject,
        finess,
        size,
        errors,
        warnings,
        fault,
        sought.lower(),
    )
    return Row(columns, (_ENCODE(detail), request, response), rules, exchange.workspace, size)


def summary(columns: Mapping[str, Any]) -> dict[str, Any]:
    """An entry as lists show it, from its columns."""
    detail = _DECODE(columns["detail"])
    return {
        "id": columns["id"],
        "workspace": columns["workspace"],
        "epoch": columns["epoch"],
        "service": columns["service"],
        "operation": columns["operation"],
        "receivedAt": instant(columns["received_us"]),
        "outcome": columns["outcome"],
        "status": columns["status"],
        "code": columns["code"],
        "subject": columns["subject"],
        "finess": columns["finess"],
        "protocol": detail["protocol"],
        "path": detail["path"],
        "durationMs": detail["durationMs"],
        "fault": detail["fault"],
        "redacted": detail["redacted"],
        "official": detail["official"],
        "rules": [finding["rule"] for finding in detail["findings"]],
        "severities": {"error": columns["errors"], "warning": columns["warnings"]},
        "events": detail["events"],
        "size": columns["size"],
    }


def verdict(columns: Mapping[str, Any]) -> dict[str, Any]:
    """A summary with its findings."""
    return {**summary(columns), "findings": _DECODE(columns["detail"])["findings"]}


def whole(columns: Mapping[str, Any], request: bytes, response: bytes, content: BlobReader) -> dict[str, Any]:
    """An entry with its findings, headers and bodies (:func:`socle.journal.bodies.shown`). ``content`` gives what its
    service has stored."""
    detail = _DECODE(columns["detail"])
    return {
        **summary(columns),
        "peer": detail["peer"],
        "tls": detail["tls"],
        "findings": detail["findings"],
        "request": {
            "headers": detail["request"]["headers"],
            **bodies.shown(detail["request"]["body"], request, content),
        },
        "response": {
            "headers": detail["response"]["headers"],
            **bodies.shown(detail["response"]["body"], response, content),
        },
    }


def layout(columns: Mapping[str, Any], direction: str) -> list[int | BlobRef]:
    """How a body is put together: lengths of bytes in place and references, in wire order."""
    return bodies.layout(_DECODE(columns["detail"])[direction]["body"])


def instant(microseconds: int) -> str:
    """RFC 3339 in UTC."""
    return (_EPOCH + timedelta(microseconds=microseconds)).isoformat().replace("+00:00", "Z")


def micros(moment: datetime) -> int:
    """The inverse of ``instant``, from an aware datetime."""
    # a double holds microseconds exactly until the year 2255
    return round(moment.timestamp() * 1_000_000)


def _text(value: str | None) -> str | None:
    """As every database can hold it: a sender may have put anything there, NUL and lone surrogates included."""
    if value is None or value.isprintable():
        return value
    return value.encode("utf-8", "replace").decode("utf-8").replace("\0", "\ufffd")


def _headers(recorded: Recorded, redacted: bool) -> Iterable[tuple[str, str]]:
    if not redacted:
        return recorded.headers
    return [(name, value if name.lower() in _SAFE_HEADERS else _HIDDEN) for name, value in recorded.headers]


def _finding(finding: Finding, redacted: bool) -> dict[str, object]:
    told = finding.as_dict()
    # where D11 refused, other checks may have quoted a name or a number; the refusal itself never does
    if redacted and finding.rule.service != "patient":
        told["expected"] = told["found"] = _HIDDEN
    return told
