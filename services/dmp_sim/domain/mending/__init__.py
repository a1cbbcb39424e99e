"""What of a deposit is mended by rule; ``MENDERS`` has them all. The other transactions share the one of addressing."""

from dmp_sim.domain.mending import agreement, codes, document, forms, links, required
from dmp_sim.domain.mending.anew import RENEWED, RENEWING, anew
from dmp_sim.domain.mending.base import MENDERS, Told

__all__ = [
    "MENDERS",
    "RENEWED",
    "RENEWING",
    "Told",
    "agreement",
    "anew",
    "codes",
    "document",
    "forms",
    "links",
    "required",
]
