"""The check report of a message against the ECO list (domain/mssante.md §1.3). Reports; never decides."""

import re
import unicodedata
from collections.abc import Callable, Iterator
from typing import Final

from mss_sim.domain import eco_rules as rules
from mss_sim.domain.message import CdaHeader, MailContent, MimePart
from mss_sim.domain.patients import inses
from socle.control.model import BoxType
from socle.rules import Finding

XDM_PREFIX: Final = "XDM/1.0/DDM+"
LABEL_LENGTH: Final = 40
_SUBJECT: Final = re.compile(r"XDM/1\.0/DDM\+\S.* [A-Z][A-Z '-]* \S.*")
_MESSAGE_ID: Final = re.compile(r"\s*<[^<>@\s]+@[^<>@\s]+>\s*$")
_PDF_NAME: Final = re.compile(r"[0-9][0-9-]{5,13}_[^_]+_[^_]+_[^_]+(?:_[^_]+)?\.pdf", re.IGNORECASE)
_PERSONAL_LABEL: Final = re.compile(r"[^_<>]+_[^_<>]+_[^_<>]+_[^<>]+")
_PDF_A1: Final = re.compile(rb"pdfaid:part(?:\s*=\s*[\"']|>)\s*1")
_UTF8: Final = frozenset({"utf-8", "utf8", "us-ascii", "ascii"})

Decode = Callable[[MimePart], bytes]
"""Gives the content of a part, its transfer encoding undone."""


def check(content: MailContent, decode: Decode, sender: BoxType | None) -> list[Finding]:
    """Everything the message breaks; ``sender`` is the type of the sending box."""
    return [
        *check_headers(content, sender),
        *_text(content, decode),
        *_documents(content),
        *_pdfs(content, decode),
    ]


def check_headers(content: MailContent, sender: BoxType | None) -> Iterator[Finding]:
    """What its headers break by themselves, whatever the message holds."""
    root = content.root
    if not _MESSAGE_ID.match(content.message_id or ""):
        yield rules.MESSAGE_ID.finding(where="Message-ID", found=content.message_id or "")
    if content.nil is None:
        yield rules.NIL.finding(where="X-MSS-NIL")
    label = (root.header("From") or "").partition("<")[0].strip().strip('"')
    if sender is BoxType.PER and not _PERSONAL_LABEL.fullmatch(label):
        yield rules.SENDER_LABEL.finding(where="From", expected="<Titre>_<Prénom>_<NOM>_<Entité>", found=label)


def _text(content: MailContent, decode: Decode) -> Iterator[Finding]:
    body = content.root
    while body.content_type in {"multipart/mixed", "multipart/related", "multipart/signed"} and body.children:
        body = body.children[0]
    if body.content_type not in {"text/plain", "multipart/alternative", "multipart/report"}:
        yield rules.BODY.finding(where="Content-Type", expected="text/plain", found=body.content_type)
    for part in content.root.leaves():
        if part.content_type in {"text/plain", "text/html"} and part.disposition != "attachment":
            charset = part.params.get("charset", "us-ascii").lower()
            if charset not in _UTF8:
                yield rules.UTF8.finding(where="charset", expected="utf-8", found=charset, part=part.number)
            elif not _is_utf8(decode(part)):
                yield rules.UTF8.finding(where="corps", expected="utf-8", found="octets invalides", part=part.number)


def _documents(content: MailContent) -> Iterator[Finding]:
    headers = [document.cda for document in content.documents if document.cda is not None]
    announced = content.subject.startswith(XDM_PREFIX)
    if announced and not content.archives:
        yield rules.XDM_MISSING.finding(where="Subject", found=content.subject)
    codes = ",".join(header.type_code or "" for header in headers)
    declared = (content.root.header("X-MSS-CODECDA") or "").replace(" ", "")
    if declared != codes:
        yield rules.CODE_CDA.finding(where="X-MSS-CODECDA", expected=codes, found=declared)
    qualified = ("O" if all(map(_qualified, headers)) else "N") if headers else ""
    said = (content.root.header("X-MSS-INS") or "").strip()
    if said != qualified:
        yield rules.INS.finding(where="X-MSS-INS", expected=qualified, found=said)
    if len({_patient(header) for header in headers} - {None}) > 1:
        yield rules.ONE_PATIENT.finding(where="IHE_XDM", expected="1 patient", found="plusieurs patients")
    if headers or announced:
        yield from _subject(content.subject, headers)


def _subject(subject: str, headers: list[CdaHeader]) -> Iterator[Finding]:
    if not _SUBJECT.fullmatch(subject):
        yield rules.SUBJECT.finding(where="Subject", expected=f"{XDM_PREFIX}<libellé> <NOM> <prenom>", found=subject)
        return
    first = headers[0] if headers else None
    if first is None or not first.type_label or not first.family or not first.given:
        return
    label = first.type_label[:LABEL_LENGTH] if len(headers) == 1 else f"{len(headers)} documents"
    expected = f"{XDM_PREFIX}{label} {plain(first.family).upper()} {first.given}"
    if not plain(subject).lower().startswith(plain(expected).lower()) or plain(first.family).upper() not in subject:
        yield rules.SUBJECT.finding(where="Subject", expected=expected, found=subject)


def _pdfs(content: MailContent, decode: Decode) -> Iterator[Finding]:
    count = len(content.documents)
    if not count:
        return
    pdfs = [part for part in content.root.leaves() if _is_pdf(part)]
    if len(pdfs) < count:
        yield rules.PDF_MISSING.finding(where="pièces jointes", expected=f"{count} PDF", found=f"{len(pdfs)} PDF")
    for part in pdfs:
        if not _PDF_NAME.fullmatch(part.filename or ""):
            yield rules.PDF_NAME.finding(where="filename", found=part.filename or "", part=part.number)
        if not _PDF_A1.search(decode(part)):
            yield rules.PDF_A.finding(where="pdfaid:part", expected="1", part=part.number)


def _is_pdf(part: MimePart) -> bool:
    return part.content_type == "application/pdf" or (part.filename or "").lower().endswith(".pdf")


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _qualified(header: CdaHeader) -> bool:
    """Matricule, OID and the four traits are there; whether they are true is INSi's affair."""
    return bool(inses(header) and header.family and header.given and header.sex and header.birth_date)


def _patient(header: CdaHeader) -> str | None:
    found = inses(header)
    if found:
        return found[0].matricule
    return f"{header.patient_ids[0].root}^{header.patient_ids[0].extension}" if header.patient_ids else None


def plain(text: str) -> str:
    if text.isascii():
        return text
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(char for char in decomposed if not unicodedata.combining(char))
