"""ITI-18 RegistryStoredQuery: request → query model, entries → AdhocQueryResponse."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from lxml import etree

from dmp_sim.domain import names
from dmp_sim.domain.known import patient_key
from dmp_sim.domain.query import EntryQuery, StoredEntry, filled
from dmp_sim.domain.verdict import RegistryError
from dmp_sim.wire.ebrim_render import extrinsic_object, object_ref
from dmp_sim.wire.response import error_list
from socle.soap.model import FaultCode, SoapFault
from socle.soap.text import value_of

BODY = f"{{{names.QUERY}}}AdhocQueryRequest"
ACTIONS = frozenset({"urn:ihe:iti:2007:RegistryStoredQuery"})
RESPONSE_ACTION = "urn:ihe:iti:2007:RegistryStoredQueryResponse"

_QUOTED = re.compile(r"'((?:[^']|'')*)'")
_R = f"{{{names.RIM}}}"
_ENTRY = "$XDSDocumentEntry"
_CODES = {
    f"{_ENTRY}ClassCode": "class_code",
    f"{_ENTRY}TypeCode": "type_code",
    f"{_ENTRY}FormatCode": "format_code",
    f"{_ENTRY}ConfidentialityCode": "confidentiality",
    f"{_ENTRY}EventCodeList": "event_codes",
    f"{_ENTRY}HealthcareFacilityTypeCode": "facility",
    f"{_ENTRY}PracticeSettingCode": "practice",
}
_TIMES = {
    f"{_ENTRY}CreationTimeFrom": ("creation_time", "from"),
    f"{_ENTRY}CreationTimeTo": ("creation_time", "to"),
    f"{_ENTRY}ServiceStartTimeFrom": ("service_start", "from"),
    f"{_ENTRY}ServiceStartTimeTo": ("service_start", "to"),
}
_STOP = {f"{_ENTRY}ServiceStopTimeFrom": "from", f"{_ENTRY}ServiceStopTimeTo": "to"}


@dataclass(slots=True)
class StoredQuery:
    """One AdhocQueryRequest, slots as sent: name → one tuple of values for each slot of that name."""

    id: str
    leaf_class: bool
    slots: dict[str, list[tuple[str, ...]]] = field(default_factory=dict)

    def values(self, name: str) -> tuple[str, ...]:
        """All values under a name, of however many slots."""
        return tuple(value for values in self.slots.get(name, ()) for value in values)

    @property
    def patient_id(self) -> str:
        """The CX the query names, or nothing."""
        return next(iter(self.values(f"{_ENTRY}PatientId")), "")

    def entry_query(self, patient_id: str) -> EntryQuery:
        """FindDocuments on ``patient_id`` (the VIHF's, or the query's own)."""
        statuses = self.values(f"{_ENTRY}Status")
        return EntryQuery(
            patient=patient_key(patient_id),
            statuses=statuses or (names.APPROVED,),
            times=tuple((*_TIMES[name], filled(value)) for name in _TIMES for value in self.values(name)),
            codes=tuple((_CODES[name], values) for name in _CODES for values in self.slots.get(name, ())),
            service_stop=tuple((_STOP[name], filled(value)) for name in _STOP for value in self.values(name)),
            authors=tuple(self.slots.get(f"{_ENTRY}AuthorPerson", ())),
            reference_ids=tuple(self.slots.get(f"{_ENTRY}ReferenceIdList", ())),
            leaf_class=self.leaf_class,
        )

    def documents_query(self, patient_id: str) -> EntryQuery:
        """GetDocuments, by entryUUID or uniqueId, within the record of ``patient_id`` if one is named."""
        return EntryQuery(
            patient=patient_key(patient_id) if patient_id else "",
            statuses=(),
            entry_uuids=self.values(f"{_ENTRY}EntryUUID"),
            unique_ids=self.values(f"{_ENTRY}UniqueId"),
            leaf_class=self.leaf_class,
        )


def read_query(body: etree._Element) -> StoredQuery:
    """Read the request. Raises ``SoapFault`` when there is no AdhocQuery."""
    adhoc = body.find(f"{_R}AdhocQuery")
    if adhoc is None:
        raise SoapFault(FaultCode.SENDER, "Requête invalide : rim:AdhocQuery est absent.")
    option = body.find(f"{{{names.QUERY}}}ResponseOption")
    query = StoredQuery(adhoc.get("id", ""), option is None or option.get("returnType") != "ObjectRef")
    for slot in adhoc.iterchildren(f"{_R}Slot"):
        values = tuple(
            piece for value in slot.iterfind(f"{_R}ValueList/{_R}Value") for piece in _pieces(value_of(value))
        )
        if values:
            query.slots.setdefault(slot.get("name", ""), []).append(values)
    return query


def _pieces(text: str) -> list[str]:
    """``('a','b')``, ``'a'``, ``202001010000`` or bare text → its values, quotes doubled inside undone."""
    quoted = _QUOTED.findall(text)
    if quoted:
        return [value.replace("''", "'") for value in quoted]
    bare = text.strip().removeprefix("(").removesuffix(")")
    return [piece.strip() for piece in bare.split(",") if piece.strip()]


def render(entries: Sequence[StoredEntry], *, leaf_class: bool) -> bytes:
    """A Success with the entries found."""
    written = "".join(extrinsic_object(one) if leaf_class else object_ref(one) for one in entries)
    return (
        f"{_opening(names.SUCCESS, len(entries))}<ns4:RegistryObjectList>{written}</ns4:RegistryObjectList>"
        "</ns5:AdhocQueryResponse>"
    ).encode()


def render_failure(errors: Sequence[RegistryError]) -> bytes:
    """A Failure with its error list and no object."""
    return (
        f"{_opening(names.FAILURE, 0)}{error_list(errors)}<ns4:RegistryObjectList/></ns5:AdhocQueryResponse>"
    ).encode()


def _opening(status: str, count: int) -> str:
    return (
        f'<ns5:AdhocQueryResponse xmlns:ns5="{names.QUERY}" xmlns:ns4="{names.RIM}" xmlns:ns3="{names.RS}" '
        f'startIndex="0" totalResultCount="{count}" status="{status}">'
    )
