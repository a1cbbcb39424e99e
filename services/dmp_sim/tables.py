"""The DMP's tables. Every key begins with workspace and epoch (D7)."""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, LargeBinary, MetaData, Table, Text

from socle.store.tables import common
from socle.store.types import Instant, Ordered

METADATA = MetaData()
common(METADATA)

SUBMISSION_SET = Table(
    "submission_set",
    METADATA,
    Column("workspace", Text, primary_key=True),
    Column("epoch", Integer, primary_key=True, autoincrement=False),
    Column("unique_id", Text, primary_key=True),
    Column("entry_uuid", Text, nullable=False),
    Column("patient", Text, nullable=False),
    Column("exchange_id", Text, nullable=False),
    Column("registered_at", Instant, nullable=False),
    Column("metadata", LargeBinary, nullable=False),
    Column("associations", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)
"""``metadata``: the submission set's model as JSON; ``associations``: its links, between entryUUIDs, as JSON. A lot is
one row, since each statement of an act costs the writer a hand-over of the interpreter lock."""

DOCUMENT_ENTRY = Table(
    "document_entry",
    METADATA,
    Column("workspace", Text, primary_key=True),
    Column("epoch", Integer, primary_key=True, autoincrement=False),
    Column("unique_id", Ordered, primary_key=True),
    Column("entry_uuid", Text, nullable=False),
    Column("lid", Text, nullable=False),
    Column("chain", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("status", Text, nullable=False),
    Column("signature", Boolean, nullable=False),
    Column("patient", Text, nullable=False),
    Column("class_code", Text),
    Column("type_code", Text),
    Column("creation_time", Ordered, nullable=False),
    Column("service_start", Ordered, nullable=False),
    Column("stay_id", Text),
    Column("submission_set", Text, nullable=False),
    Column("replaces", Text),
    Column("mime_type", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("sha1", Text, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("exchange_id", Text, nullable=False),
    Column("registered_at", Instant, nullable=False),
    Column("first_registered_at", Instant, nullable=False),
    Column("metadata", LargeBinary, nullable=False),
)
"""``lid`` is what the wire says, ``chain`` what events say: the lid of the chain's first version. Times are DTMs filled
up to fourteen digits, so that texts compare as instants. ``metadata``: the entry's model as JSON."""

Index(
    "document_entry_uuid",
    DOCUMENT_ENTRY.c.entry_uuid,
    DOCUMENT_ENTRY.c.workspace,
    DOCUMENT_ENTRY.c.epoch,
    unique=True,
)
Index("document_entry_patient", DOCUMENT_ENTRY.c.patient, DOCUMENT_ENTRY.c.workspace, DOCUMENT_ENTRY.c.epoch)
# Only the primary key begins with the workspace: a plan that PostgreSQL made while the table was empty would take any
# such index, and read the whole workspace through it for one uniqueId.
