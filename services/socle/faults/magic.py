"""Magic values (D10): what a message says of itself provokes a fault, without any rule.

Each service finds the id in its own way (``domain/magic.py``); the workspace's option ``faults.magic`` = ``off`` makes
such values ordinary again.
"""

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Final

from socle.control.options import one_of
from socle.control.port import Fault, FaultPoint
from socle.exchange import Exchange
from socle.faults import generic  # noqa: F401 - fills the catalogue
from socle.faults.catalogue import CATALOGUE, CatalogueEntry
from socle.rules import REGISTRY, Certainty, Rule, Severity

OPTION: Final = "faults.magic"
one_of(OPTION, ["on", "off"])
UNKNOWN: Final = REGISTRY.add(
    Rule(
        "fault.unknown-magic",
        "Une valeur magique demande une panne que le catalogue n'a pas",
        "A magic value asks for a fault that the catalogue does not have",
        "Socles D10",
        Certainty.OURS,
        "Corriger l'identifiant (GET /_sandbox/faults/catalogue), ou mettre l'option faults.magic à off.",
        severity=Severity.WARNING,
    )
)


def entry_of(entry_id: str, options: Mapping[str, str], exchange: Exchange) -> CatalogueEntry | None:
    """The entry asked for; None when it is another service's, or magic is off, or nobody knows it: then a finding."""
    if options.get(OPTION) == "off":
        return None
    if entry_id not in CATALOGUE:
        _remark(entry_id, exchange)
        return None
    entry = CATALOGUE[entry_id]
    return entry if entry.service in (None, exchange.service) else None


def _remark(entry_id: str, exchange: Exchange) -> None:
    ours = [entry.id for entry in CATALOGUE if entry.service in (None, exchange.service)]
    family = entry_id.partition(".")[0]
    told = any(finding.rule is UNKNOWN for finding in exchange.findings)
    if not told and any(one.startswith(f"{family}.") for one in ours):  # else it may be another process's to know
        near = ", ".join(get_close_matches(entry_id, ours))
        exchange.findings.append(UNKNOWN.finding(where="faults.magic", expected=near, found=entry_id[:80]))


def fires(entry: CatalogueEntry, point: FaultPoint, operation: str) -> Fault | None:
    """What it does at this point of this operation; the fault names the entry as its rule."""
    if entry.point is not point or (entry.operations and operation not in entry.operations):
        return None
    return entry.fault
