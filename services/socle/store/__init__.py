"""The store (D5): units of work, events that commit with the state they tell of (D2), blobs (D15)."""

from socle.store.hot import hot, hot_rows
from socle.store.port import BlobStore, Store, StoreBusy, StoreClosed, StoreFailed, UnitOfWork
from socle.store.sqlite import SqliteStore
from socle.store.tables import common, create_common_v1, drop_common_v1
from socle.store.types import Instant, rfc3339

__all__ = [
    "BlobStore",
    "Instant",
    "SqliteStore",
    "Store",
    "StoreBusy",
    "StoreClosed",
    "StoreFailed",
    "UnitOfWork",
    "common",
    "create_common_v1",
    "drop_common_v1",
    "hot",
    "hot_rows",
    "rfc3339",
]
