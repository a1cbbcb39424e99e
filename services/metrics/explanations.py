"""From a value back to stays, documents, mails, events and exchanges."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from metrics.api.models import EventModel, Reasoned, StayModel, ThingModel
from metrics.domain.days import from_ms
from metrics.domain.explain import EvidenceVerdict, StayVerdict
from metrics.domain.facts import Call, Document, Evidence, Message
from metrics.domain.reasons import TEXTS, Reason
from metrics.lookups import Scope
from metrics.tables import Projection

EXCHANGES = "/_sandbox/exchanges/"


def reasoned(reason: Reason) -> Reasoned:
    """A reason with its words."""
    french, english = TEXTS[reason]
    return Reasoned(code=reason.value, fr=french, en=english)


def iso(instant: int | None) -> str | None:
    """Milliseconds → ISO 8601, UTC."""
    return None if instant is None else from_ms(instant).isoformat()


@dataclass(frozen=True, slots=True)
class Told:
    """What was told about things: the history of events."""

    events: Mapping[tuple[str, str], list[EventModel]]

    def about(self, thing: str, thing_id: str) -> list[EventModel]:
        """Events about one thing, by revision."""
        return self.events.get((thing, thing_id), [])


def history(connection: Connection, tables: Projection, scope: Scope, things: Iterable[tuple[str, str]]) -> Told:
    """The events about all of ``things`` (kind, id)."""
    wanted: dict[str, set[str]] = {}
    for thing, thing_id in things:
        wanted.setdefault(thing, set()).add(thing_id)
    table = tables.history.c
    found: dict[tuple[str, str], list[EventModel]] = {}
    for thing, ids in wanted.items():
        statement = (
            select(tables.history)
            .where(table.workspace == scope[0], table.epoch == scope[1], table.thing == thing, table.thing_id.in_(ids))
            .order_by(table.revision, table.event_id)
        )
        for row in connection.execute(statement):
            found.setdefault((thing, row.thing_id), []).append(
                EventModel(
                    id=row.event_id,
                    type=row.type,
                    revision=row.revision,
                    time=from_ms(row.time).isoformat(),
                    exchange=row.exchange_id,
                    exchange_href=exchange_href(row.exchange_id),
                    topic=row.topic,
                    partition=row.partition,
                    offset=row.log_offset,
                )
            )
    return Told(found)


def exchange_href(exchange: str | None) -> str | None:
    """Where the journal entry is."""
    return None if exchange is None else EXCHANGES + exchange


def of_call(call: Call) -> list[EventModel]:
    """The one event of an act."""
    return [
        EventModel(
            id=call.event_id,
            type=call.event_type,
            revision=call.revision,
            time=from_ms(call.at).isoformat(),
            exchange=call.exchange_id,
            exchange_href=exchange_href(call.exchange_id),
        )
    ]


def document_thing(document: Document, told: Told, *, counts: bool, reason: Reason, linked: str | None) -> ThingModel:
    """A document of the DMP."""
    return ThingModel(
        kind="document",
        id=document.lid,
        label=document.document_id,
        type_code=document.type_code,
        at=from_ms(document.registered_at).isoformat(),
        linked_by=linked,
        counts=counts,
        reason=reasoned(reason),
        details={"status": document.status, "level": document.level, "setId": document.set_id},
        events=told.about("document", document.lid),
    )


def message_thing(
    message: Message, told: Told, *, counts: bool, reason: Reason, linked: str | None, type_code: str | None = None
) -> ThingModel:
    """A mail."""
    return ThingModel(
        kind="message",
        id=message.message_ref,
        label=message.message_ref,
        type_code=type_code,
        at=from_ms(message.accepted_at).isoformat(),
        linked_by=linked,
        counts=counts,
        reason=reasoned(reason),
        details={
            "proRecipients": message.pro_recipients,
            "citizenRecipients": message.citizen_recipients,
            "citizenDelivered": message.citizen_delivered,
        },
        events=told.about("message", message.message_ref),
    )


def call_thing(call: Call, *, counts: bool, reason: Reason, linked: str | None = None) -> ThingModel:
    """An act: an INSi call, a deposit received or refused."""
    details: dict[str, Any] = {"operation": call.operation, "outcome": call.outcome}
    if call.findings:
        details["findings"] = call.findings.split()
    return ThingModel(
        kind=call.kind,
        id=call.call_id,
        label=call.document_id or call.call_id,
        type_code=call.type_code,
        at=from_ms(call.at).isoformat(),
        linked_by=linked,
        counts=counts,
        reason=reasoned(reason),
        details=details,
        events=of_call(call),
    )


def evidence_thing(verdict: EvidenceVerdict, told: Told) -> ThingModel:
    """What was considered for a stay."""
    linked = verdict.link.by.value
    if verdict.refused is not None:
        return call_thing(verdict.refused, counts=False, reason=verdict.reason, linked=linked)
    assert verdict.evidence is not None
    fact = verdict.evidence.fact
    if isinstance(fact, Document):
        return document_thing(fact, told, counts=verdict.counts, reason=verdict.reason, linked=linked)
    return message_thing(
        fact,
        told,
        counts=verdict.counts,
        reason=verdict.reason,
        linked=linked,
        type_code=verdict.evidence.type_code,
    )


def stay_model(verdict: StayVerdict, told: Told) -> StayModel:
    """A stay with all that was considered."""
    stay = verdict.stay
    return StayModel(
        stay_id=stay.stay_id,
        field=stay.field,
        admitted_at=from_ms(stay.admitted_at).isoformat(),
        discharged_at=iso(stay.discharged_at),
        in_denominator=verdict.in_denominator,
        in_numerator=verdict.in_numerator,
        reasons=[reasoned(reason) for reason in verdict.reasons],
        evidence=[evidence_thing(each, told) for each in verdict.evidence],
        events=told.about("stay", stay.stay_id),
    )


def things_of(verdicts: Iterable[StayVerdict]) -> list[tuple[str, str]]:
    """What the history is needed of."""
    found = []
    for verdict in verdicts:
        found.append(("stay", verdict.stay.stay_id))
        for each in verdict.evidence:
            if each.evidence is not None:
                found.append(_thing(each.evidence))
    return found


def _thing(evidence: Evidence) -> tuple[str, str]:
    fact = evidence.fact
    return ("document", fact.lid) if isinstance(fact, Document) else ("message", fact.message_ref)
