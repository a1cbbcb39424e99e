"""Numbers that may be somebody's INS, in what nobody reads otherwise: messages of no known form, texts of mails (D11).

The form of a NIR is tighter here than ``is_matricule``: a first figure from 1 to 8, a month that INSEE gives (01 to 12,
20 to 42 and 50 to 99 for incomplete records: recalled). Every choice of context is ours.
"""

import re
from collections.abc import Iterator
from typing import Final

from socle.identifiers.ins import OID_DEMO, OID_NIR, OID_TEST, PRODUCTION_OIDS, Ins, ins_key

_MONTH: Final = "(?:0[1-9]|1[0-2]|[235-9][0-9]|4[0-2])"
_REST: Final = rf"[0-9]{{2}}{_MONTH}(?:[0-9]{{2}}|2[AB])[0-9]{{6}}"
# Neither a piece of a longer word, nor an arc of an OID, nor a piece of an id with hyphens. It is looked at behind the
# first figure: a search that begins with a figure is ten times faster.
_FIRST: Final = r"[1-8](?<![\w.-].)"
_END: Final = r"(?!\w|[.-][0-9])"
_IN_ONE: Final = re.compile(rf"({_FIRST}{_REST})[ \u00a0]?([0-9]{{2}}){_END}", re.ASCII)
_WITHOUT_KEY: Final = re.compile(rf"[>\"']\s{{0,40}}([1-8]{_REST})\s{{0,40}}(?=[<\"'])", re.ASCII)
_GAP: Final = r"[ \u00a0\u202f.-]"
_IN_GROUPS: Final = re.compile(
    rf"({_FIRST}){_GAP}([0-9]{{2}}){_GAP}({_MONTH}){_GAP}([0-9]{{2}}|2[AB]){_GAP}"
    rf"([0-9]{{3}}){_GAP}([0-9]{{3}}){_GAP}?([0-9]{{2}}){_END}",
    re.ASCII,
)
_OID: Final = re.compile(r"1\.2\.250\.1\.213\.1\.4\.(?:8|9|10|11)(?![0-9.])")
_TOLD: Final = re.compile(
    r"\b(?:INS|NIR|NIA|NSS|matricule|immatriculation|s[ée]curit[ée] sociale|s[ée]cu|SS|assur[ée]e?)\b", re.IGNORECASE
)
_AROUND: Final = 120
"""Characters on either side in which an OID is a number's: an identifier of a CDA or of an INSi answer is shorter."""
_BEFORE: Final = 60
"""Characters before a number in which a text says what it is."""
_PORTION: Final = 64 << 10
"""Characters of one search, which holds the interpreter: in a thread, others have their turn in between."""
_OVERLAP: Final = 400


def in_message(text: str) -> Iterator[Ins]:
    """Those in a message of a form that is not known: 15 characters in one, or 13 alone in an element or attribute, for
    which the right key is taken. Under the OID beside them, or that of real persons' NIRs where none is."""
    for portion in _portions(text):
        for found in _IN_ONE.finditer(portion):
            yield Ins(found[1], found[2], _oid(portion, found) or OID_NIR)
        for found in _WITHOUT_KEY.finditer(portion):
            yield Ins(found[1], ins_key(found[1]), _oid(portion, found) or OID_NIR)


def in_prose(text: str) -> Iterator[Ins]:
    """Those in a text that people write, or of another form: never a telephone number, never a reference of 15 figures
    that nothing names. The key must be there, and an OID of production, a word that tells a number of this sort (INS,
    NIR, matricule, sécurité sociale …) or the groups in which a NIR is written (``2 79 03 51 215 189 89``)."""
    for portion in _portions(text):
        for found in _IN_ONE.finditer(portion):
            oid = _oid(portion, found)
            if oid in PRODUCTION_OIDS or (oid is None and _told(portion, found)):
                yield Ins(found[1], found[2], oid or OID_NIR)
        for found in _IN_GROUPS.finditer(portion):
            if _oid(portion, found) not in {OID_TEST, OID_DEMO}:
                yield Ins("".join(found.groups()[:-1]), found[7], OID_NIR)


def _portions(text: str) -> Iterator[str]:
    if len(text) <= _PORTION:
        yield text
        return
    for start in range(0, len(text), _PORTION):
        yield text[max(0, start - _OVERLAP) : start + _PORTION + _OVERLAP]


def _oid(text: str, found: re.Match[str]) -> str | None:
    """The nearest of an INS's OIDs beside it."""
    after = _OID.search(text, found.end(), found.end() + _AROUND)
    before = list(_OID.finditer(text, max(0, found.start() - _AROUND), found.start()))
    if after is not None and before and found.start() - before[-1].end() < after.start() - found.end():
        after = None
    if after is not None:
        return after[0]
    return before[-1][0] if before else None


def _told(text: str, found: re.Match[str]) -> bool:
    return _TOLD.search(text, max(0, found.start() - _BEFORE), found.start()) is not None
