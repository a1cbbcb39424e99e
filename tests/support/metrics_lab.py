"""A laboratory for metrics: makes events, puts them on a log as records, projects them into a database in memory."""

import hashlib
import sqlite3
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from metrics.batch import Applied, Batch, Move, decoded
from metrics.catalogue import Catalogue, shipped
from metrics.projector import Projector
from metrics.tables import Projection, live, metadata
from metrics.wire.decode import Incoming, decode
from socle.bus.partition import partition_for
from socle.bus.port import Record, TopicPartition
from socle.events import (
    TYPE_PREFIX,
    DmpDocumentDeleted,
    DmpDocumentRegistered,
    DmpDocumentRejected,
    DmpDocumentReplaced,
    DmpDocumentSubmitted,
    EventContext,
    EventData,
    InsiCallCompleted,
    MssDocument,
    MssMessageAccepted,
    MssMessageDelivered,
    MssMessageFailed,
    StayAdmitted,
    StayCancelled,
    StayDischarged,
    encode_data,
    headers_of,
)
from socle.store.blobs import BlobFolder
from socle.store.connect import over
from socle.store.unit import SqliteUnitOfWork

EG = "010000024"
EJ = "010000016"
SCOPE = ("default", 1)
MARCH = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
LL = "11490-0"

Event = tuple[str, datetime, EventData]
"""Subject, time of occurrence, data."""


def common(**more: Any) -> dict[str, Any]:
    """What every event of the laboratory carries."""
    return {"workspace": "default", "epoch": 1, "finess_eg": EG, "finess_ej": EJ, **more}


def stay(number: str, *, discharged: datetime | None = MARCH, revision: int = 1, **more: Any) -> Event:
    """A stay of three days that ended at ``discharged``."""
    admitted = (discharged or MARCH) - timedelta(days=3)
    fields = common(
        stay_id=f"1.2.3^{number}",
        admitted_at=admitted,
        discharged_at=discharged,
        patient_ref=f"patient-{number}",
        revision=revision,
    )
    model = StayAdmitted if discharged is None else StayDischarged
    return f"1.2.3^{number}", discharged or admitted, model.model_validate({**fields, **more})


def cancelled(number: str, *, revision: int = 2) -> Event:
    """A11 for a stay."""
    subject, at, data = stay(number, revision=revision)
    return subject, at, StayCancelled(**data.model_dump())


def document(number: str, *, kind: str = "registered", revision: int = 1, **more: Any) -> Event:
    """A discharge letter of stay ``number``, registered two hours after the discharge."""
    at = more.pop("at", MARCH + timedelta(hours=2))
    fields = common(
        lid=f"lid-{number}",
        document_id=f"doc-{number}-{revision}",
        set_id=f"1.9^{number}",
        type_code=LL,
        level="N1",
        stay_id=f"1.2.3^{number}",
        linked_by="encounter-id",
        patient_ref=f"patient-{number}",
        service_start=MARCH - timedelta(days=3),
        service_stop=MARCH,
        exchange_id=f"exchange-{number}-{kind}-{revision}",
        revision=revision,
    )
    fields.update(more)
    if kind not in ("submitted", "rejected"):
        fields.setdefault("registered_at", at)
    if kind == "rejected":
        fields.setdefault("error_code", "XDSRepositoryMetadataError")
    if kind == "replaced":
        fields.setdefault("previous_document_id", f"doc-{number}-{revision - 1}")
    if kind == "deleted":
        fields.setdefault("deleted_at", at)
    return fields["lid"], at, _DOCUMENTS[kind].model_validate(fields)


def message(number: str, *, kind: str = "accepted", revision: int = 1, **more: Any) -> Event:
    """A mail to the patient with the discharge letter of stay ``number``."""
    at = more.pop("at", MARCH + timedelta(hours=3))
    carried = MssDocument(
        set_id=f"1.9^{number}",
        type_code=LL,
        stay_id=f"1.2.3^{number}",
        patient_ref=f"patient-{number}",
        service_start=MARCH - timedelta(days=3),
        service_stop=MARCH,
    )
    fields = common(
        message_ref=f"mail-{number}", accepted_at=at, citizen_recipients=1, docs=(carried,), revision=revision
    )
    if kind == "delivered":
        fields.update(pro_delivered=0, citizen_delivered=1)
    if kind == "failed":
        fields.update(pro_failed=0, citizen_failed=1)
    fields.update(more)
    return fields["message_ref"], at, _MESSAGES[kind].model_validate(fields)


def call(number: str, outcome: str = "00", at: datetime = MARCH, **more: Any) -> Event:
    """An INSi call."""
    fields = common(operation="rechercherInsAvecTraitsIdentite", outcome=outcome, duration_ms=12.5)
    return f"call-{number}", at, InsiCallCompleted.model_validate({**fields, **more})


_DOCUMENTS: dict[str, type[EventData]] = {
    "submitted": DmpDocumentSubmitted,
    "registered": DmpDocumentRegistered,
    "rejected": DmpDocumentRejected,
    "replaced": DmpDocumentReplaced,
    "deleted": DmpDocumentDeleted,
}
_MESSAGES: dict[str, type[EventData]] = {
    "accepted": MssMessageAccepted,
    "delivered": MssMessageDelivered,
    "failed": MssMessageFailed,
}


def event_id(event: Event) -> str:
    """The same event has the same id wherever it turns up."""
    subject, at, data = event
    text = f"{subject}|{data.TYPE}|{at.isoformat()}|{data.model_dump_json()}"
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def record(event: Event, offset: int = 0, sequence: int | None = None) -> Record:
    """An event as a consumer gets it."""
    subject, at, data = event
    context = EventContext(
        id=event_id(event),
        source="/socles/lab/default",
        type=TYPE_PREFIX + data.TYPE,
        time=at,
        subject=subject,
        recordedtime=at,
        sequence=sequence,
        partitionkey=data.partition_key,
    )
    partition = partition_for(data.partition_key, 12)
    key = data.partition_key.encode()
    return Record(data.TOPIC, partition, offset, key, encode_data(data), headers_of(context), 0)


def incoming(event: Event) -> Incoming:
    """An event as the projector gets it."""
    return decode(record(event))


@cache
def _schema() -> sqlite3.Connection:
    """An empty database, to be copied: faster than creating it for each example."""
    raw = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    connection = over(raw)
    metadata.create_all(connection)
    return raw


def _free(_service: str, _topic: str) -> None:
    """Every topic is anybody's here."""


class Lab:
    """A projector over a database in memory."""

    def __init__(self, catalogue: Catalogue | None = None, tables: Projection = live) -> None:
        self.raw = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
        connection = over(self.raw)
        _schema().backup(self.raw)
        self.connection = connection
        blobs = BlobFolder(Path("unused"), durable=False)
        self.uow = SqliteUnitOfWork(self.raw, connection, "metrics", blobs, _free, touched=True)
        self.projector = Projector(tables, (catalogue or shipped()).definitions, "lab")
        self.tables = tables

    def __enter__(self) -> "Lab":
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()
        self.connection.engine.dispose()
        self.raw.close()

    def take(self, *events: Event, chunks: Iterable[int] = ()) -> Applied:
        """Project events, all at once or in batches of the given sizes; positions are left out."""
        rest = list(events)
        sizes = iter(chunks)
        total = Applied()
        while rest:
            size = next(sizes, len(rest))
            batch, rest = rest[:size], rest[size:]
            if not batch:
                continue
            applied = self.projector.apply(self.uow, Batch({}, [incoming(event) for event in batch]))
            for scope, touched in applied.touched.items():
                total.touched.setdefault(scope, set()).update(touched)
            total.stale += applied.stale
        return total

    def log(self, records: Sequence[Record], moves: dict[TopicPartition, Move]) -> Applied:
        """Project records as the consumer does, positions included."""
        return self.projector.apply(self.uow, Batch(moves, *decoded([records], None)))

    def rows(self, name: str) -> list[tuple[Any, ...]]:
        """All rows of a table, in order."""
        return sorted(self.raw.execute(f"SELECT * FROM {name}").fetchall(), key=repr)

    def sums(self, indicator: str, **where: Any) -> Counter[str]:
        """Measure → sum over all days and entities, or those of ``where``."""
        found: Counter[str] = Counter()
        names = [column.name for column in self.tables.grain.c]
        for row in self.rows(self.tables.grain.name):
            grain = dict(zip(names, row, strict=True))
            if grain["indicator"] == indicator and all(grain[name] == value for name, value in where.items()):
                found[grain["measure"]] += grain["value"]
        return found

    def rate(self, indicator: str, **where: Any) -> tuple[int, int]:
        """Numerator and denominator."""
        sums = self.sums(indicator, **where)
        return sums["num"], sums["den"]

    def derived(self) -> dict[str, list[tuple[Any, ...]]]:
        """Every row of every derived table but the history's offsets: what must not depend on the order of arrival."""
        found = {table.name: self.rows(table.name) for table in self.tables.tables if table is not self.tables.history}
        found["history"] = [row[:7] for row in self.rows(self.tables.history.name)]
        return found
