"""What of a mail is mended by rule: its headers, its line ends, the charset of its text, its archive's metadata."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from uuid import UUID

from mss_sim.domain import eco_rules, smtp_rules, xdm_rules
from mss_sim.domain.checks import LABEL_LENGTH, XDM_PREFIX, plain
from mss_sim.domain.message import CdaHeader, MailContent, XdmDocument
from socle.mending.model import Menders
from socle.rules import Finding


@dataclass(frozen=True, slots=True)
class SetHeader:
    """The root's header gets this value; it is added when it is not there, and goes when the value is empty."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class LineEnds:
    """Every bare CR or LF becomes CRLF."""


@dataclass(frozen=True, slots=True)
class ToUtf8:
    """The text of a part is encoded in UTF-8, and says so."""

    part: str


@dataclass(frozen=True, slots=True)
class SetSlot:
    """A slot of an entry in an archive's METADATA.XML gets this value. Entries count from 1, in the archive."""

    part: str
    entry: int
    slot: str
    value: str


MailEdit = SetHeader | LineEnds | ToUtf8 | SetSlot


@dataclass(frozen=True, slots=True)
class Mail:
    """What the menders are told."""

    content: MailContent
    fresh: Callable[[str], UUID]
    """A new identifier for a purpose."""


MENDERS: Menders[Mail, MailEdit] = Menders()

_DATE_AT_END = re.compile(r" (\d{2}/\d{2}/\d{4})\s*$")
_DOMAIN = re.compile(r"@([A-Za-z0-9.-]+)")


@MENDERS.mends(eco_rules.MESSAGE_ID, "Un Message-ID unique est écrit.", "A unique Message-ID is written.")
def _message_id(mail: Mail, finding: Finding) -> Iterable[MailEdit]:
    domain = _DOMAIN.search(mail.content.root.header("From") or "")
    if domain is not None:
        yield SetHeader("Message-ID", f"<{mail.fresh('message')}@{domain[1]}>")


@MENDERS.mends(
    eco_rules.CODE_CDA, "X-MSS-CODECDA est tiré des documents joints.", "X-MSS-CODECDA is drawn from the documents."
)
def _codes(mail: Mail, finding: Finding) -> Iterable[MailEdit]:
    yield SetHeader("X-MSS-CODECDA", finding.expected)


@MENDERS.mends(eco_rules.INS, "X-MSS-INS est tiré des documents joints.", "X-MSS-INS is drawn from the documents.")
def _ins(mail: Mail, finding: Finding) -> Iterable[MailEdit]:
    yield SetHeader("X-MSS-INS", finding.expected)


@MENDERS.mends(
    eco_rules.SUBJECT,
    "L'objet est écrit d'après le document joint ; la date qu'il portait est gardée.",
    "The subject is written from the attached document; the date it had is kept.",
)
def _subject(mail: Mail, finding: Finding) -> Iterable[MailEdit]:
    headers = [document.cda for document in mail.content.documents if document.cda is not None]
    text = _expected(headers)
    if text is not None:
        date = _DATE_AT_END.search(mail.content.subject)
        yield SetHeader("Subject", f"{text} {date[1]}" if date is not None else text)


def _expected(headers: list[CdaHeader]) -> str | None:
    first = headers[0] if headers else None
    if first is None or not first.type_label or not first.family or not first.given:
        return None
    label = first.type_label[:LABEL_LENGTH].strip() if len(headers) == 1 else f"{len(headers)} documents"
    return f"{XDM_PREFIX}{label} {plain(first.family).upper()} {first.given}"


@MENDERS.mends(eco_rules.UTF8, "Le texte passe en UTF-8 et l'annonce.", "The text is put in UTF-8, and says so.")
def _utf8(mail: Mail, finding: Finding) -> Iterable[MailEdit]:
    if finding.part is not None:
        yield ToUtf8(finding.part)


def _line_ends(mail: Mail, finding: Finding) -> Iterable[MailEdit]:
    yield LineEnds()


for _rule in (smtp_rules.BARE_NEWLINE, smtp_rules.LONE_DOT):
    MENDERS.mends(_rule, "Chaque ligne finit par CRLF.", "Every line ends with CRLF.")(_line_ends)


@MENDERS.mends(xdm_rules.HASH_DIFFERS, "Le SHA-1 est recalculé sur le fichier.", "The SHA-1 is computed from the file.")
def _hash(mail: Mail, finding: Finding) -> Iterable[MailEdit]:
    for entry, document in _documents(mail, finding):
        if document.name == finding.where and document.sha1 is not None:
            yield SetSlot(finding.part or "", entry, "hash", document.sha1)


@MENDERS.mends(xdm_rules.SIZE_DIFFERS, "La taille est celle du fichier.", "The size is that of the file.")
def _size(mail: Mail, finding: Finding) -> Iterable[MailEdit]:
    for entry, document in _documents(mail, finding):
        if document.name == finding.where and document.size is not None:
            yield SetSlot(finding.part or "", entry, "size", str(document.size))


@MENDERS.mends(
    xdm_rules.DOCUMENT_MISSING,
    "URI nomme le seul fichier XML que rien ne nomme.",
    "URI names the only XML file that nothing names.",
)
def _uri(mail: Mail, finding: Finding) -> Iterable[MailEdit]:
    archive = next((one for one in mail.content.archives if one.part == finding.part), None)
    lost = [(entry, document) for entry, document in _documents(mail, finding) if document.name is None]
    if archive is None or len(lost) != 1:
        return
    named = {document.name for _, document in _documents(mail, finding)}
    free = [
        name
        for name, _ in archive.entries
        if name not in named and name.lower().endswith(".xml") and not name.upper().endswith("METADATA.XML")
    ]
    if len(free) == 1:
        yield SetSlot(finding.part or "", lost[0][0], "URI", free[0].replace("\\", "/").rpartition("/")[2])


def _documents(mail: Mail, finding: Finding) -> Iterable[tuple[int, XdmDocument]]:
    for archive in mail.content.archives:
        if archive.part == finding.part:
            yield from enumerate(archive.documents, 1)
