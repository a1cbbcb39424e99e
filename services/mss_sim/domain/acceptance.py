"""What becomes of a message that was taken: where it is delivered, what comes back, and the events that say so."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from mss_sim.domain.message import MailContent, XdmDocument
from mss_sim.domain.recipients import Recipient
from socle.events import MssDocument, MssMessageAccepted, MssMessageDelivered, MssMessageFailed
from socle.rules import Finding


@dataclass(frozen=True, slots=True)
class Origin:
    """Who sent it, as the events say it."""

    workspace: str
    epoch: int
    exchange_id: str
    finess_eg: str | None
    finess_ej: str | None
    attributed_by: str
    sector: str | None
    """Of the establishment the message is attributed to."""


MssEvent = MssMessageAccepted | MssMessageDelivered | MssMessageFailed


def events(
    reference: str,
    origin: Origin,
    content: MailContent,
    recipients: Sequence[Recipient],
    *,
    size: int,
    at: datetime,
    findings: Sequence[Finding],
    patients: Sequence[str | None],
) -> list[MssEvent]:
    """Accepted, then Delivered and Failed as far as they apply: one series of revisions, counts cumulative.

    ``patients`` is the keyed hash of each document's patient, in the order of ``content.documents``. No address and no
    identity is in an event: citizens are only counted.
    """
    failed = [item for item in recipients if item.failure is not None]
    citizens = sum(item.citizen for item in recipients)
    citizens_failed = sum(item.citizen for item in failed)
    state = {
        "workspace": origin.workspace,
        "epoch": origin.epoch,
        "exchange_id": origin.exchange_id,
        "finess_eg": origin.finess_eg,
        "finess_ej": origin.finess_ej,
        "attributed_by": origin.attributed_by,
        "software": content.nil,
        "sector": origin.sector,
        "message_ref": reference,
        "accepted_at": at,
        "pro_recipients": len(recipients) - citizens,
        "citizen_recipients": citizens,
        "receipt_asked": content.root.header("Disposition-Notification-To") is not None,
        "docs": tuple(map(_document, content.documents, patients)),
        "size": size,
        "findings": tuple(dict.fromkeys(finding.rule.id for finding in findings)),
    }
    series: list[MssEvent] = [MssMessageAccepted(**state, revision=1)]
    state["pro_delivered"] = len(recipients) - citizens - (len(failed) - citizens_failed)
    state["citizen_delivered"] = citizens - citizens_failed
    if len(failed) < len(recipients):
        series.append(MssMessageDelivered(**state, revision=2))
    if failed:
        state["pro_failed"] = len(failed) - citizens_failed
        state["citizen_failed"] = citizens_failed
        code = failed[0].failure.error_code if failed[0].failure is not None else None
        series.append(MssMessageFailed(**state, error_code=code, revision=len(series) + 1))
    return series


def _document(document: XdmDocument, patient_ref: str | None) -> MssDocument:
    cda, entry = document.cda, document.entry
    stay = cda.stay_id if cda is not None else None
    return MssDocument(
        set_id=cda.set_id if cda is not None else None,
        document_id=(cda.document_id if cda is not None else None) or entry.unique_id,
        type_code=(cda.type_code if cda is not None else None) or entry.type_code,
        format_code=entry.format_code,
        level=cda.level if cda is not None else None,
        stay_id=stay,
        linked_by="encounter-id" if stay is not None else None,
        patient_ref=patient_ref,
        service_start=cda.service_start if cda is not None else None,
        service_stop=cda.service_stop if cda is not None else None,
    )
