"""What tells calls to the DMP apart, for fault rules that match on it (D10): read before the handler, as sent."""

from collections.abc import Iterable, Mapping

from dmp_sim.domain import names
from dmp_sim.domain.model import Deposit
from dmp_sim.wire.ebrim import read_objects
from dmp_sim.wire.iti18 import read_query
from dmp_sim.wire.iti43 import read_requests
from dmp_sim.wire.vihf import read_vihf
from socle.control.port import SEVERAL
from socle.soap.model import Call, SoapFault


def of_deposit(call: Call) -> Mapping[str, str]:
    """Of the documents, the signature of the lot left out."""
    deposit = Deposit()
    objects = call.envelope.body.find(f"{{{names.LCM}}}SubmitObjectsRequest/{{{names.RIM}}}RegistryObjectList")
    if objects is not None:
        read_objects(objects, deposit)
    entries = [entry for entry in deposit.entries if not entry.is_signature]
    return {
        "patient": _several(_number(lot.patient_id) for lot in deposit.submission_sets),
        "documentUniqueId": _several(entry.unique_id for entry in entries),
        "typeCode": _several(entry.type_code.code for entry in entries if entry.type_code is not None),
        "title": _several(entry.title for entry in entries),
    }


def of_query(call: Call) -> Mapping[str, str]:
    """The patient, and the documents or types that are asked for, if any are."""
    try:
        asked = read_query(call.envelope.body)
    except SoapFault:  # the handler says so
        return _patient(call)
    own = {
        "documentUniqueId": _several(asked.values("$XDSDocumentEntryUniqueId")),
        "typeCode": _several(value.partition("^")[0] for value in asked.values("$XDSDocumentEntryTypeCode")),
    }
    named = {"patient": _number(asked.patient_id)} if asked.patient_id else _patient(call)
    return {**named, **own}


def of_retrieval(call: Call) -> Mapping[str, str]:
    """The patient whose record it is, and the documents asked for."""
    asked = read_requests(call.envelope.body)
    return {**_patient(call), "documentUniqueId": _several(one.unique_id for one in asked)}


def _patient(call: Call) -> dict[str, str]:
    vihf = read_vihf(call.envelope.header)
    return {"patient": _number(vihf.patient_id)} if vihf is not None else {}


def _number(cx: str) -> str:
    """The INS of a CX (``279035121518989^^^&…``)."""
    return cx.partition("^")[0]


def _several(values: Iterable[str]) -> str:
    return SEVERAL.join(" ".join(value.split()) for value in values)
