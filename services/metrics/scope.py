"""Events of one workspace and epoch → facts, and the difference they make to the counts."""

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from typing import Any, TypeVar

from metrics.bulk import Bulk
from metrics.domain.engine import Counts, Engine, Grain
from metrics.domain.facts import Call, Document, Establishment, Message, MessageDoc, Revised, Stay, newer
from metrics.domain.linkage import LinkedBy
from metrics.lookups import Scope
from metrics.neighbours import Surroundings
from metrics.statements import History, Statements
from metrics.wire.decode import Incoming
from socle.store.port import UnitOfWork

F = TypeVar("F", bound=Revised)
K = TypeVar("K", bound=Hashable)

Mailed = tuple[Message, tuple[MessageDoc, ...]]


class ScopeUpdate:
    """One scope's share of a batch. Everything is read before anything is written."""

    def __init__(self, uow: UnitOfWork, statements: Statements, engine: Engine, scope: Scope) -> None:
        self._uow = uow
        self._sql = statements
        self._engine = engine
        self._scope = scope
        self._around = Surroundings(uow, statements, engine, scope)
        self.counts: Counts = Counter()
        self.stale = 0
        self.linked: Counter[LinkedBy] = Counter()
        self._shorter: list[dict[str, object]] = []
        """Messages that carry less than before."""

    def apply(self, events: Sequence[Incoming]) -> Counts:
        """Take the events in; gives what to add to the stored grain.

        1. sort the events by what they are about, the newest of each;
        2. compare with the facts known, and count the difference;
        3. write the new facts.
        """
        calls: dict[tuple[str, str], Call] = {}
        documents: dict[str, Document] = {}
        messages: dict[str, Mailed] = {}
        stays: dict[str, Stay] = {}
        sites: dict[tuple[str, int], Establishment] = {}
        history: list[History] = []
        for event in events:
            fact = event.fact
            if isinstance(fact, Call):
                _keep(calls, (fact.call_id, fact.kind), fact)
            elif isinstance(fact, Document):
                _keep(documents, fact.lid, fact)
                history.append(_history(event, "document", fact.lid, fact.document_id))
            elif isinstance(fact, Message):
                known = messages.get(fact.message_ref)
                if newer(fact, known[0] if known else None):
                    messages[fact.message_ref] = (fact, event.docs)
                history.append(_history(event, "message", fact.message_ref, None))
            elif isinstance(fact, Stay):
                _keep(stays, fact.stay_id, fact)
                history.append(_history(event, "stay", fact.stay_id, None))
            elif isinstance(fact, Establishment):
                _keep(sites, (fact.finess_eg, fact.valid_from), fact)
        new_calls = self._calls(calls)
        new_documents = self._documents(documents)
        new_messages = self._messages(messages)
        new_stays = self._stays(stays)
        new_sites = self._sites(sites)
        self._around.difference(self.counts, self.linked)
        if self._shorter:
            self._uow.hot_many(self._sql.drop_carried, self._shorter)
        writes: tuple[tuple[Bulk, Sequence[tuple[Any, ...]]], ...] = (
            (self._sql.put_calls, new_calls),
            (self._sql.put_documents, new_documents),
            (self._sql.put_messages, [message for message, _ in new_messages]),
            (self._sql.put_carried, [doc for _, docs in new_messages for doc in docs]),
            (self._sql.put_stays, new_stays),
            (self._sql.put_establishments, new_sites),
            (self._sql.put_history, history),
        )
        for statement, rows in writes:
            statement.put(self._uow, self._scope, rows)
        return self.counts

    def _calls(self, coming: dict[tuple[str, str], Call]) -> list[Call]:
        rows = self._sql.calls_by_id.rows(self._uow, self._scope, {call_id for call_id, _ in coming})
        known = {(call.call_id, call.kind): call for call in map(Call._make, rows)}
        taken = self._newer(coming, known)
        for key, call in taken:
            if key in known:
                self._add(self._engine.of_call(known[key]), -1)
            self._add(self._engine.of_call(call))
        return [call for _, call in taken]

    def _documents(self, coming: dict[str, Document]) -> list[Document]:
        rows = self._sql.documents_by_lid.rows(self._uow, self._scope, coming)
        known = {document.lid: document for document in map(Document._make, rows)}
        taken = dict(self._newer(coming, known))
        sets: set[str] = set()
        for lid, document in taken.items():
            before = known.get(lid)
            self._around.change_document(before, document)
            for each, sign in ((before, -1), (document, 1)):
                if each is None:
                    continue
                if each.set_id is not None:
                    sets.add(each.set_id)
                else:
                    self._add(self._engine.of_documents((each,)), sign)
        self._twins(sets, taken)
        return list(taken.values())

    def _twins(self, sets: set[str], taken: dict[str, Document]) -> None:
        """Documents that share a setId count together: the difference of each set as it was and as it becomes."""
        was: dict[str, list[Document]] = {}
        becomes: dict[str, list[Document]] = {}
        for document in map(Document._make, self._sql.documents_by_set.rows(self._uow, self._scope, sets)):
            assert document.set_id is not None
            was.setdefault(document.set_id, []).append(document)
            if document.lid not in taken:
                becomes.setdefault(document.set_id, []).append(document)
        for document in taken.values():
            if document.set_id is not None:
                becomes.setdefault(document.set_id, []).append(document)
        for twins in was.values():
            self._add(self._engine.of_documents(twins), -1)
        for twins in becomes.values():
            self._add(self._engine.of_documents(twins))

    def _messages(self, coming: dict[str, Mailed]) -> list[Mailed]:
        rows = self._sql.messages_by_ref.rows(self._uow, self._scope, coming)
        known = {message.message_ref: message for message in map(Message._make, rows)}
        taken = self._newer({ref: message for ref, (message, _) in coming.items()}, known)
        carried: dict[str, list[MessageDoc]] = {}
        changed = [ref for ref, _ in taken if ref in known]
        for doc in map(MessageDoc._make, self._sql.carried_by_ref.rows(self._uow, self._scope, changed)):
            carried.setdefault(doc.message_ref, []).append(doc)
        for ref, message in taken:
            docs = coming[ref][1]
            before = known.get(ref)
            if before is not None:
                self._add(self._engine.of_message(before), -1)
                if before.docs > message.docs:
                    workspace, epoch = self._scope
                    self._shorter.append(
                        {"workspace": workspace, "epoch": epoch, "message_ref": ref, "docs": message.docs}
                    )
            self._add(self._engine.of_message(message))
            former = [(before, doc) for doc in carried.get(ref, ())] if before is not None else []
            self._around.change_message(former, [(message, doc) for doc in docs])
        return [(message, coming[ref][1]) for ref, message in taken]

    def _stays(self, coming: dict[str, Stay]) -> list[Stay]:
        rows = self._sql.stays_by_id.rows(self._uow, self._scope, coming)
        known = {stay.stay_id: stay for stay in map(Stay._make, rows)}
        taken = self._newer(coming, known)
        for stay_id, stay in taken:
            self._around.change_stay(known.get(stay_id), stay)
        return [stay for _, stay in taken]

    def _sites(self, coming: dict[tuple[str, int], Establishment]) -> list[Establishment]:
        rows = self._sql.establishments.rows(self._uow, self._scope, {finess for finess, _ in coming})
        known = {(site.finess_eg, site.valid_from): site for site in map(Establishment._make, rows)}
        return [site for _, site in self._newer(coming, known)]

    def _newer(self, coming: dict[K, F], known: dict[K, F]) -> list[tuple[K, F]]:
        taken = [(key, fact) for key, fact in coming.items() if newer(fact, known.get(key))]
        self.stale += len(coming) - len(taken)
        return taken

    def _add(self, grains: Iterable[Grain], sign: int = 1) -> None:
        counts = self.counts
        for grain in grains:
            counts[grain] += sign


def _history(event: Incoming, thing: str, thing_id: str, document_id: str | None) -> History:
    return History(
        thing,
        thing_id,
        event.revision,
        event.event_id,
        event.type,
        event.time,
        document_id,
        event.exchange_id,
        event.topic,
        event.partition,
        event.offset,
    )


def _keep(facts: dict[K, F], key: K, fact: F) -> None:
    if newer(fact, facts.get(key)):
        facts[key] = fact
