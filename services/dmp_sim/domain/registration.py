"""What an accepted deposit becomes: entries with their UUIDs, versions and chains, and the events to tell."""

import itertools
import os
import time
from dataclasses import dataclass
from datetime import datetime

from dmp_sim.domain.facts import ActFacts, document_facts, visibility_of
from dmp_sim.domain.known import Registered, replacements
from dmp_sim.domain.model import Deposit, Document, DocumentEntry
from socle.events import DmpDocumentRegistered, DmpDocumentRejected, DmpDocumentReplaced, DmpDocumentSubmitted

_NODE = f"{int.from_bytes(os.urandom(6), 'big') | 1 << 40:012x}"
"""Stands for a network card in our UUIDs of version 1: random, multicast bit set (RFC 9562 §6.10)."""
_GREGORIAN = 0x01B21DD213814000
"""Intervals of 100 ns from 1582-10-15, where a UUID's time begins, to 1970."""
_sequence = itertools.count()
"""Tells UUIDs of one instant apart, in any thread, and those of a clock that was put back (RFC 9562 §5.1)."""


@dataclass(slots=True)
class NewEntry:
    """One entry on its way into the registry."""

    entry: DocumentEntry
    document: Document
    entry_uuid: str
    chain: str
    revision: int
    replaced: Registered | None
    first_registered_at: datetime
    facts: dict[str, object] | None
    """Event data; None for the lot's signature, which no event tells of."""


def new_entry_uuid() -> str:
    """An entryUUID of version 1, as the live registry gives."""
    at, sequence = f"{time.time_ns() // 100 + _GREGORIAN:015x}", next(_sequence) & 0x3FFF | 0x8000
    return f"urn:uuid:{at[7:]}-{at[3:7]}-1{at[:3]}-{sequence:x}-{_NODE}"


def entry_uuids(deposit: Deposit) -> dict[str, str]:
    """Id in the message → entryUUID: UUIDs are kept, symbolic ids get one."""
    ids = [deposit.submission_set.id, *(entry.id for entry in deposit.entries)]
    return {one: one if one.startswith("urn:uuid:") else new_entry_uuid() for one in ids}


def new_entries(
    deposit: Deposit, uuids: dict[str, str], targets: dict[str, Registered], act: ActFacts
) -> list[NewEntry]:
    """The entries of a deposit that passed every check, ready to be stored."""
    replaced_by_id = replacements(deposit)
    found: list[NewEntry] = []
    for entry in deposit.entries:
        document = deposit.document_of(entry)
        assert document is not None, "part.missing-document is structural"
        replaced = targets.get(replaced_by_id.get(entry.id, ""))
        entry_uuid = uuids[entry.id]
        found.append(
            NewEntry(
                entry,
                document,
                entry_uuid,
                chain=replaced.chain if replaced else entry_uuid,
                revision=replaced.revision + 1 if replaced else 1,
                replaced=replaced,
                first_registered_at=replaced.first_registered_at if replaced else act.at,
                facts=None if entry.is_signature else document_facts(deposit, entry, act),
            )
        )
    return found


def accepted_events(new: NewEntry) -> list[DmpDocumentSubmitted | DmpDocumentRegistered | DmpDocumentReplaced]:
    """Submitted, then registered or replaced."""
    if new.facts is None:
        return []
    facts = {**new.facts, "lid": new.chain}
    known = {"registered_at": new.first_registered_at, "visibility": visibility_of(new.entry)}
    submitted = DmpDocumentSubmitted.model_validate(facts)
    if new.replaced is None:
        return [submitted, DmpDocumentRegistered.model_validate({**facts, **known})]
    previous = {
        "previous_document_id": new.replaced.unique_id,
        "previous_type_code": new.replaced.type_code,
        "previous_stay_id": new.replaced.stay_id,
        "revision": new.revision,
    }
    return [submitted, DmpDocumentReplaced.model_validate({**facts, **known, **previous})]


def refused_events(
    deposit: Deposit, act: ActFacts, error_code: str
) -> list[DmpDocumentSubmitted | DmpDocumentRejected]:
    """Submitted and rejected, for each document; the lid is the one that the registry would have given."""
    told: list[DmpDocumentSubmitted | DmpDocumentRejected] = []
    for entry in deposit.entries:
        if not entry.is_signature:
            facts = {**document_facts(deposit, entry, act), "lid": new_entry_uuid()}
            told.append(DmpDocumentSubmitted.model_validate(facts))
            told.append(DmpDocumentRejected.model_validate({**facts, "error_code": error_code}))
    return told
