"""The header of a CDA R2 document, as far as mail needs it: its type, chain, patient and stay."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Final

from lxml import etree

from mss_sim.domain.message import CdaHeader, PatientId
from socle.clock import PARIS
from socle.events import stay_id

_V3: Final = "{urn:hl7-org:v3}"
_ENCOUNTER: Final = f"{_V3}componentOf/{_V3}encompassingEncounter"
_SERVICE: Final = f"{_V3}documentationOf/{_V3}serviceEvent/{_V3}effectiveTime"
_ROLE: Final = f"{_V3}recordTarget/{_V3}patientRole"


def read_cda(root: etree._Element) -> CdaHeader | None:
    """The header's facts, or None when the document is not a CDA.

    A self-presentable document is a style sheet that holds the CDA: the CDA is what counts.
    """
    if root.tag != f"{_V3}ClinicalDocument":
        inner = next(root.iter(f"{_V3}ClinicalDocument"), None)
        if inner is None:
            return None
        root = inner
    code = root.find(f"{_V3}code")
    role = root.find(_ROLE)
    patient = role.find(f"{_V3}patient") if role is not None else None
    encounter = root.find(f"{_ENCOUNTER}/{_V3}id")
    service = root.find(_SERVICE)
    start, stop = _bounds(service)
    family, given = _names(patient)
    birth = patient.find(f"{_V3}birthTime") if patient is not None else None
    gender = patient.find(f"{_V3}administrativeGenderCode") if patient is not None else None
    return CdaHeader(
        document_id=_ii(root.find(f"{_V3}id")),
        set_id=_ii(root.find(f"{_V3}setId")),
        type_code=code.get("code") if code is not None else None,
        type_label=code.get("displayName") if code is not None else None,
        level="N1" if root.find(f"{_V3}component/{_V3}nonXMLBody") is not None else "N3",
        patient_ids=_patient_ids(role),
        family=family,
        given=given,
        sex=gender.get("code") if gender is not None else None,
        birth_date=birth.get("value") if birth is not None else None,
        stay_id=_ii(encounter) if encounter is not None else None,
        service_start=start,
        service_stop=stop,
    )


def read_time(value: str | None) -> datetime | None:
    """An HL7 time (``YYYYMMDD[HHMM[SS]][±ZZZZ]``) as an instant, Paris time without a zone; None if unreadable."""
    if not value:
        return None
    text, zone = value.strip(), ""
    for sign in "+-":
        if sign in text:
            text, _, rest = text.partition(sign)
            zone = sign + rest
    digits = text.partition(".")[0]
    if not digits.isdigit() or len(digits) < 8:
        return None
    padded = (digits + "000000")[:14]
    try:
        month, day, hour, minute, second = (int(padded[at : at + 2]) for at in range(4, 14, 2))
        moment = datetime(int(padded[:4]), month, day, hour, minute, second, tzinfo=PARIS)
        if len(zone) == 5 and zone[1:].isdigit():
            offset = timedelta(hours=int(zone[1:3]), minutes=int(zone[3:5]))
            moment = moment.replace(tzinfo=timezone(-offset if zone[0] == "-" else offset))
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _patient_ids(role: etree._Element | None) -> tuple[PatientId, ...]:
    if role is None:
        return ()
    return tuple(
        PatientId((item.get("extension") or "").strip(), (item.get("root") or "").strip())
        for item in role.iterchildren(f"{_V3}id")
        if item.get("extension")
    )


def _names(patient: etree._Element | None) -> tuple[str | None, str | None]:
    """Birth name and first birth given name, as ``qualifier="BR"`` marks them; else the first of each."""
    name = patient.find(f"{_V3}name") if patient is not None else None
    if name is None:
        return None, None
    chosen: list[str | None] = []
    for tag in ("family", "given"):
        found = name.findall(f"{_V3}{tag}")
        best = next((item for item in found if item.get("qualifier") == "BR"), found[0] if found else None)
        chosen.append((best.text or "").strip() or None if best is not None else None)
    return chosen[0], chosen[1]


def _bounds(interval: etree._Element | None) -> tuple[datetime | None, datetime | None]:
    if interval is None:
        return None, None
    low, high = interval.find(f"{_V3}low"), interval.find(f"{_V3}high")
    start = read_time(low.get("value") if low is not None else interval.get("value"))
    return start, read_time(high.get("value")) if high is not None else start


def _ii(item: etree._Element | None) -> str | None:
    root = item.get("root") if item is not None else None
    if item is None or not root:
        return None
    return stay_id(root, item.get("extension"))
