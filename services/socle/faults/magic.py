"""Magic values (D10): what a message says of itself provokes a fault, without any rule.

Each service finds the id in its own way (``domain/magic.py``); the workspace's option ``faults.magic`` = ``off`` makes
such values ordinary again.
"""

from collections.abc import Mapping
from typing import Final

from socle.control.port import Fault, FaultPoint
from socle.faults import generic  # noqa: F401 - fills the catalogue
from socle.faults.catalogue import CATALOGUE, CatalogueEntry

OPTION: Final = "faults.magic"


def entry_of(entry_id: str | None, options: Mapping[str, str], service: str) -> CatalogueEntry | None:
    """The entry asked for; None when nothing is, when nobody knows it, when it is another service's or magic is off."""
    if entry_id is None or entry_id not in CATALOGUE or options.get(OPTION) == "off":
        return None
    entry = CATALOGUE[entry_id]
    return entry if entry.service in (None, service) else None


def fires(entry: CatalogueEntry, point: FaultPoint, operation: str) -> Fault | None:
    """What it does at this point of this operation; the fault names the entry as its rule."""
    if entry.point is not point or (entry.operations and operation not in entry.operations):
        return None
    return entry.fault
