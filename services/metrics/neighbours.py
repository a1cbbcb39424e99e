"""Loads what a change can have to do with: the stays and the evidence around it, before and after."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from metrics.domain.engine import Counts, Engine
from metrics.domain.facts import Document, Evidence, Message, MessageDoc, Stay, document_evidence, message_evidence
from metrics.domain.linkage import LinkedBy, Neighbourhood
from metrics.evidence import evidence_reads
from metrics.lookups import Reads, Scope
from metrics.statements import Statements


class Reach:
    """Stay ids and patients that changed evidence of one kind points at."""

    __slots__ = ("ids", "patients")

    def __init__(self) -> None:
        self.ids: set[str] = set()
        self.patients: set[str] = set()

    def __bool__(self) -> bool:
        return bool(self.ids or self.patients)

    def add(self, evidence: Evidence) -> None:
        """What this evidence links to, or may link to."""
        if evidence.stay_id is not None:
            self.ids.add(evidence.stay_id)
        if evidence.patient_ref is not None:
            self.patients.add(evidence.patient_ref)

    def add_stay(self, stay: Stay) -> None:
        """A stay that changed: its own count, and that of the same patient's other stays."""
        self.ids.add(stay.stay_id)
        if stay.patient_ref is not None:
            self.patients.add(stay.patient_ref)


class Surroundings:
    """One evaluation: which stays' counts may have changed, and the difference.

    The database still holds the state before; ``stays`` and ``evidence`` are what changes. Of the evidence there, only
    what can fulfil a stay is read: most is of other types, and there is ever more of it.
    """

    def __init__(self, reads: Reads, statements: Statements, engine: Engine, scope: Scope) -> None:
        self._reads = reads
        self._sql = statements
        self._known = evidence_reads(statements.tables, engine.wanted)
        self._engine = engine
        self._scope = scope
        self.documents = Reach()
        self.messages = Reach()
        self.stays: dict[str, Stay] = {}
        """Stays as they will be."""
        self.former: set[str] = set()
        """Ids of evidence as it was: it is replaced by ``evidence``."""
        self.evidence: list[Evidence] = []
        """Evidence as it will be."""
        self.former_messages: set[str] = set()
        """Messages whose evidence is replaced."""

    def change_stay(self, before: Stay | None, after: Stay) -> None:
        """A stay changes."""
        self.stays[after.stay_id] = after
        for stay in (before, after):
            if stay is not None:
                self.documents.add_stay(stay)
                self.messages.add_stay(stay)

    def change_document(self, before: Document | None, after: Document) -> None:
        """A document changes; most cannot fulfil any stay, and cost nothing here."""
        self.former.add(after.lid)
        for document in (before, after):
            if document is not None:
                evidence = document_evidence(document)
                if self._engine.may_fulfil(evidence):
                    self.documents.add(evidence)
        self.evidence.append(document_evidence(after))

    def change_message(
        self, before: Iterable[tuple[Message, MessageDoc]], after: Iterable[tuple[Message, MessageDoc]]
    ) -> None:
        """A message changes, with all that it carries."""
        for message, doc in before:
            self.former_messages.add(message.message_ref)
            evidence = message_evidence(message, doc)
            if self._engine.may_fulfil(evidence):
                self.messages.add(evidence)
        for message, doc in after:
            self.former_messages.add(message.message_ref)
            evidence = message_evidence(message, doc)
            self.evidence.append(evidence)
            if self._engine.may_fulfil(evidence):
                self.messages.add(evidence)

    def difference(self, counts: Counts, linked: Counter[LinkedBy]) -> None:
        """Take the former counts of every stay concerned from ``counts``, and add the new ones.

        ``linked`` counts the evidence that came by how its stay was found.
        """
        if not (self.documents or self.messages):
            return
        self._reach_through_changed_stays()
        ids = self.documents.ids | self.messages.ids
        patients = self.documents.patients | self.messages.patients
        before = self._stays(ids, patients)
        concerned = {
            stay.stay_id
            for stay in (*before.values(), *self.stays.values())
            if stay.stay_id in ids or stay.patient_ref in patients
        }
        evidence = self._evidence(before)
        named = {item.stay_id for item in (*evidence, *self.evidence) if item.stay_id is not None} - before.keys()
        before.update(self._keyed(self._sql.stays_by_id.rows(self._reads, self._scope, named)))
        kept = [item for item in evidence if not self._replaced(item)]
        was = Neighbourhood.of(before, evidence)
        becomes = Neighbourhood.of({**before, **self.stays}, [*kept, *self.evidence])
        for stay_id in concerned:
            if (stay := was.stays.get(stay_id)) is not None:
                counts.subtract(self._engine.of_stay(stay, was))
            if (stay := becomes.stays.get(stay_id)) is not None:
                counts.update(self._engine.of_stay(stay, becomes))
        horizon = self._engine.longest_horizon
        linked.update(becomes.link(item, horizon).by for item in self.evidence if self._engine.may_fulfil(item))

    def _reach_through_changed_stays(self) -> None:
        """Evidence that names a changed stay falls to it or away from it, and then to its patient's other stays."""
        for reach, by_stay, kind in (
            (self.documents, self._known.documents_by_stay, "document"),
            (self.messages, self._known.mailed_by_stay, "message"),
        ):
            there = by_stay(self._reads, self._scope, self.stays)
            coming = [item for item in self.evidence if item.kind == kind and item.stay_id in self.stays]
            for item in (*there, *coming):
                if self._engine.may_fulfil(item):
                    reach.add(item)

    def _stays(self, ids: set[str], patients: set[str]) -> dict[str, Stay]:
        """Stays by id and by patient, and the other stays of all these patients."""
        found = self._keyed(self._sql.stays_by_id.rows(self._reads, self._scope, ids))
        everyone = patients | _patients(found.values()) | _patients(self.stays.values())
        found.update(self._keyed(self._sql.stays_by_patient.rows(self._reads, self._scope, everyone)))
        return found

    def _evidence(self, stays: dict[str, Stay]) -> list[Evidence]:
        """The evidence of one kind around the stays that changes of that kind, or of stays, concern."""
        found: dict[tuple[str, str], Evidence] = {}
        around = [*stays.values(), *self.stays.values()]
        for reach, by_stay, by_patient in (
            (self.documents, self._known.documents_by_stay, self._known.documents_by_patient),
            (self.messages, self._known.mailed_by_stay, self._known.mailed_by_patient),
        ):
            if not reach:
                continue
            near = [stay for stay in around if stay.stay_id in reach.ids or stay.patient_ref in reach.patients]
            for item in by_stay(self._reads, self._scope, {stay.stay_id for stay in near}):
                found[item.kind, item.id] = item
            for item in by_patient(self._reads, self._scope, reach.patients | _patients(near)):
                found[item.kind, item.id] = item
        return list(found.values())

    def _replaced(self, item: Evidence) -> bool:
        if item.kind == "document":
            return item.id in self.former
        return item.id.partition("#")[0] in self.former_messages

    def _keyed(self, rows: list[tuple[Any, ...]]) -> dict[str, Stay]:
        return {row[0]: Stay._make(row) for row in rows}


def _patients(stays: Iterable[Stay]) -> set[str]:
    return {stay.patient_ref for stay in stays if stay.patient_ref is not None}


def around(
    reads: Reads, sql: Statements, scope: Scope, stays: Iterable[Stay], patients: Iterable[str]
) -> Neighbourhood:
    """Everything that can have to do with these stays and patients, to explain them."""
    nearby = {stay.stay_id: stay for stay in stays}
    everyone = list(_patients(nearby.values()) | set(patients))
    nearby |= {row[0]: Stay._make(row) for row in sql.stays_by_patient.rows(reads, scope, everyone)}
    ids = list(nearby)
    known = evidence_reads(sql.tables)
    found = [
        *known.documents_by_stay(reads, scope, ids),
        *known.documents_by_patient(reads, scope, everyone),
        *known.mailed_by_stay(reads, scope, ids),
        *known.mailed_by_patient(reads, scope, everyone),
    ]
    named = {item.stay_id for item in found if item.stay_id is not None} - nearby.keys()
    nearby |= {row[0]: Stay._make(row) for row in sql.stays_by_id.rows(reads, scope, named)}
    return Neighbourhood.of(nearby, list({(item.kind, item.id): item for item in found}.values()))
