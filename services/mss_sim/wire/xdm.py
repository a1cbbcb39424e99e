"""An IHE_XDM archive, opened in memory: read liberally, never extracted, never expanded beyond its limits.

Case of names, name of the subset folder and direction of slashes vary among senders (domain/mssante.md §2).
"""

import hashlib
import io
import struct
import zipfile
import zlib
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Final

from mss_sim.domain import xdm_rules as rules
from mss_sim.domain.message import CdaHeader, Metadata, MetadataEntry, XdmArchive, XdmDocument
from mss_sim.wire.cda import read_cda
from mss_sim.wire.metadata import NotMetadata, read_metadata
from mss_sim.wire.told import MOST, numbers_in
from socle.identifiers.ins import Ins
from socle.rules import Finding, Rule
from socle.soap.refusal import XmlRefused
from socle.soap.xml import parse

_EOCD: Final = b"PK\x05\x06"
_EOCD_SIZE: Final = 22
UNREADABLE: Final = (
    zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError, OSError, ValueError
)  # fmt: skip
"""What reading a file of an archive may raise; RuntimeError: it is encrypted."""
_TEXTS: Final = (".xml", ".txt", ".htm", ".html", ".hl7", ".csv", ".json")
_FREE_RATIO_BELOW: Final = 1 << 20
"""A file that stays below this when expanded may be compressed as much as it likes."""


@dataclass(frozen=True, slots=True)
class XdmLimits:
    """What one archive may hold; sizes in bytes, expanded."""

    max_entries: int = 500
    max_total: int = 64 << 20
    max_ratio: int = 200
    max_directory: int = 256 << 10


class TooHeavy(Exception):
    """Reading this archive would take longer than the caller allowed; nothing was expanded."""


@dataclass(slots=True)
class _Archive:
    part: str
    filename: str
    data: bytes
    limits: XdmLimits
    findings: list[Finding]
    spent: int = 0
    numbers: list[Ins] = field(default_factory=list)
    """Of persons, in what is no METADATA.XML and no CDA (D11)."""
    read: set[str] = field(default_factory=set)
    """Names of the files that were read as one or the other."""

    def look(self, data: bytes) -> None:
        self.numbers += numbers_in(data[:MOST].decode("utf-8", "replace"))

    def finding(self, rule: Rule, where: str = "", expected: str = "", found: str = "") -> None:
        self.findings.append(rule.finding(where=where or self.filename, expected=expected, found=found, part=self.part))


def read_xdm(
    data: bytes, *, part: str, filename: str, limits: XdmLimits, budget: int | None = None
) -> tuple[XdmArchive, list[Finding]]:
    """Describe an archive; what is wrong with it is told by findings, never by an exception.

    ``budget`` bounds the expanded size read here and now: above it ``TooHeavy`` is raised, for the caller to come back
    in a thread, without a budget.
    """
    archive = _Archive(part, filename, data, limits, [])
    found = _opened(archive, budget)
    return replace(found, numbers=tuple(dict.fromkeys(archive.numbers))), archive.findings


def _opened(archive: _Archive, budget: int | None) -> XdmArchive:
    data, limits = archive.data, archive.limits
    bare = XdmArchive(archive.part, archive.filename, len(data))
    directory = _directory_size(data)
    if directory is None:
        archive.look(data)
        archive.finding(rules.UNREADABLE, found="fin de répertoire zip introuvable" if data else "0 octet")
        return bare
    entries, size = directory
    if entries > limits.max_entries or size > limits.max_directory:
        archive.finding(rules.BOMB, expected=f"≤ {limits.max_entries} fichiers", found=f"{entries} fichiers")
        return bare
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as zipped:
            return _read(archive, zipped, budget)
    except (zipfile.BadZipFile, struct.error, ValueError, OSError, EOFError, NotImplementedError) as error:
        archive.look(data)
        archive.finding(rules.UNREADABLE, found=str(error)[:120])
        return bare


def _directory_size(data: bytes) -> tuple[int, int] | None:
    """(number of entries, size of the directory) as the end record says: cheap, before anything is built from it."""
    at = data.rfind(_EOCD, max(0, len(data) - _EOCD_SIZE - 0xFFFF))
    if at < 0 or at + _EOCD_SIZE > len(data):
        return None
    entries, size = struct.unpack_from("<HL", data, at + 10)
    return entries, size


def _read(archive: _Archive, zipped: zipfile.ZipFile, budget: int | None) -> XdmArchive:
    infos = [info for info in zipped.infolist() if not info.filename.endswith("/")]  # is_dir() fails on an empty name
    listing = tuple((info.filename[:200], info.file_size) for info in infos[:100])
    bare = XdmArchive(archive.part, archive.filename, len(archive.data), listing)
    if not infos:
        archive.finding(rules.UNREADABLE, found="archive vide")
        return bare
    if _is_bomb(archive, infos):
        return bare
    if budget is not None and sum(info.file_size for info in infos) > budget:
        raise TooHeavy
    files = _safe_files(archive, infos)
    found = [name for name in files if name.rpartition("/")[2].upper() == "METADATA.XML"]
    if not found:
        archive.finding(rules.METADATA_MISSING)
        _look_at_others(archive, zipped, files)
        return bare
    first: Metadata | None = None
    documents: list[XdmDocument] = []
    for name in found:
        metadata = _metadata(archive, zipped, files[name])
        if metadata is not None:
            first = first or metadata
            archive.read.add(name)
            folder = name.rpartition("/")[0]
            documents += [_document(archive, zipped, files, folder, entry) for entry in metadata.entries]
    _look_at_others(archive, zipped, files)
    return XdmArchive(archive.part, archive.filename, len(archive.data), listing, first, tuple(documents))


def _is_bomb(archive: _Archive, infos: list[zipfile.ZipInfo]) -> bool:
    limits, total = archive.limits, sum(info.file_size for info in infos)
    if total > limits.max_total:
        archive.finding(rules.BOMB, expected=f"≤ {limits.max_total} octets", found=f"{total} octets")
        return True
    for info in infos:
        ratio = info.file_size / max(info.compress_size, 1)
        if info.file_size > _FREE_RATIO_BELOW and ratio > limits.max_ratio:
            archive.finding(rules.BOMB, info.filename[:200], f"≤ {limits.max_ratio}:1", f"{ratio:.0f}:1")
            return True
    return False


def _safe_files(archive: _Archive, infos: list[zipfile.ZipInfo]) -> dict[str, zipfile.ZipInfo]:
    files: dict[str, zipfile.ZipInfo] = {}
    for info in infos:
        name = info.filename.replace("\\", "/")
        if name.startswith("/") or name[1:2] == ":" or ".." in name.split("/"):
            archive.finding(rules.UNSAFE_PATH, found=info.filename[:200])
        else:
            files.setdefault(name, info)
    return files


def _look_at_others(archive: _Archive, zipped: zipfile.ZipFile, files: dict[str, zipfile.ZipInfo]) -> None:
    """Into the texts that were not read, ``MOST`` bytes in all; a CDA that METADATA.XML does not name is one."""
    room = MOST
    for name, info in files.items():
        if room > 0 and name not in archive.read and name.lower().endswith(_TEXTS):
            with suppress(*UNREADABLE), zipped.open(info) as file:
                data = file.read(room)
                room -= len(data)
                archive.look(data)


def _metadata(archive: _Archive, zipped: zipfile.ZipFile, info: zipfile.ZipInfo) -> Metadata | None:
    data = _expand(archive, zipped, info)
    if data is None:
        return None
    try:
        return read_metadata(parse(data, part=info.filename[:200]))
    except XmlRefused as refused:
        archive.finding(
            rules.METADATA_UNREADABLE, info.filename, found=f"{refused.finding.rule.id}: {refused.reason}"[:200]
        )
    except NotMetadata as error:
        archive.finding(rules.METADATA_UNREADABLE, info.filename, "SubmitObjectsRequest", str(error)[:200])
    return None


def _document(
    archive: _Archive,
    zipped: zipfile.ZipFile,
    files: dict[str, zipfile.ZipInfo],
    folder: str,
    entry: MetadataEntry,
) -> XdmDocument:
    name = _resolve(files, folder, entry.uri)
    data = _expand(archive, zipped, files[name]) if name is not None else None
    if name is None or data is None:
        archive.finding(rules.DOCUMENT_MISSING, "Slot URI", entry.uri or "URI", "absent")
        return XdmDocument(entry, None, None, None, None)
    sha1 = hashlib.sha1(data, usedforsecurity=False).hexdigest()
    if entry.size is not None and entry.size != len(data):
        archive.finding(rules.SIZE_DIFFERS, name, str(entry.size), str(len(data)))
    if entry.sha1 is not None and entry.sha1 != sha1:
        archive.finding(rules.HASH_DIFFERS, name, entry.sha1[:80], sha1)
    header = _cda(archive, name, data)
    if header is not None:
        archive.read.add(name)
    return XdmDocument(entry, name, len(data), sha1, header)


def _cda(archive: _Archive, name: str, data: bytes) -> CdaHeader | None:
    try:
        header = read_cda(parse(data, part=name))
    except XmlRefused as refused:
        archive.finding(rules.NOT_CDA, name, "ClinicalDocument", f"{refused.finding.rule.id}: {refused.reason}"[:200])
        return None
    if header is None:
        archive.finding(rules.NOT_CDA, name, "ClinicalDocument", "autre racine XML")
    return header


def _resolve(files: dict[str, zipfile.ZipInfo], folder: str, uri: str | None) -> str | None:
    """The file a URI names: beside METADATA.XML, else by its last segment anywhere; case does not matter."""
    if not uri:
        return None
    wanted = uri.replace("\\", "/").removeprefix("./").lower()
    exact = f"{folder}/{wanted}".lower().lstrip("/")
    last = wanted.rpartition("/")[2]
    by_name = {name.lower(): name for name in files}
    return by_name.get(exact) or next(
        (name for lower, name in by_name.items() if lower.rpartition("/")[2] == last), None
    )


def _expand(archive: _Archive, zipped: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes | None:
    """The content of one file; the directory's word on its size is enforced by the reader, and summed up here."""
    archive.spent += info.file_size
    if archive.spent > archive.limits.max_total:  # overlapping files, read again and again
        archive.finding(rules.BOMB, info.filename[:200], f"≤ {archive.limits.max_total} octets")
        return None
    try:
        return zipped.read(info)
    except UNREADABLE as error:
        archive.finding(rules.UNREADABLE, info.filename[:200], found=str(error)[:120])
        return None
