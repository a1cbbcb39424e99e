"""Reading evidence: all of it, to explain; or only what can change a count, so that the rest costs nothing.

Which stay a document belongs to depends on stays alone: leaving evidence out changes no count but its own.
"""

from collections.abc import Collection
from functools import cache
from typing import Any

from sqlalchemy import Boolean as BooleanType
from sqlalchemy import ColumnElement, Select, Table, and_, false, not_, or_, select, true

from metrics.domain.attributes import ATTRIBUTES, FactKind
from metrics.domain.engine import Conditions, Wanted
from metrics.domain.facts import Document, Evidence, Message, MessageDoc, document_evidence, message_evidence
from metrics.lookups import Lookup, Reads, Scope
from metrics.tables import Projection

_CARRIED = len(MessageDoc._fields)


class EvidenceReads:
    """The look-ups of evidence by stay and by patient; with ``wanted``, of no other evidence."""

    def __init__(self, tables: Projection, wanted: frozenset[Wanted] | None = None) -> None:
        document, message, carried = tables.document, tables.message, tables.message_doc
        documents = select(*(document.c[name] for name in Document._fields))
        mailed = select(
            *(carried.c[name] for name in MessageDoc._fields), *(message.c[name] for name in Message._fields)
        ).join(
            message,
            and_(
                message.c.workspace == carried.c.workspace,
                message.c.epoch == carried.c.epoch,
                message.c.message_ref == carried.c.message_ref,
            ),
        )
        self._documents = _look_ups(documents, FactKind.DOCUMENT, document, document, wanted)
        self._mailed = _look_ups(mailed, FactKind.MESSAGE, carried, message, wanted)

    def documents_by_stay(self, reads: Reads, scope: Scope, ids: Collection[str]) -> list[Evidence]:
        """Documents that name one of these stays."""
        return _documents(self._documents, "stay_id", reads, scope, ids)

    def documents_by_patient(self, reads: Reads, scope: Scope, patients: Collection[str]) -> list[Evidence]:
        """Documents of these patients."""
        return _documents(self._documents, "patient_ref", reads, scope, patients)

    def mailed_by_stay(self, reads: Reads, scope: Scope, ids: Collection[str]) -> list[Evidence]:
        """Documents in mails that name one of these stays."""
        return _mailed(self._mailed, "stay_id", reads, scope, ids)

    def mailed_by_patient(self, reads: Reads, scope: Scope, patients: Collection[str]) -> list[Evidence]:
        """Documents of these patients in mails."""
        return _mailed(self._mailed, "patient_ref", reads, scope, patients)


@cache
def evidence_reads(tables: Projection, wanted: frozenset[Wanted] | None = None) -> EvidenceReads:
    """Prepared once for each projection and set of definitions."""
    return EvidenceReads(tables, wanted)


_LookUps = dict[str, Lookup]
"""By key column; empty when no evidence of the kind is wanted."""


def _look_ups(
    statement: Select[Any], kind: FactKind, typed: Table, fact: Table, wanted: frozenset[Wanted] | None
) -> _LookUps:
    if wanted is not None:
        ours = [each for each in wanted if each.kind == kind]
        if not ours:
            return {}
        statement = statement.where(can_matter(ours, typed, fact))
    return {name: Lookup(statement, typed.c[name]) for name in ("stay_id", "patient_ref")}


def _documents(look_ups: _LookUps, key: str, reads: Reads, scope: Scope, keys: Collection[str]) -> list[Evidence]:
    if not look_ups:
        return []
    return [document_evidence(Document._make(row)) for row in look_ups[key].rows(reads, scope, keys)]


def _mailed(look_ups: _LookUps, key: str, reads: Reads, scope: Scope, keys: Collection[str]) -> list[Evidence]:
    if not look_ups:
        return []
    return [
        message_evidence(Message._make(row[_CARRIED:]), MessageDoc._make(row[:_CARRIED]))
        for row in look_ups[key].rows(reads, scope, keys)
    ]


def can_matter(wanted: Collection[Wanted], typed: Table, fact: Table) -> ColumnElement[bool]:
    """The rows that ``Engine.may_fulfil`` says yes to; ``wanted`` is of one kind of evidence.

    ``typed`` has the code of the type, ``fact`` what the conditions speak of.
    """
    types: dict[tuple[str, Conditions], list[frozenset[Any] | None]] = {}
    for each in wanted:
        types.setdefault((each.kind, each.conditions), []).append(each.types)
    ways: list[ColumnElement[bool]] = []
    for (kind, conditions), accepted in types.items():
        asked = [_among(ATTRIBUTES[FactKind(kind)][name](fact.c), values) for name, values in conditions]
        ways.append(and_(true(), _typed(typed, accepted), *asked))
    # the types of all ways together, for the index
    return and_(_typed(typed, [each.types for each in wanted]), or_(false(), *ways))


def _typed(table: Table, accepted: Collection[frozenset[Any] | None]) -> ColumnElement[bool]:
    known = [types for types in accepted if types is not None]
    return true() if len(known) < len(accepted) else _among(table.c.type_code, frozenset().union(*known))


def _among(value: ColumnElement[Any], wanted: frozenset[Any]) -> ColumnElement[bool]:
    """``value in wanted``, as Python means it: 1 is true, a number is no text."""
    if isinstance(value.type, BooleanType):
        sides = [side for side in (True, False) if side in wanted]
        if len(sides) == 2:
            return true()
        return (value if sides[0] else not_(value)) if sides else false()
    texts = sorted(each for each in wanted if isinstance(each, str))
    return value.in_(texts) if texts else false()
