"""Stored queries of ITI-18 as models, and which entries they ask for (IHE ITI TF-2 §3.18)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from dmp_sim.domain import names
from dmp_sim.domain.forms import xcn
from dmp_sim.domain.model import Code, DocumentEntry

FIND_DOCUMENTS = "urn:uuid:14d4debf-8f97-4251-9a74-a90016b0af0d"
GET_DOCUMENTS = "urn:uuid:5c4f972b-d56b-40ac-a5fc-c8ca9b40b9d4"

Values = tuple[str, ...]
"""The values of one slot: any of them may match. Several slots of one name must all match."""


@dataclass(frozen=True, slots=True)
class EntryQuery:
    """FindDocuments or GetDocuments. Times are DTMs filled up to fourteen digits; from ≤ t < to."""

    patient: str = ""
    """Number and authority, as the registry keys it; empty: anyone's."""
    statuses: Values = (names.APPROVED,)
    """Empty: any."""
    entry_uuids: Values = ()
    unique_ids: Values = ()
    times: tuple[tuple[str, str, str], ...] = ()
    """(column, ``from`` or ``to``, time) on creation_time, service_start."""
    codes: tuple[tuple[str, Values], ...] = ()
    """(attribute, values): each value ``code^^scheme`` or bare ``code``."""
    service_stop: tuple[tuple[str, str], ...] = ()
    authors: tuple[Values, ...] = ()
    reference_ids: tuple[Values, ...] = ()
    leaf_class: bool = True
    """Whole entries; ObjectRef otherwise."""


@dataclass(slots=True)
class StoredEntry:
    """An entry as the registry holds it."""

    entry: DocumentEntry
    entry_uuid: str
    lid: str
    chain: str
    revision: int
    status: str
    sha1: str
    size: int
    sha256: str
    submission_set: str
    exchange_id: str
    registered_at: datetime
    replaces: str | None = None
    signature: bool = False


def matches(entry: DocumentEntry, query: EntryQuery) -> bool:
    """What the database does not filter: codes, authors, references and serviceStopTime."""
    return (
        all(_has_code(entry, attribute, values) for attribute, values in query.codes)
        and all(_in_range(entry.service_stop, bound, time) for bound, time in query.service_stop)
        and all(_has_author(entry, values) for values in query.authors)
        and all(any(value in entry.reference_ids for value in values) for values in query.reference_ids)
    )


def filled(dtm: str) -> str:
    """A DTM filled up to the second, so that texts compare as instants do."""
    return (dtm + "00000101000000"[len(dtm) :])[:14] if dtm else ""


def _has_code(entry: DocumentEntry, attribute: str, values: Sequence[str]) -> bool:
    held = getattr(entry, attribute)
    codes: Sequence[Code] = held if isinstance(held, list) else [held] if held is not None else []
    return any(_same_code(code, value) for code in codes for value in values)


def _same_code(code: Code, wanted: str) -> bool:
    value, _, scheme = wanted.partition("^^")
    return code.code == value and (not scheme or code.scheme == scheme)


def _in_range(value: str, bound: str, time: str) -> bool:
    if not value:
        return False
    return filled(value) >= time if bound == "from" else filled(value) < time


def _has_author(entry: DocumentEntry, values: Sequence[str]) -> bool:
    """``%`` and ``_`` as in SQL LIKE are not offered: the id, or the whole XCN."""
    persons = [author.person for author in entry.authors]
    return any(value in persons or value in {xcn(person).id for person in persons} for value in values)
