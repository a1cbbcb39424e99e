"""Templates: everything is escaped, nothing comes from elsewhere."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import ChainableUndefined, Environment, PackageLoader

from console import labels

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
HEADERS = {
    "Cache-Control": "no-cache",
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}
_PARIS = ZoneInfo("Europe/Paris")


def environment() -> Environment:
    """The templates of the package, read at once, before any event loop runs."""
    made = Environment(
        loader=PackageLoader("console"),
        autoescape=True,
        undefined=ChainableUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals |= {
        "services": labels.SERVICES,
        "operations": labels.OPERATIONS,
        "outcomes": labels.OUTCOMES,
        "severities": labels.SEVERITIES,
        "certainties": labels.CERTAINTIES,
        "case_verdicts": labels.CASE_VERDICTS,
        "verdict_counts": labels.VERDICT_COUNTS,
        "attempt_states": labels.ATTEMPT_STATES,
        "authentications": labels.AUTHENTICATIONS,
        "official": labels.OFFICIAL,
        "count": labels.count,
        "measures": labels.MEASURES,
    }
    made.filters |= {"moment": moment, "octets": octets, "thousands": thousands, "pretty": pretty, "grouped": grouped}
    for name in made.list_templates():
        made.get_template(name)
    return made


def moment(text: str) -> str:
    """RFC 3339 → ``30/11/2026 18:53:25,594`` in Paris; what stands in an address and is no such instant, as it is."""
    try:
        there = datetime.fromisoformat(text).astimezone(_PARIS)
    except (ValueError, OverflowError):
        return text
    return f"{there:%d/%m/%Y %H:%M:%S},{there.microsecond // 1000:03d}"


def pretty(data: object) -> str:
    """JSON for reading."""
    return json.dumps(data, ensure_ascii=False, indent=2)


def grouped(things: Iterable[Mapping[str, Any]], key: str) -> list[tuple[str, list[Mapping[str, Any]]]]:
    """Those with the same ``key`` together, in the order of the first of each."""
    found: dict[str, list[Mapping[str, Any]]] = {}
    for one in things:
        found.setdefault(str(one[key]), []).append(one)
    return list(found.items())


def octets(size: int) -> str:
    """``1,2 Ko``."""
    for unit, scale in (("Mo", 1024 * 1024), ("Ko", 1024)):
        if size >= scale:
            return f"{size / scale:.1f} {unit}".replace(".", ",")
    return f"{size} octets"


def thousands(number: int) -> str:
    """``12 345``, with a narrow space that does not break."""
    return f"{number:,}".replace(",", "\N{NARROW NO-BREAK SPACE}")


TEMPLATES = environment()


def page(name: str, **shown: Any) -> str:
    """One page. May take tens of milliseconds for a long message."""
    return TEMPLATES.get_template(name).render(**shown)
