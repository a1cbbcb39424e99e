"""The indicators counted from all facts at once: knows nothing of differences, batches or neighbourhoods."""

from collections import Counter
from collections.abc import Iterable

from metrics.catalogue import shipped
from metrics.domain.definitions import Definition
from metrics.domain.engine import Engine, Grain
from metrics.domain.facts import Call, Document, Message, MessageDoc, Stay, document_evidence, message_evidence
from metrics.domain.linkage import Neighbourhood
from support.metrics_lab import Lab


def stored(lab: Lab) -> dict[Grain, int]:
    """The grain as it is kept."""
    found: dict[Grain, int] = {}
    for row in lab.rows("grain"):
        _, _, indicator, version, day, eg, ej, field, measure, value = row
        found[(indicator, version, measure), (eg, ej), field, day] = value
    return found


def from_scratch(lab: Lab, definitions: Iterable[Definition] | None = None) -> dict[Grain, int]:
    """Every count, straight from the fact tables."""
    engine = Engine(shipped().definitions if definitions is None else definitions)
    calls = [Call._make(row) for row in _select(lab, "fact_call", Call._fields)]
    documents = [Document._make(row) for row in _select(lab, "fact_document", Document._fields)]
    messages = {row[0]: Message._make(row) for row in _select(lab, "fact_message", Message._fields)}
    carried = [MessageDoc._make(row) for row in _select(lab, "fact_message_doc", MessageDoc._fields)]
    stays = {row[0]: Stay._make(row) for row in _select(lab, "fact_stay", Stay._fields)}
    evidence = [document_evidence(each) for each in documents]
    evidence += [message_evidence(messages[each.message_ref], each) for each in carried]
    everything = Neighbourhood.of(stays, evidence)
    twins: dict[str, list[Document]] = {}
    for each in documents:
        twins.setdefault(each.set_id or f"lid {each.lid}", []).append(each)
    counts: Counter[Grain] = Counter()
    for call in calls:
        counts.update(engine.of_call(call))
    for group in twins.values():
        counts.update(engine.of_documents(group))
    for mail in messages.values():
        counts.update(engine.of_message(mail))
    for each_stay in stays.values():
        counts.update(engine.of_stay(each_stay, everything))
    return dict(counts)


def _select(lab: Lab, table: str, fields: tuple[str, ...]) -> list[tuple[object, ...]]:
    return lab.raw.execute(f"SELECT {', '.join(fields)} FROM {table}").fetchall()
