"""``GET /api/explain``: finds what is asked for, evaluates it with the functions that count, and words it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, and_, or_, select

from metrics.api.models import StayModel, ThingModel
from metrics.domain.definitions import CohortRatio, Definition, FlowCount
from metrics.domain.engine import CohortPlan, Engine
from metrics.domain.explain import StayVerdict, explain_evidence, explain_stay
from metrics.domain.facts import Call, Document, Message, MessageDoc, Stay, document_evidence, message_evidence
from metrics.domain.windows import Window
from metrics.explanations import evidence_thing, history, stay_model, things_of
from metrics.flow_things import Look, document_named, flow_things, found_things
from metrics.lookups import Reading, Scope
from metrics.neighbours import around
from metrics.queries import Only
from metrics.statements import statements_of
from metrics.tables import live

MOST = 5000
"""Stays or things evaluated for one explanation; beyond it the answer says how many there are in all."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be explained: a value (``only``, ``unattributed``), one stay, or one document or mail."""

    scope: Scope
    definition: Definition
    window: Window
    only: Only | None = None
    unattributed: bool = False
    counted: bool | None = None
    stay: str | None = None
    thing: str | None = None
    """lid, uniqueId or messageRef."""
    limit: int = 50
    offset: int = 0


@dataclass(frozen=True, slots=True)
class Found:
    """The part of the answer that comes from facts."""

    total: int
    stays: list[StayModel]
    things: list[ThingModel]


def explain(connection: Connection, asked: Asked) -> Found:
    """Evaluate what is asked for."""
    definition = asked.definition
    if isinstance(definition, CohortRatio):
        plan = Engine([definition]).cohorts[0]
        if asked.thing is not None:
            return _thing(connection, asked, plan, asked.thing)
        return _stays(connection, asked, plan)
    if asked.thing is not None:
        things = found_things(connection, asked.scope, definition, asked.window, asked.thing)
    else:
        table = live.document if _kind(definition) == "document" else live.message
        table = live.call if _kind(definition) == "call" else table
        things = flow_things(Look(connection, asked.scope, definition, asked.window), entity(table, asked), MOST)
    if asked.counted is not None:
        things = [thing for thing in things if thing.counts is asked.counted]
    return Found(len(things), [], things[asked.offset : asked.offset + asked.limit])


def entity(table: Table, asked: Asked) -> ColumnElement[bool]:
    """Rows of the row that is explained."""
    within = and_(table.c.workspace == asked.scope[0], table.c.epoch == asked.scope[1])
    if asked.unattributed:
        return and_(within, table.c.finess_eg.is_(None), table.c.finess_ej.is_(None))
    if asked.only is None:
        return within
    return and_(
        within,
        or_(
            table.c.finess_eg.in_(asked.only.finess_eg),
            and_(table.c.finess_eg.is_(None), table.c.finess_ej.in_(asked.only.finess_ej)),
        ),
    )


def _kind(definition: Definition) -> str:
    if isinstance(definition, CohortRatio):
        return "stay"
    return (definition.count if isinstance(definition, FlowCount) else definition.denominator).fact.value


def _stays(connection: Connection, asked: Asked, plan: CohortPlan) -> Found:
    stay = live.stay.c
    statement = select(*(stay[name] for name in Stay._fields))
    if asked.stay is not None:
        statement = statement.where(
            stay.workspace == asked.scope[0], stay.epoch == asked.scope[1], stay.stay_id == asked.stay
        )
    else:
        window = asked.window
        in_window = and_(stay.discharged_at >= window.start_ms, stay.discharged_at < window.end_ms)
        present = and_(stay.discharged_at.is_(None), stay.admitted_at < window.end_ms)
        statement = statement.where(entity(live.stay, asked), or_(in_window, present))
    statement = statement.order_by(stay.discharged_at.desc(), stay.stay_id).limit(MOST)
    stays = [Stay._make(row) for row in connection.execute(statement)]
    verdicts = _verdicts(connection, asked, plan, stays)
    if asked.counted is not None:
        verdicts = [verdict for verdict in verdicts if verdict.in_numerator is asked.counted]
    page = verdicts[asked.offset : asked.offset + asked.limit]
    told = history(connection, live, asked.scope, things_of(page))
    return Found(len(verdicts), [stay_model(verdict, told) for verdict in page], [])


def _verdicts(connection: Connection, asked: Asked, plan: CohortPlan, stays: Sequence[Stay]) -> list[StayVerdict]:
    near = around(Reading(connection), statements_of(live), asked.scope, stays, ())
    refused = _refused(connection, asked.scope, stays)
    return [
        explain_stay(
            plan,
            stay,
            asked.window,
            near,
            [
                call
                for call in refused
                if _concerns(call, stay) and (plan.types is None or call.type_code in plan.types)
            ],
        )
        for stay in stays
    ]


def _refused(connection: Connection, scope: Scope, stays: Iterable[Stay]) -> list[Call]:
    """Deposits refused that named one of these stays or patients."""
    call = live.call.c
    ids = {stay.stay_id for stay in stays}
    patients = {stay.patient_ref for stay in stays if stay.patient_ref is not None}
    statement = select(*(call[name] for name in Call._fields)).where(
        call.kind == "rejected",
        call.workspace == scope[0],
        call.epoch == scope[1],
        or_(call.stay_id.in_(ids), call.patient_ref.in_(patients)),
    )
    return [Call._make(row) for row in connection.execute(statement)]


def _concerns(call: Call, stay: Stay) -> bool:
    if call.stay_id is not None:
        return call.stay_id == stay.stay_id
    return call.patient_ref is not None and call.patient_ref == stay.patient_ref and stay.admitted_at <= call.at


def _thing(connection: Connection, asked: Asked, plan: CohortPlan, thing: str) -> Found:
    """Why one document or mail does or does not fulfil a stay."""
    reads, sql = Reading(connection), statements_of(live)
    document = live.document.c
    documents = [
        Document._make(row)
        for row in connection.execute(
            select(*(document[name] for name in Document._fields)).where(document_named(asked.scope, thing))
        )
    ]
    mails: list[tuple[Message, MessageDoc]] = []
    rows: Sequence[Any] = sql.messages_by_ref.rows(reads, asked.scope, [thing])
    for row in rows:
        mails += [
            (Message._make(row), MessageDoc._make(doc)) for doc in sql.carried_by_ref.rows(reads, asked.scope, [thing])
        ]
    evidence = [document_evidence(each) for each in documents] + [message_evidence(*each) for each in mails]
    ids = {item.stay_id for item in evidence if item.stay_id is not None}
    patients = {item.patient_ref for item in evidence if item.patient_ref is not None}
    stays = [Stay._make(row) for row in sql.stays_by_id.rows(reads, asked.scope, ids)]
    near = around(reads, sql, asked.scope, stays, patients)
    told = history(
        connection,
        live,
        asked.scope,
        [("document", each.lid) for each in documents] + [("message", each[0].message_ref) for each in mails],
    )
    things, verdicts = [], []
    for item in evidence:
        verdict, stay = explain_evidence(plan, item, near)
        things.append(evidence_thing(verdict, told))
        if stay is not None:
            verdicts.append(explain_stay(plan, stay, asked.window, near))
    if not things:
        things = found_things(connection, asked.scope, plan.definition, asked.window, thing)
    told = history(connection, live, asked.scope, things_of(verdicts))
    return Found(len(things), [stay_model(verdict, told) for verdict in verdicts], things)
