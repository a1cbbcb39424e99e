"""The content of an INS datamatrix, read: its fields, and all that is wrong with it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from socle.identifiers.errors import InvalidIdentifier
from socle.identifiers.ins import INS_OIDS, PRODUCTION_OIDS, Ins
from socle.identities.alphabet import BIRTH_NAME, GIVEN_NAME
from socle.identities.datamatrix import rules
from socle.identities.datamatrix.payload import BLOCKS, BY_MARK, GS, HEADER, Block
from socle.rules import Finding

MOST: Final = 1000
"""Characters that are looked at; the longest right content has 284."""
_NEXT: Final = re.compile(r"S[1-7](?=[0-9A-Z'])")
_PLACE: Final = re.compile(r"[0-9]{5}|2[AB][0-9]{3}")
_DATE: Final = re.compile(r"\d{2}-\d{2}-\d{4}", re.ASCII)


@dataclass(slots=True)
class Read:
    """Values by mark (``S1`` …), the first of each, and the findings."""

    values: dict[str, str] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)


def read(text: str) -> Read:
    """Never raises: what cannot be told apart is a finding."""
    text = text.replace("<GS>", GS)[:MOST]
    found = Read()
    position = _header(text, found)
    marks: list[str] = []
    while position < len(text):
        if text[position] == GS:
            found.findings.append(rules.GS_SURPLUS.finding(where=_at(position), found="<GS>"))
            position += 1
            continue
        mark = text[position : position + 2]
        block = BY_MARK.get(mark)
        if block is None:
            told = text[position : position + 10]
            found.findings.append(rules.UNKNOWN.finding(where=_at(position), expected="S1 … S7", found=_shown(told)))
            break
        marks.append(mark)
        value, position = _value(text, position + 2, block, found)
        found.values.setdefault(mark, value)
    _order(marks, found)
    for mark, value in found.values.items():
        found.findings += _content(mark, value)
    return found


def _header(text: str, found: Read) -> int:
    """Where the blocks begin."""
    if text.startswith(HEADER):
        return len(HEADER)
    start = text.find("S1", 2)
    found.findings.append(rules.HEADER.finding(where=_at(0), expected=HEADER, found=_shown(text[: len(HEADER)])))
    return start if 0 <= start <= 2 * len(HEADER) else min(len(HEADER), len(text))


def _value(text: str, start: int, block: Block, found: Read) -> tuple[str, int]:
    """The block's value, and where the next one begins."""
    if not block.varies:
        value = text[start : start + block.most].partition(GS)[0]
        return value, start + len(value)
    end = text.find(GS, start)
    whole = text[start:] if end < 0 else text[start:end]
    later = BLOCKS[BLOCKS.index(block) + 1 :]
    # no OID or name holds S and a digit: where one stands, another block begins
    begins = next((one.start() for one in _NEXT.finditer(whole) if BY_MARK[one.group()] in later), None)
    if begins is not None:
        if begins < block.most:
            found.findings.append(rules.GS_MISSING.finding(where=block.mark, expected="<GS>"))
        return whole[:begins], start + begins
    # a GS after a value of full length is left for the reader to stumble over
    return whole, start + len(whole) + (end >= 0 and len(whole) != block.most)


def _order(marks: list[str], found: Read) -> None:
    right = sorted(set(marks))
    if marks != right:
        found.findings.append(rules.ORDER.finding(where="S1 … S7", expected=" ".join(right), found=" ".join(marks)))
    for block in BLOCKS:
        if block.mandatory and block.mark not in marks:
            found.findings.append(rules.MISSING.finding(where=block.mark, expected=block.name))


def _content(mark: str, value: str) -> Iterator[Finding]:
    block = BY_MARK[mark]
    if not block.least <= len(value) <= block.most:
        yield rules.LENGTH.finding(where=mark, expected=f"{block.least} … {block.most}", found=str(len(value)))
    match mark:
        case "S1":
            yield from _number(value)
        case "S2" if value not in INS_OIDS:
            yield rules.OID.finding(where=mark, found=_shown(value))
        case "S2" if value not in PRODUCTION_OIDS:
            yield rules.TEST.finding(where=mark, found=value)
        case "S3" if not all(map(GIVEN_NAME.fullmatch, value.split(" "))):
            yield rules.NAME.finding(where=mark, found=_shown(value))
        case "S4" if BIRTH_NAME.fullmatch(value) is None:
            yield rules.NAME.finding(where=mark, found=_shown(value))
        case "S5" if value not in ("M", "F"):
            yield rules.SEX.finding(where=mark, expected="M, F", found=_shown(value))
        case "S6" if not _is_date(value):
            yield rules.DATE.finding(where=mark, expected="JJ-MM-AAAA", found=_shown(value))
        case "S7" if _PLACE.fullmatch(value) is None:
            yield rules.PLACE.finding(where=mark, expected="COG", found=_shown(value))


def _number(value: str) -> Iterator[Finding]:
    try:
        ins = Ins.parse(value, "1.2")
    except InvalidIdentifier:
        yield rules.NUMBER.finding(where="S1", expected="13 + 2", found=f"{len(value)} caractères")
        return
    if not ins.key_is_valid:
        yield rules.KEY.finding(where="S1")


def _is_date(value: str) -> bool:
    if _DATE.fullmatch(value) is None:
        return False
    try:
        datetime.strptime(value, "%d-%m-%Y")  # noqa: DTZ007 - a day
    except ValueError:
        return False
    return True


def _at(position: int) -> str:
    return f"caractère {position + 1}"


def _shown(text: str) -> str:
    return text.replace(GS, "<GS>")[:60]
