"""The documents, mails and acts behind a flow, each with its reason."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import ColumnElement, Connection, Table, and_, or_, select

from metrics.api.models import ThingModel
from metrics.domain.attributes import FactKind, failed
from metrics.domain.definitions import CohortRatio, Definition, FlowCount, FlowRatio
from metrics.domain.engine import Engine
from metrics.domain.explain import inside, twins_of, why_no_document
from metrics.domain.facts import Call, Document, Message
from metrics.domain.reasons import Reason
from metrics.domain.windows import Window
from metrics.explanations import call_thing, document_thing, history, message_thing
from metrics.lookups import Scope
from metrics.tables import live

F = TypeVar("F", Document, Message, Call)


@dataclass(frozen=True, slots=True)
class Look:
    """Where one looks, and for what."""

    connection: Connection
    scope: Scope
    definition: FlowCount | FlowRatio
    window: Window


def flow_things(look: Look, entity: ColumnElement[bool], most: int) -> list[ThingModel]:
    """What happened in the window, the newest first."""
    kind, window = _kind(look.definition), look.window
    table, at = {
        FactKind.DOCUMENT: (live.document, live.document.c.registered_at),
        FactKind.MESSAGE: (live.message, live.message.c.accepted_at),
        FactKind.CALL: (live.call, live.call.c.at),
    }[kind]
    where = and_(entity, at >= window.start_ms, at < window.end_ms)
    if kind is FactKind.CALL:
        where = and_(where, table.c.kind.in_(_call_kinds(look.definition)))
    if kind is FactKind.DOCUMENT:
        return _documents(look, where, most)
    if kind is FactKind.MESSAGE:
        return _messages(look, where, most)
    return _calls(look, where, most)


def found_things(
    connection: Connection, scope: Scope, definition: Definition, window: Window, thing: str
) -> list[ThingModel]:
    """One document, mail or act by its id, wherever it is; for a cohort only acts (a refused deposit)."""
    within = _within(live.call, scope)
    mine = and_(within, or_(live.call.c.call_id == thing, live.call.c.document_id == thing))
    if isinstance(definition, CohortRatio):
        refused = and_(mine, live.call.c.kind == "rejected")
        return [
            call_thing(call, counts=False, reason=Reason.REJECTED)
            for call in _select(connection, live.call, Call, refused, 10)
        ]
    look = Look(connection, scope, definition, window)
    kind = _kind(definition)
    if kind is FactKind.DOCUMENT:
        found = _documents(look, document_named(scope, thing), 10)
        return found or [
            call_thing(call, counts=False, reason=Reason.REJECTED)
            for call in _select(connection, live.call, Call, and_(mine, live.call.c.kind == "rejected"), 10)
        ]
    if kind is FactKind.MESSAGE:
        where = and_(_within(live.message, scope), live.message.c.message_ref == thing)
        return _messages(look, where, 10)
    return _calls(look, mine, 10)


def document_named(scope: Scope, thing: str) -> ColumnElement[bool]:
    """The document whose lid, or the uniqueId of any of whose versions, is ``thing``."""
    told = live.history
    versions = select(told.c.thing_id).where(
        _within(told, scope), told.c.thing == "document", told.c.document_id == thing
    )
    lid = live.document.c.lid
    return and_(_within(live.document, scope), or_(lid == thing, lid.in_(versions)))


def _documents(look: Look, where: ColumnElement[bool], most: int) -> list[ThingModel]:
    connection, scope, definition, window = look.connection, look.scope, look.definition, look.window
    engine = Engine([definition])
    documents: list[Document] = _select(connection, live.document, Document, where, most)
    sets = {document.set_id for document in documents if document.set_id is not None}
    same_set = and_(_within(live.document, scope), live.document.c.set_id.in_(sets))
    twins = twins_of(_select(connection, live.document, Document, same_set, most))
    told = history(connection, live, scope, [("document", document.lid) for document in documents])
    things = []
    for document in documents:
        reason = why_no_document(document, window)
        if reason is Reason.COUNTED and document.lid in twins:
            reason = Reason.TWIN
        elif reason is Reason.COUNTED and not _counts(engine, definition, FactKind.DOCUMENT, document):
            reason = Reason.CONDITIONS
        counts = reason is Reason.COUNTED
        things.append(document_thing(document, told, counts=counts, reason=reason, linked=None))
    return things


def _messages(look: Look, where: ColumnElement[bool], most: int) -> list[ThingModel]:
    connection, scope, definition, window = look.connection, look.scope, look.definition, look.window
    engine = Engine([definition])
    messages: list[Message] = _select(connection, live.message, Message, where, most)
    told = history(connection, live, scope, [("message", message.message_ref) for message in messages])
    things = []
    for message in messages:
        counts = _counts(engine, definition, FactKind.MESSAGE, message)
        reason = Reason.FAILED if failed(message) else Reason.COUNTED if counts else Reason.CONDITIONS
        if not inside(message.accepted_at, window):
            counts, reason = False, Reason.OUTSIDE_WINDOW
        things.append(message_thing(message, told, counts=counts, reason=reason, linked=None))
    return things


def _calls(look: Look, where: ColumnElement[bool], most: int) -> list[ThingModel]:
    """For a ratio, ``counts`` means the numerator; all that is listed is in one of both."""
    connection, definition, window = look.connection, look.definition, look.window
    engine = Engine([definition])
    things = []
    for call in _select(connection, live.call, Call, where, most):
        counts = _counts(engine, definition, FactKind.CALL, call)
        reason = Reason.COUNTED if counts else Reason.CONDITIONS
        if not inside(call.at, window):
            counts, reason = False, Reason.OUTSIDE_WINDOW
        things.append(call_thing(call, counts=counts, reason=reason))
    return things


def _counts(engine: Engine, definition: Definition, kind: FactKind, fact: object) -> bool:
    return (definition.id, definition.version, "num") in engine.slots(kind, fact)


def _kind(definition: FlowCount | FlowRatio) -> FactKind:
    return (definition.count if isinstance(definition, FlowCount) else definition.denominator).fact


def _call_kinds(definition: FlowCount | FlowRatio) -> Sequence[str]:
    """The kinds of act that the definition speaks of."""
    parts = [definition.count] if isinstance(definition, FlowCount) else [definition.numerator, definition.denominator]
    kinds: list[str] = []
    for part in parts:
        wanted = part.where.get("kind", ["insi", "submitted", "rejected", "consulted"])
        kinds += [str(kind) for kind in (wanted if isinstance(wanted, list) else [wanted])]
    return kinds


def _within(table: Table, scope: Scope) -> ColumnElement[bool]:
    return and_(table.c.workspace == scope[0], table.c.epoch == scope[1])


def _select(connection: Connection, table: Table, fact: type[F], where: ColumnElement[bool], most: int) -> list[F]:
    at = {Document: "registered_at", Message: "accepted_at"}.get(fact, "at")
    statement = select(*(table.c[name] for name in fact._fields)).where(where).order_by(table.c[at].desc()).limit(most)
    return [fact._make(row) for row in connection.execute(statement)]
