"""The chain on disk: made once, whole or not at all; one file for each leaf and each revocation.

Keys are readable by their owner only. Replicas share the folder: of those that start at once, the first one's chain
stays.
"""

import contextlib
import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256

from socle.exchange import new_id
from socle.pki.issuing import Authority, Holder, Whereabouts, make_intermediate, make_root
from socle.pki.kinds import RANGES, Flaw, Kind, Subject, spoilt, wanted
from socle.pki.names import CHAINS, Range
from socle.pki.outside import OutsideAuthorities

_FOREIGN = "foreign"
_CHAIN, _ISSUED, _REVOKED = "chain", "issued", "revoked"


class Revoked(NamedTuple):
    """One revocation."""

    serial: int
    at: datetime


class Pki:
    """A folder with a chain. ``base`` is the address under which revocations are told, without a final ``/``."""

    def __init__(self, folder: Path, base: str | None = None, outside: Path | None = None) -> None:
        """``outside``: a folder of authorities to trust besides, which is only read."""
        self._folder = folder
        self.outside = OutsideAuthorities(folder / "outside", outside)
        self._base = base
        self._known: dict[str, Holder] = {}

    def prepare(self) -> None:
        """Make the chain if there is none: about a second. Raises ``OSError`` when the folder cannot be written."""
        if (self._folder / _CHAIN).is_dir():
            return
        self._folder.mkdir(parents=True, exist_ok=True)
        making = self._folder / f"making-{new_id()}"
        making.mkdir(mode=0o700)
        try:
            self._make(making)
            for name in (_ISSUED, _REVOKED):
                (self._folder / name).mkdir(exist_ok=True)
            making.rename(self._folder / _CHAIN)
        except OSError:
            if not (self._folder / _CHAIN).is_dir():  # else another process was quicker
                raise
        finally:
            shutil.rmtree(making, ignore_errors=True)

    def root(self, range_: Range) -> x509.Certificate:
        """What clients are to trust."""
        return self._holder(f"{range_}-root").certificate

    def intermediate(self, range_: Range) -> x509.Certificate:
        """Who issues the leaves of a range."""
        return self._holder(range_.value).certificate

    def authority(self, range_: Range) -> Authority:
        """Signs leaves, and what tells of revocations."""
        return Authority(self._holder(range_.value), self._whereabouts(range_))

    def issue(self, kind: Kind, subject: Subject | None = None, flaw: Flaw | None = None) -> Holder:
        """A new leaf, remembered; with ``flaw``, wrong in this way and in no other."""
        range_ = RANGES[kind]
        authority = self.authority(range_)
        if flaw is Flaw.FOREIGN_ROOT:
            authority = Authority(self._holder(f"{range_}-{_FOREIGN}"), self._whereabouts(range_))
        made = authority.issue(spoilt(wanted(kind, subject or Subject()), flaw), datetime.now(UTC))
        serial = made.certificate.serial_number
        _write(self._folder / _ISSUED / f"{serial:x}.pem", made.certificate.public_bytes(serialization.Encoding.PEM))
        if flaw is Flaw.REVOKED:
            self.revoke(serial)
        return made

    def issued(self) -> list[x509.Certificate]:
        """All leaves, oldest first."""
        found = [x509.load_pem_x509_certificate(one.read_bytes()) for one in (self._folder / _ISSUED).glob("*.pem")]
        return sorted(found, key=lambda one: one.not_valid_before_utc)

    def find(self, serial: int) -> x509.Certificate | None:
        """A leaf that was issued here."""
        try:
            return x509.load_pem_x509_certificate((self._folder / _ISSUED / f"{serial:x}.pem").read_bytes())
        except FileNotFoundError:
            return None

    def revoke(self, serial: int) -> None:
        """From now on; again changes nothing. Raises ``LookupError`` for a certificate that is none of ours."""
        if self.find(serial) is None:
            raise LookupError(f"{serial:x}")
        with contextlib.suppress(FileExistsError):
            _write(self._folder / _REVOKED / f"{serial:x}", datetime.now(UTC).isoformat().encode())

    def revoked_at(self, serial: int) -> datetime | None:
        """When the leaf that was issued here under this number was revoked, or None."""
        try:
            return datetime.fromisoformat((self._folder / _REVOKED / f"{serial:x}").read_text())
        except FileNotFoundError:
            return None

    def revocation_of(self, serial: int, fingerprint: str) -> datetime | None:
        """When the certificate of this number and SHA-256 was revoked. Only its issuer revokes it: an authority from
        outside may have given the same number, and even have the same name."""
        at = self.revoked_at(serial)
        leaf = self.find(serial) if at is not None else None
        return at if leaf is not None and leaf.fingerprint(SHA256()).hex() == fingerprint else None

    def revoked(self) -> Iterator[Revoked]:
        """All revocations."""
        for one in sorted((self._folder / _REVOKED).glob("[0-9a-f]*[0-9a-f]")):
            at = self.revoked_at(int(one.name, 16))
            if at is not None:
                yield Revoked(int(one.name, 16), at)

    def _whereabouts(self, range_: Range) -> Whereabouts | None:
        if self._base is None:
            return None
        return Whereabouts(f"{self._base}/_sandbox/pki/{range_}.crl", f"{self._base}/_sandbox/pki/{range_}/ocsp")

    def _make(self, folder: Path) -> None:
        now = datetime.now(UTC)
        for range_, pair in CHAINS.items():
            root = make_root(pair.root, now)
            foreign = make_root(pair.root, now)
            for name, holder in (
                (f"{range_}-root", root),
                (range_.value, make_intermediate(root, pair.intermediate, now)),
                (f"{range_}-{_FOREIGN}", make_intermediate(foreign, pair.intermediate, now)),
            ):
                _write(folder / f"{name}.pem", _pem(holder))

    def _holder(self, name: str) -> Holder:
        if name not in self._known:
            content = (self._folder / _CHAIN / f"{name}.pem").read_bytes()
            first, *above = x509.load_pem_x509_certificates(content)
            key = serialization.load_pem_private_key(content, None)
            assert isinstance(key, RSAPrivateKey)
            self._known[name] = Holder(first, key, tuple(above))
        return self._known[name]


def _pem(holder: Holder) -> bytes:
    key = holder.key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    shown = (holder.certificate, *holder.above)
    return key + b"".join(one.public_bytes(serialization.Encoding.PEM) for one in shown)


def _write(path: Path, content: bytes) -> None:
    """A new file, readable by its owner only, seen whole or not at all. Raises ``FileExistsError``."""
    temporary = path.with_name(f"{path.name}.{new_id()}.new")
    try:
        with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
        os.link(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
