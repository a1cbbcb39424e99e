"""Linkage: which stay does a document belong to? (domain/indicators.md §6.4)

A pure function of the facts at hand, evaluated again whenever one of them changes: a document whose stay is unknown
waits and joins when the stay comes, and both orders give the same result.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple

from metrics.domain.days import local_day
from metrics.domain.facts import Evidence, Stay


class LinkedBy(StrEnum):
    """How the stay was found, or why not."""

    ENCOUNTER_ID = "encounter-id"
    INFERRED = "inferred"
    AMBIGUOUS = "ambiguous"
    """Several stays would do: counted apart, never guessed."""
    ORPHAN = "orphan"


class Link(NamedTuple):
    """The stay of a document; for ``ambiguous`` the candidates."""

    by: LinkedBy
    stay_id: str | None = None
    candidates: tuple[str, ...] = ()


_ORPHAN = Link(LinkedBy.ORPHAN)


class Neighbourhood(NamedTuple):
    """The stays and evidence that can have to do with one another."""

    stays: Mapping[str, Stay]
    by_patient: Mapping[str, Sequence[Stay]]
    by_stay_id: Mapping[str, Sequence[Evidence]]
    evidence_of_patient: Mapping[str, Sequence[Evidence]]

    @classmethod
    def of(cls, stays: Mapping[str, Stay], evidence: Sequence[Evidence]) -> "Neighbourhood":
        """Index the facts; cancelled stays take no document."""
        by_patient: dict[str, list[Stay]] = {}
        for stay in stays.values():
            if stay.patient_ref is not None and not stay.cancelled:
                by_patient.setdefault(stay.patient_ref, []).append(stay)
        by_stay_id: dict[str, list[Evidence]] = {}
        of_patient: dict[str, list[Evidence]] = {}
        for item in evidence:
            if item.stay_id is not None:
                by_stay_id.setdefault(item.stay_id, []).append(item)
            if item.patient_ref is not None:
                of_patient.setdefault(item.patient_ref, []).append(item)
        return cls(stays, by_patient, by_stay_id, of_patient)

    def link(self, evidence: Evidence, horizon_ms: int) -> Link:
        """In order: the encounter's id; the one stay of this patient, legal entity and dates; none or too many."""
        if evidence.stay_id is not None:
            named = self.stays.get(evidence.stay_id)
            if named is not None and not named.cancelled:
                return Link(LinkedBy.ENCOUNTER_ID, named.stay_id)
        if evidence.patient_ref is None or not evidence.finess_ej:
            return _ORPHAN
        candidates = [
            stay.stay_id
            for stay in self.by_patient.get(evidence.patient_ref, ())
            if stay.finess_ej == evidence.finess_ej and covers(stay, evidence, horizon_ms)
        ]
        if len(candidates) == 1:
            return Link(LinkedBy.INFERRED, candidates[0])
        if candidates:
            return Link(LinkedBy.AMBIGUOUS, None, tuple(sorted(candidates)))
        return _ORPHAN

    def evidence_of(self, stay: Stay, horizon_ms: int) -> list[tuple[Evidence, Link]]:
        """All evidence that links to ``stay``."""
        found = [(item, Link(LinkedBy.ENCOUNTER_ID, stay.stay_id)) for item in self.by_stay_id.get(stay.stay_id, ())]
        if stay.patient_ref is not None:
            for item in self.evidence_of_patient.get(stay.patient_ref, ()):
                if item.stay_id != stay.stay_id:
                    link = self.link(item, horizon_ms)
                    if link.stay_id == stay.stay_id:
                        found.append((item, link))
        return found


def covers(stay: Stay, evidence: Evidence, horizon_ms: int) -> bool:
    """Whether the service dates lie inside the stay plus the horizon.

    Many senders give service dates to the day only, hence the lower bound by local day. Without a service date nothing
    is inferred.
    """
    start, stop = evidence.service_start, evidence.service_stop
    first = start if start is not None else stop
    last = stop if stop is not None else start
    if first is None or last is None or local_day(first) < local_day(stay.admitted_at):
        return False
    return stay.discharged_at is None or last <= stay.discharged_at + horizon_ms
