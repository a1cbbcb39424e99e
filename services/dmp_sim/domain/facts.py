"""What an event says of a document: facts drawn from its entry and its CDA header, never a name or an INS."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dmp_sim.domain.cda import CdaHeader
from dmp_sim.domain.forms import cx, ins_of, instant
from dmp_sim.domain.model import Deposit, DocumentEntry
from socle.events import stay_id
from socle.rules import Finding

ENCOUNTER_REFERENCE = "encounterid"
"""End of the reference type that names an encounter: ``urn:ihe:iti:xds:2015:encounterId``."""


@dataclass(frozen=True, slots=True)
class ActFacts:
    """What all events of one deposit share."""

    workspace: str
    epoch: int
    exchange_id: str
    at: datetime
    """By the workspace's clock."""
    finess_eg: str | None = None
    finess_ej: str | None = None
    attributed_by: str = "none"
    software: str | None = None
    sector: str | None = None
    patient_ref: str | None = None
    findings: tuple[str, ...] = ()
    redacted: bool = False
    """The patient may be a real person (D11): events then say nothing of him, his stay or his dates."""
    event_delay: float = 0.0
    """Seconds from the commit to the publication of the act's events, when a fault rule holds them back (D10)."""

    def common(self) -> dict[str, Any]:
        """The common data of an event."""
        return {
            "workspace": self.workspace,
            "epoch": self.epoch,
            "exchange_id": self.exchange_id,
            "finess_eg": self.finess_eg,
            "finess_ej": self.finess_ej,
            "attributed_by": self.attributed_by,
            "software": self.software,
            "sector": self.sector,
            "patient_ref": self.patient_ref,
        }


def document_facts(deposit: Deposit, entry: DocumentEntry, act: ActFacts) -> dict[str, Any]:
    """Keyword arguments of a document event, all but ``lid`` and ``revision``."""
    document = deposit.document_of(entry)
    header = document.cda if document is not None else None
    facts = act.common()
    facts.update(
        document_id=entry.unique_id,
        type_code=entry.type_code.code if entry.type_code else None,
        class_code=entry.class_code.code if entry.class_code else None,
        format_code=entry.format_code.code if entry.format_code else None,
        size=document.blob.size if document is not None else 0,
        findings=act.findings,
    )
    if act.redacted:
        return facts
    stay = stay_of(entry, header)
    ins = ins_of(entry.patient_id)
    facts.update(
        stay_id=stay,
        linked_by="encounter-id" if stay else None,
        service_start=instant(entry.service_start),
        service_stop=instant(entry.service_stop),
        ins_qualified=ins is not None and ins.key_is_valid,
    )
    if header is not None:
        facts.update(
            set_id=str(header.set_id) or None,
            level=header.level or None,
            admitted_at=instant(header.admitted, paris=True),
            discharged_at=instant(header.discharged, paris=True),
        )
    return facts


def stay_of(entry: DocumentEntry, header: CdaHeader | None) -> str | None:
    """The encounter that the CDA names, else the one that referenceIdList names."""
    if header is not None and header.encounter_ids:
        encounter = next((one for one in header.encounter_ids if one.extension), header.encounter_ids[0])
        return stay_id(encounter.root, encounter.extension)
    for reference in entry.reference_ids:
        if reference.casefold().endswith(ENCOUNTER_REFERENCE):
            named = cx(reference)
            if named.authority:
                return stay_id(named.authority, named.id)
    return None


def visibility_of(entry: DocumentEntry) -> tuple[str, ...]:
    """Confidentiality marks beyond N."""
    return tuple(code.code for code in entry.confidentiality if code.code != "N")


def finding_ids(findings: list[Finding]) -> tuple[str, ...]:
    """Ids of the rules broken, each once, in the order met."""
    return tuple(dict.fromkeys(finding.rule.id for finding in findings))
