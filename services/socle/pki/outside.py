"""Authorities of others that the sandbox is told to trust: an editor's own, or that of its test cards.

One file for each in ``outside`` of the PKI's folder, which replicas share; and those of a folder of one's own, which
the sandbox only reads. What is wrong with one is looked at each time: an authority that has expired since is not
trusted.
"""

import contextlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import MD5, SHA1, SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from socle.exchange import new_id
from socle.pki.names import Range
from socle.pki.reading import read_pems

LARGEST = 64 * 1024
"""Bytes of a PEM file. Ours."""
MOST = 100
"""Authorities that may be added. Ours: each unknown certificate is held against all of them."""
RSA_BITS, EC_BITS = (2048, 8192), 256
_NAMED = re.compile(r"^([0-9a-f]{64})\.(organisations|persons)\.pem$")
_ENDINGS = frozenset({".pem", ".crt", ".cer"})


class NotTrusted(ValueError):
    """Why a certificate cannot be an authority here, in French and in English."""

    def __init__(self, fr: str, en: str) -> None:
        super().__init__(en)
        self.fr, self.en = fr, en


@dataclass(frozen=True, slots=True)
class Outside:
    """An authority of somebody else."""

    certificate: x509.Certificate
    range: Range
    """Whether it issues cards or organisations' certificates: who signed is judged by that."""
    file: Path
    removable: bool

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the certificate, hexadecimal."""
        return self.certificate.fingerprint(SHA256()).hex()


class OutsideAuthorities:
    """Those that were added, and those of the folder ``given`` by a setting. Everything here reads from disk."""

    def __init__(self, folder: Path, given: Path | None = None) -> None:
        self._folder = folder
        self._given = given

    def all(self) -> list[Outside]:
        """Whatever can be read, the trusted and the others."""
        found = [
            Outside(certificate, Range(match[2]), file, removable=True)
            for file in self._files(self._folder)
            if (match := _NAMED.match(file.name)) is not None
            for certificate in _certificates(file)
        ]
        if self._given is not None:
            found += [
                Outside(certificate, _range_of(certificate), file, removable=False)
                for file in self._files(self._given)
                for certificate in _certificates(file)
            ]
        return found

    def trusted(self) -> list[Outside]:
        """Those that are nothing but right now."""
        now = datetime.now(UTC)
        return [one for one in self.all() if problem_of(one.certificate, now) is None]

    def add(self, content: bytes, range_: Range | None = None) -> Outside:
        """Trust the authority of a PEM file from now on; again changes nothing. Raises :class:`NotTrusted`."""
        certificate = _one(content)
        problem = problem_of(certificate, datetime.now(UTC))
        if problem is not None:
            raise problem
        if len(self.all()) >= MOST:
            raise NotTrusted(f"Déjà {MOST} autorités.", f"There are {MOST} authorities already.")
        range_ = range_ or _range_of(certificate)
        self.remove(certificate.fingerprint(SHA256()).hex(), missing_ok=True)
        self._folder.mkdir(parents=True, exist_ok=True)
        added = Outside(certificate, range_, self._folder, removable=True)
        file = self._folder / f"{added.fingerprint}.{range_}.pem"
        temporary = file.with_name(f"{new_id()}.new")
        temporary.write_bytes(certificate.public_bytes(Encoding.PEM))
        temporary.replace(file)
        return Outside(certificate, range_, file, removable=True)

    def remove(self, fingerprint: str, *, missing_ok: bool = False) -> None:
        """No longer trust it. Raises ``LookupError`` for one that was not added here."""
        found = [one for one in self.all() if one.fingerprint == fingerprint and one.removable]
        if not found and not missing_ok:
            raise LookupError(fingerprint)
        for one in found:
            with contextlib.suppress(FileNotFoundError):
                one.file.unlink()

    def _files(self, folder: Path) -> list[Path]:
        try:
            return sorted(one for one in folder.iterdir() if one.suffix in _ENDINGS)
        except OSError:
            return []


def problem_of(certificate: x509.Certificate, now: datetime) -> NotTrusted | None:
    """Why it cannot be an authority; None when it can."""
    if not _may_issue(certificate):
        return NotTrusted("Ce n'est pas un certificat d'autorité.", "This is no certificate of an authority.")
    if now > certificate.not_valid_after_utc:
        until = f"{certificate.not_valid_after_utc:%Y-%m-%d}"
        return NotTrusted(f"L'autorité est périmée depuis le {until}.", f"The authority expired on {until}.")
    if now < certificate.not_valid_before_utc:
        begins = f"{certificate.not_valid_before_utc:%Y-%m-%d}"
        return NotTrusted(
            f"L'autorité ne vaut qu'à partir du {begins}.", f"The authority is not valid before {begins}."
        )
    return _weakness(certificate)


def _may_issue(certificate: x509.Certificate) -> bool:
    try:
        if not certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca:
            return False
    except x509.ExtensionNotFound:
        return False
    try:
        return certificate.extensions.get_extension_for_class(x509.KeyUsage).value.key_cert_sign
    except x509.ExtensionNotFound:
        return True


def _weakness(certificate: x509.Certificate) -> NotTrusted | None:
    try:
        key = certificate.public_key()
        hashed = certificate.signature_hash_algorithm
    except (ValueError, UnsupportedAlgorithm):
        return NotTrusted("La clé de l'autorité ne se lit pas.", "The authority's key cannot be read.")
    strong = (isinstance(key, RSAPublicKey) and RSA_BITS[0] <= key.key_size <= RSA_BITS[1]) or (
        isinstance(key, EllipticCurvePublicKey) and key.key_size >= EC_BITS
    )
    if not strong:
        return NotTrusted(
            f"La clé de l'autorité est trop faible : RSA de {RSA_BITS[0]} à {RSA_BITS[1]} bits, ou EC de {EC_BITS}.",
            f"The authority's key is too weak: RSA of {RSA_BITS[0]} to {RSA_BITS[1]} bits, or EC of {EC_BITS}.",
        )
    if isinstance(hashed, MD5 | SHA1) and certificate.issuer != certificate.subject:
        return NotTrusted(
            "Le certificat de l'autorité est signé en MD5 ou SHA-1.",
            "The authority's certificate is signed with MD5 or SHA-1.",
        )
    return None


def _one(content: bytes) -> x509.Certificate:
    """The one certificate of a PEM file."""
    if b"PRIVATE KEY" in content:
        raise NotTrusted(
            "Le fichier contient une clé privée : n'envoyer que le certificat.",
            "The file holds a private key: send the certificate alone.",
        )
    try:
        found = read_pems(content) if len(content) <= LARGEST else []
    except ValueError:
        found = []
    if len(found) != 1:
        raise NotTrusted(
            f"Un certificat en PEM est attendu, un seul ; reçu : {len(found)}.",
            f"One certificate in PEM is expected; received: {len(found)}.",
        )
    return found[0]


def _certificates(file: Path) -> tuple[x509.Certificate, ...]:
    try:
        seen = file.stat()
        return _parsed(file, seen.st_mtime_ns, seen.st_size)
    except OSError:
        return ()


@lru_cache(MOST)
def _parsed(file: Path, _changed: int, size: int) -> tuple[x509.Certificate, ...]:
    if size > LARGEST:
        return ()
    try:
        return tuple(read_pems(file.read_bytes()))
    except ValueError:
        return ()


def _range_of(certificate: x509.Certificate) -> Range:
    """By its name, as the IGC-Santé has it; what names neither issues for organisations."""
    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return Range.PERSONS if names and "PERSONNES" in str(names[0].value).upper() else Range.ORGANISATIONS
