"""The acts of the generator: what each emits, and the nation's mix (domain/indicators.md §4.1 to §4.3)."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class Act(StrEnum):
    """One request, and its answer."""

    LOOKUP = "lookup"
    """WS_INS2: an identity by traits."""
    DEPOSIT = "deposit"
    """ITI-41 with MTOM: one document and the lot's signature."""
    CONSULT = "consult"
    """ITI-18: GetDocuments by uniqueId."""
    MAIL = "mail"
    """SMTP with an IHE_XDM.zip, to one professional."""
    STAY = "stay"
    """POST /api/stays: an admission or a discharge, in turn."""


EVENTS: Mapping[Act, int] = MappingProxyType({Act.LOOKUP: 1, Act.DEPOSIT: 2, Act.CONSULT: 1, Act.MAIL: 2, Act.STAY: 1})
"""Of an accepted act: call completed · submitted, registered · consulted · accepted, delivered · the movement."""

SERVICES: Mapping[Act, str] = MappingProxyType(
    {Act.LOOKUP: "ins_sim", Act.DEPOSIT: "dmp_sim", Act.CONSULT: "dmp_sim", Act.MAIL: "mss_sim", Act.STAY: "metrics"}
)

TOPICS: Mapping[str, str] = MappingProxyType(
    {"ins_sim": "socles.insi.v1", "dmp_sim": "socles.dmp.v1", "mss_sim": "socles.mss.v1", "metrics": "socles.stays.v1"}
)
"""Service → the topic that its acts of this generator reach."""

PROTOCOLS: Mapping[Act, str] = MappingProxyType(
    {
        Act.LOOKUP: "INSi WS_INS2 · SOAP",
        Act.DEPOSIT: "DMP ITI-41 · SOAP/MTOM",
        Act.CONSULT: "DMP ITI-18 · SOAP",
        Act.MAIL: "MSSanté · SMTP",
        Act.STAY: "Séjours · JSON",
    }
)

Mix = Mapping[Act, float]

NATION: Mix = MappingProxyType({Act.LOOKUP: 14.9, Act.DEPOSIT: 16.0, Act.CONSULT: 0.5, Act.MAIL: 9.3, Act.STAY: 1.8})
"""Acts per second of a mean second of the nation: DMP of October 2025 (read), MSSanté and INSi (hypotheses), a stay is
two posts. Consultations are ours: enough of them for a percentile."""

DOCUMENTS: Mapping[str, float] = MappingProxyType(
    {"bio": 40.0, "prescription": 25.0, "hospital": 14.0, "imaging": 9.0, "other": 12.0}
)
"""Shares of deposited documents, in percent (§4.1)."""


def events_per_act(mix: Mix) -> float:
    """Mean events of an accepted act of this mix."""
    return sum(EVENTS[act] * share for act, share in mix.items()) / sum(mix.values())
