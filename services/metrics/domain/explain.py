"""Explanations: the same functions that count, asked for their reasons."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from metrics.domain.attributes import failed
from metrics.domain.engine import CohortPlan
from metrics.domain.facts import Call, Document, Evidence, Message, Stay
from metrics.domain.linkage import Link, LinkedBy, Neighbourhood, covers
from metrics.domain.reasons import Reason
from metrics.domain.windows import Window


@dataclass(frozen=True, slots=True)
class EvidenceVerdict:
    """What one document or mail does for a stay, and why."""

    evidence: Evidence | None
    refused: Call | None
    """A deposit that was refused: there is no document, only the act."""
    link: Link
    counts: bool
    reason: Reason


@dataclass(frozen=True, slots=True)
class StayVerdict:
    """How a stay counts in one cohort and window."""

    stay: Stay
    in_denominator: bool
    in_numerator: bool
    reasons: tuple[Reason, ...]
    evidence: tuple[EvidenceVerdict, ...] = field(default=())


def explain_stay(
    plan: CohortPlan, stay: Stay, window: Window, around: Neighbourhood, refused: Iterable[Call] = ()
) -> StayVerdict:
    """The verdict on a stay, with everything that was considered for it."""
    verdicts = [_evidence(plan, stay, item, link) for item, link in around.evidence_of(stay, plan.horizon_ms)]
    seen = {verdict.evidence.id for verdict in verdicts if verdict.evidence is not None}
    verdicts += [
        verdict for verdict in _unlinked(plan, stay, around) if verdict.evidence and verdict.evidence.id not in seen
    ]
    verdicts += [
        EvidenceVerdict(None, call, Link(LinkedBy.ENCOUNTER_ID, stay.stay_id), counts=False, reason=Reason.REJECTED)
        for call in refused
    ]
    reasons = _exclusions(plan, stay, window)
    if reasons:
        useless = [
            replace(verdict, counts=False, reason=Reason.STAY_NOT_COUNTED) if verdict.counts else verdict
            for verdict in verdicts
        ]
        return StayVerdict(stay, False, False, tuple(reasons), tuple(useless))
    fulfilled = any(verdict.counts for verdict in verdicts)
    reason = Reason.FULFILLED if fulfilled else Reason.NO_EVIDENCE
    return StayVerdict(stay, True, fulfilled, (reason,), tuple(verdicts))


def explain_evidence(plan: CohortPlan, item: Evidence, around: Neighbourhood) -> tuple[EvidenceVerdict, Stay | None]:
    """The verdict on a document or mail of its own accord: the stay it falls to, or why it falls to none."""
    link = around.link(item, plan.horizon_ms)
    stay = around.stays.get(link.stay_id) if link.stay_id is not None else None
    if stay is None:
        reason = Reason.AMBIGUOUS if link.by is LinkedBy.AMBIGUOUS else Reason.ORPHAN
        return EvidenceVerdict(item, None, link, False, reason), None
    return _evidence(plan, stay, item, link), stay


def why_no_document(document: Document, window: Window) -> Reason:
    """Why a document is not in a count of documents, or that it is."""
    if document.status == "deleted":
        return Reason.DELETED
    return Reason.COUNTED if inside(document.registered_at, window) else Reason.OUTSIDE_WINDOW


def twins_of(documents: Sequence[Document]) -> set[str]:
    """Lids that count through another document of the same setId, establishment and type."""
    first: dict[tuple[str, str, str | None], tuple[int, str]] = {}
    for document in documents:
        if document.set_id is not None and document.status != "deleted":
            key, mine = _twin_key(document), (document.registered_at, document.lid)
            first[key] = min(mine, first.get(key, mine))
    return {
        document.lid
        for document in documents
        if document.set_id is not None
        and document.status != "deleted"
        and first[_twin_key(document)] != (document.registered_at, document.lid)
    }


def inside(instant: int, window: Window) -> bool:
    """Whether an instant lies on a day of the window."""
    return window.start_ms <= instant < window.end_ms


def _exclusions(plan: CohortPlan, stay: Stay, window: Window) -> list[Reason]:
    if stay.cancelled:
        return [Reason.CANCELLED]
    if stay.discharged_at is None:
        return [Reason.NOT_DISCHARGED]
    reasons = []
    if not inside(stay.discharged_at, window):
        reasons.append(Reason.OUTSIDE_WINDOW)
    if stay.exit_mode in plan.definition.cohort.exclude_exit_modes:
        reasons.append(Reason.EXIT_MODE)
    elif not plan.eligible(stay):
        reasons.append(Reason.LEFT_OUT)
    return reasons


def _unlinked(plan: CohortPlan, stay: Stay, around: Neighbourhood) -> Iterable[EvidenceVerdict]:
    """Things of the same patient that might have been this stay's, and why they are not."""
    if stay.patient_ref is None:
        return
    for item in around.evidence_of_patient.get(stay.patient_ref, ()):
        link = around.link(item, plan.horizon_ms)
        if link.by is LinkedBy.AMBIGUOUS and stay.stay_id in link.candidates:
            yield EvidenceVerdict(item, None, link, False, Reason.AMBIGUOUS)
        elif link.stay_id not in (None, stay.stay_id):
            if covers(stay, item, plan.horizon_ms):
                yield EvidenceVerdict(item, None, link, False, Reason.OTHER_STAY)
        elif link.by is LinkedBy.ORPHAN:
            yield EvidenceVerdict(item, None, link, False, Reason.ORPHAN)


def _evidence(plan: CohortPlan, stay: Stay, item: Evidence, link: Link) -> EvidenceVerdict:
    if plan.fulfilled_by(stay, item):
        return EvidenceVerdict(item, None, link, True, Reason.COUNTED)
    return EvidenceVerdict(item, None, link, False, _why_not(plan, stay, item))


def _why_not(plan: CohortPlan, stay: Stay, item: Evidence) -> Reason:
    """The first condition that fails, in the order in which one would check them."""
    fact = item.fact
    mail = fact if isinstance(fact, Message) else None
    late = stay.discharged_at is not None and item.at > stay.discharged_at + plan.horizon_ms
    checks = (
        (item.kind != plan.kind, Reason.WRONG_KIND),
        (plan.types is not None and item.type_code not in plan.types, Reason.WRONG_TYPE),
        (isinstance(fact, Document) and fact.status == "deleted", Reason.DELETED),
        (mail is not None and failed(mail), Reason.FAILED),
        (mail is not None and mail.citizen_recipients == 0, Reason.NOT_TO_PATIENT),
        (mail is not None and mail.citizen_delivered == 0, Reason.NOT_DELIVERED),
        (late, Reason.LATE),
    )
    return next((reason for fails, reason in checks if fails), Reason.CONDITIONS)


def _twin_key(document: Document) -> tuple[str, str, str | None]:
    return (document.set_id or "", document.finess_eg or document.finess_ej or "", document.type_code)
