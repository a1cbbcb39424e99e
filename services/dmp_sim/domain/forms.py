"""The composite forms of French XDS metadata: CX, XCN, XON and times."""

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import NamedTuple

from socle.clock import PARIS
from socle.identifiers.errors import InvalidIdentifier
from socle.identifiers.ins import INS_OIDS, Ins
from socle.identifiers.oid import is_oid

_DTM = re.compile(r"\d{4}(?:\d{2}){0,5}", re.ASCII)
_TS = re.compile(r"(\d{4,14})(?:\.\d+)?([+-]\d{4}|Z)?", re.ASCII)


class Composite(NamedTuple):
    """The components of a CX, XCN or XON that matter here."""

    id: str
    authority: str
    """OID of the assigning authority (``&OID&ISO``); empty when its form is wrong."""
    type: str
    """CX.5, XON.7 or XCN.13: ``NH``, ``IDNST``, ``IDNPS`` …"""
    name: str = ""
    name_type: str = ""
    """XCN.10: ``D`` or ``U``."""


def _authority(component: str) -> str:
    pieces = component.split("&")
    return pieces[1] if len(pieces) == 3 and pieces[2] == "ISO" else ""


@lru_cache(maxsize=4096)
def cx(text: str) -> Composite:
    """``INS^^^&OID&ISO^NH``, with or without the date of CX.7."""
    parts = text.split("^") + [""] * 5
    return Composite(parts[0], _authority(parts[3]), parts[4])


@lru_cache(maxsize=4096)
def xcn(text: str) -> Composite:
    """``899900063480^MAX^LIBRE^^^^^^&OID&ISO^D^^^IDNPS``."""
    parts = text.split("^") + [""] * 13
    return Composite(parts[0], _authority(parts[8]), parts[12], parts[1], parts[9])


@lru_cache(maxsize=4096)
def xon(text: str) -> Composite:
    """``NOM^^^^^&OID&ISO^IDNST^^^499900063480001``."""
    parts = text.split("^") + [""] * 10
    return Composite(parts[9], _authority(parts[5]), parts[6], parts[0])


@lru_cache(maxsize=4096)
def ins_of(text: str) -> Ins | None:
    """The INS that a CX carries; None when it carries something else, or nothing readable."""
    composite = cx(text)
    if composite.authority not in INS_OIDS:
        return None
    try:
        return Ins.parse(composite.id, composite.authority)
    except InvalidIdentifier:
        return None


known_oid = lru_cache(maxsize=4096)(is_oid)
"""``is_oid`` for OIDs that come again and again: authorities, sources."""


def is_dtm(text: str) -> bool:
    """An XDS time: digits only, year to second, UTC, no offset."""
    return len(text) <= 14 and _DTM.fullmatch(text) is not None


@lru_cache(maxsize=1024)
def instant(text: str, *, paris: bool = False) -> datetime | None:
    """An HL7 TS or an XDS DTM as an aware instant; None when it is no time.

    A time without an offset is UTC (as in XDS), or Paris time with ``paris`` (as a CDA sample without zone means it).
    Missing precision is completed with the start of the period.
    """
    match = _TS.fullmatch(text)
    if match is None or len(match[1]) % 2:
        return None
    digits = match[1] + "00000101000000"[len(match[1]) :]
    offset = match[2]
    zone = _zone(offset) if offset is not None else PARIS if paris else UTC
    try:
        return datetime(
            int(digits[:4]),
            int(digits[4:6]),
            int(digits[6:8]),
            int(digits[8:10]),
            int(digits[10:12]),
            int(digits[12:14]),
            tzinfo=zone,
        ).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _zone(offset: str) -> tzinfo:
    if offset == "Z":
        return UTC
    delta = timedelta(hours=int(offset[1:3]), minutes=int(offset[3:]))
    return timezone(-delta if offset[0] == "-" else delta)


def has_zone(text: str) -> bool:
    """The time tells its offset, or is too coarse to need one."""
    return len(text) <= 8 or "+" in text or "-" in text or text.endswith("Z")
