"""A zip with a manifest, which says of every other entry its size and SHA-256. Reading trusts nothing in it.

Entries are few and have fixed names: contents lie one after the other in one entry, not in files of their own. So the
directory of a zip is small, and a larger one is refused before it is read.
"""

import hashlib
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import msgspec

from socle.archive.errors import BadArchive, TooLarge, wrong

VERSION = 1
MANIFEST = "manifest.json"
MOST_ENTRIES = 200
_DIRECTORY = 64 * 1024
_MANIFEST_BYTES = 16 * 2**20
_LINE = 32 * 2**20
_PIECE = 256 * 1024
_END, _END_BYTES = b"PK\x05\x06", 22
_END64, _LOCATOR, _END64_BYTES, _LOCATOR_BYTES = b"PK\x06\x06", b"PK\x06\x07", 56, 20
_UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    RuntimeError,
    NotImplementedError,
    struct.error,
    OSError,
    UnicodeError,
)
_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
"""Others ask for memory as the zip wishes."""


class Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the manifest says of one."""

    size: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The first thing that is read."""

    kind: str
    version: int
    about: dict[str, Any]
    entries: dict[str, Entry]


class PackageWriter:
    """Writes a package to ``path``. Blocking."""

    def __init__(self, path: Path, kind: str) -> None:
        self._zip = zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=3)
        self._kind = kind
        self._entries: dict[str, Entry] = {}

    def put(self, name: str, pieces: Iterable[bytes]) -> int:
        """Write an entry; gives its size."""
        digest, size = hashlib.sha256(), 0
        with self._zip.open(name, "w", force_zip64=True) as out:
            for piece in pieces:
                out.write(piece)
                digest.update(piece)
                size += len(piece)
        self._entries[name] = Entry(size, digest.hexdigest())
        return size

    def finish(self, about: Mapping[str, Any]) -> None:
        """Write the manifest, and close."""
        manifest = Manifest(self._kind, VERSION, dict(about), self._entries)
        self._zip.writestr(MANIFEST, msgspec.json.encode(manifest))
        self._zip.close()

    def abandon(self) -> None:
        """Close what will not be finished."""
        self._zip.close()


class Package:
    """A package that was read through once: every entry is there, of its size and SHA-256, and nothing else is.

    Blocking. Raises :class:`BadArchive`.
    """

    def __init__(self, path: Path, kind: str, most: int) -> None:
        """``most``: octets of all entries together, unpacked."""
        with _readable():
            _check_directory(path)
            self._zip = zipfile.ZipFile(path)
        try:
            self._manifest = self._read_manifest(kind)
            self._check(most)
        except BaseException:
            self._zip.close()
            raise

    @property
    def about(self) -> dict[str, Any]:
        """What the writer says of it."""
        return self._manifest.about

    @property
    def names(self) -> frozenset[str]:
        """Of its entries."""
        return frozenset(self._manifest.entries)

    def close(self) -> None:
        self._zip.close()

    def __enter__(self) -> "Package":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def lines(self, name: str) -> Iterator[bytes]:
        """An entry's lines, without their ends; none when there is no such entry."""
        if name not in self.names:
            return
        with _readable(), self._zip.open(name) as file:
            while line := file.readline(_LINE):
                if not line.endswith(b"\n"):
                    raise wrong(f"{name}: a line without an end, or of more than {_LINE} octets")
                yield line[:-1]

    def extract(self, name: str, target: Path) -> None:
        """Write an entry to a file of the caller's."""
        with _readable(), self._zip.open(name) as file, target.open("wb") as out:
            while piece := file.read(_PIECE):
                out.write(piece)

    @contextmanager
    def stream(self, name: str) -> Iterator[Callable[[int], bytes]]:
        """Read an entry from its start: the function gives the next so many octets, all of them."""
        with _readable(), self._zip.open(name) as file:
            yield lambda count: _exactly(file, count, name)

    def _read_manifest(self, kind: str) -> Manifest:
        infos = {info.filename: info for info in self._zip.infolist()}
        if any(info.compress_type not in _METHODS for info in infos.values()):
            raise wrong("an entry is neither stored nor deflated")
        if MANIFEST not in infos:
            raise wrong(f"no {MANIFEST} in it")
        if infos[MANIFEST].file_size > _MANIFEST_BYTES:
            raise wrong(f"{MANIFEST} is too large")
        with _readable(), self._zip.open(MANIFEST) as file:
            text = file.read(_MANIFEST_BYTES)
        try:
            raw = msgspec.json.decode(text)
        except msgspec.DecodeError as error:
            raise wrong(f"{MANIFEST}: {error}") from error
        if not isinstance(raw, dict) or raw.get("kind") != kind:
            raise wrong(f"{MANIFEST} does not say that it is a {kind}")
        if raw.get("version") != VERSION:
            raise BadArchive(
                f"Version d'archive {raw.get('version')!r} : cette version de Socles lit la version {VERSION}.",
                f"Archive of version {raw.get('version')!r}: this version of Socles reads version {VERSION}.",
                code="archive.version",
            )
        try:
            return msgspec.convert(raw, Manifest)
        except msgspec.ValidationError as error:
            raise wrong(f"{MANIFEST}: {error}") from error

    def _check(self, most: int) -> None:
        infos = self._zip.infolist()
        entries = self._manifest.entries
        if len(infos) != len(entries) + 1 or {info.filename for info in infos} != {*entries, MANIFEST}:
            raise wrong("its entries are not those that the manifest names")
        if sum(info.file_size for info in infos) > most:
            raise TooLarge(most)
        for info in infos:
            if info.filename != MANIFEST:
                self._check_entry(info, entries[info.filename])

    def _check_entry(self, info: zipfile.ZipInfo, entry: Entry) -> None:
        if info.file_size != entry.size:
            raise wrong(f"{info.filename} is not of the size that the manifest says")
        digest, size = hashlib.sha256(), 0
        with _readable(), self._zip.open(info) as file:
            while piece := file.read(_PIECE):
                digest.update(piece)
                size += len(piece)
        if size != entry.size or digest.hexdigest() != entry.sha256:
            raise wrong(f"{info.filename} is not what the manifest says")


def _exactly(file: IO[bytes], count: int, name: str) -> bytes:
    pieces = []
    while count:
        piece = file.read(min(count, _PIECE))
        if not piece:
            raise wrong(f"{name} ends too early")
        pieces.append(piece)
        count -= len(piece)
    return b"".join(pieces)


def _check_directory(path: Path) -> None:
    """A zip's directory is read as a whole: see that it is small."""
    size = path.stat().st_size
    with path.open("rb") as file:
        file.seek(max(0, size - _END_BYTES - 0xFFFF))
        tail = file.read()
        at = tail.rfind(_END)
        if at < 0 or len(tail) - at < _END_BYTES:
            raise wrong("it is no zip")
        entries, directory = struct.unpack("<HI", tail[at + 10 : at + 16])
        entries, directory = _zip64(file, size - len(tail) + at) or (entries, directory)
    if entries > MOST_ENTRIES or directory > _DIRECTORY:
        raise wrong("it has too many entries")


def _zip64(file: IO[bytes], end: int) -> tuple[int, int] | None:
    """Entries and octets of the directory as a record before the end at ``end`` says, if there is one: it counts then,
    whatever the end itself says."""
    begin = end - _LOCATOR_BYTES - _END64_BYTES
    file.seek(max(0, begin))
    found = file.read(end - max(0, begin))
    locator = found[-_LOCATOR_BYTES:]
    if not locator.startswith(_LOCATOR):
        return None
    if not found.startswith(_END64) or struct.unpack("<Q", locator[8:16]) != (begin,):
        raise wrong("its directory is not where it must be")
    return struct.unpack("<QQ", found[32:48])


@contextmanager
def _readable() -> Iterator[None]:
    try:
        yield
    except BadArchive:
        raise
    except _UNREADABLE as error:
        raise wrong(f"{type(error).__name__}: {error}") from error
