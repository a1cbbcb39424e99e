"""Signature01: bytes → what the signature says, and whether its digests are the documents' (domain/dmp.md §1.6).

Blocking, and up to seconds for large documents: for a thread. What is spooled is canonicalised as a stream.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator
from hmac import compare_digest
from pathlib import Path
from typing import Protocol

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree

from dmp_sim.domain.lot_signature import URN, Agreement, Listed, LotSignature
from dmp_sim.domain.model import Deposit, Document
from socle.blobs import Blob
from socle.soap import xml
from socle.soap.refusal import XmlRefused
from socle.soap.text import text_of
from socle.xmldsig.canonical import LARGEST, whole
from socle.xmldsig.names import DIGEST_SHA1, DIGEST_SHA256, D, X
from socle.xmldsig.problem import Problem, SignatureRefused
from socle.xmldsig.reading import base64_of
from socle.xmldsig.streamed import write_canonical
from socle.xmldsig.xades import CANONICAL, Sealed, transforms_of, verify

_HASHES: dict[str, Callable[[], "_Hash"]] = {
    DIGEST_SHA1: lambda: hashlib.sha1(usedforsecurity=False),
    DIGEST_SHA256: hashlib.sha256,
}
_CHUNK = 64 * 1024


class _Hash(Protocol):
    def update(self, data: bytes, /) -> object: ...
    def digest(self) -> bytes: ...


def read_lot_signature(deposit: Deposit, document: Document) -> tuple[LotSignature, x509.Certificate]:
    """``document`` is Signature01. Raises ``SignatureRefused`` when it does not verify."""
    sealed = verify(_parsed(document.blob))
    properties = sealed.properties
    implied = f"{X}SignedSignatureProperties/{X}SignaturePolicyIdentifier/{X}SignaturePolicyImplied"
    purposes = sealed.signature.iterfind(f"{D}Object/{D}SignatureProperties/{D}SignatureProperty")
    return LotSignature(
        tuple(_listed(deposit, sealed.manifest)),
        text_of(properties.find(f"{X}SignedSignatureProperties/{X}SigningTime")),
        any(_names(one, sealed.certificate) for one in properties.iterfind(f".//{X}SigningCertificate/{X}Cert")),
        _targets(sealed),
        properties.find(implied) is not None,
        next((text_of(one) for one in purposes if one.get("Id") == "purposeOfSignature"), ""),
    ), sealed.certificate


def _parsed(blob: Blob) -> etree._Element:
    if blob.size > LARGEST:
        raise SignatureRefused(Problem.SIZE, expected=f"≤ {LARGEST} octets", found=f"{blob.size} octets")
    try:
        return xml.parse(blob.read())
    except XmlRefused as refused:
        found = f"{refused.finding.rule.title_fr} {refused.finding.found}"
        raise SignatureRefused(Problem.MISSING, expected="ds:Signature", found=found) from None


def _targets(sealed: Sealed) -> bool:
    qualifying = sealed.properties.getparent()
    assert qualifying is not None
    return qualifying.get("Target") == f"#{sealed.signature.get('Id', '')}"


def _names(cert: etree._Element, certificate: x509.Certificate) -> bool:
    """The digest is the certificate's, and the serial number too; its issuer is written in too many ways to compare."""
    method = cert.find(f"{X}CertDigest/{X}DigestMethod")
    value = cert.find(f"{X}CertDigest/{X}DigestValue")
    make = _HASHES.get(method.get("Algorithm", "")) if method is not None else None
    if value is None or make is None:
        return False
    computed = make()
    computed.update(certificate.public_bytes(Encoding.DER))
    serial = text_of(cert.find(f"{X}IssuerSerial/{D}X509SerialNumber"))
    return compare_digest(computed.digest(), _digest(value)) and serial == str(certificate.serial_number)


def _listed(deposit: Deposit, manifest: etree._Element) -> Iterator[Listed]:
    documents = {
        URN + entry.unique_id: content
        for entry in deposit.entries
        if entry.unique_id and entry is not deposit.signature and (content := deposit.document_of(entry)) is not None
    }
    references = list(manifest.iterchildren(f"{D}Reference"))
    count = Counter(one.get("URI", "") for one in references)
    for reference in references:
        uri = reference.get("URI", "")
        document = documents.get(uri)
        if document is None or count[uri] > 1:  # each document is canonicalised once at most
            yield Listed(uri)
        else:
            yield _compared(uri, reference, document)


def _compared(uri: str, reference: etree._Element, document: Document) -> Listed:
    transforms = transforms_of(reference)
    if len(transforms) > 1 or any(one not in CANONICAL for one in transforms):
        return Listed(uri, Agreement.TRANSFORMS, ", ".join(transforms), document.part)
    method, value = reference.find(f"{D}DigestMethod"), reference.find(f"{D}DigestValue")
    algorithm = method.get("Algorithm", "") if method is not None else ""
    if algorithm not in _HASHES:
        return Listed(uri, Agreement.ALGORITHM, algorithm or "(absent)", document.part)
    digest = _digest(value) if value is not None else b""
    if not transforms and any(compare_digest(one, digest) for one in _of_bytes(document, algorithm)):
        return Listed(uri, Agreement.RIGHT)
    comments = not transforms or transforms[0] == CANONICAL[1]
    computed = _of_canonical_form(document.blob, algorithm, comments=comments)
    right = computed is not None and compare_digest(computed, digest)
    said = "illisible en XML" if computed is None else digest.hex() or "(illisible)"
    return Listed(uri, Agreement.RIGHT if right else Agreement.WRONG, "" if right else said, document.part)


def _digest(value: etree._Element) -> bytes:
    try:
        return base64_of(value, Problem.DIGEST)
    except SignatureRefused:
        return b""


def _of_bytes(document: Document, algorithm: str) -> list[bytes]:
    """As received; also with the line end before the boundary, which LF-only senders count in."""
    if algorithm == DIGEST_SHA256:
        return [bytes.fromhex(document.blob.sha256)]
    return [bytes.fromhex(one) for one in (document.sha1, document.sha1_with_eol) if one]


def _of_canonical_form(blob: Blob, algorithm: str, *, comments: bool) -> bytes | None:
    """None when the content has no canonical form: it is no XML."""
    computed = _HASHES[algorithm]()
    try:
        if blob.path is not None:
            write_canonical(_chunks(blob.path), computed.update, comments=comments)
        else:
            tree = xml.parse(blob.read()).getroottree()
            computed.update(whole(tree, comments=comments))
    except (ValueError, XmlRefused):
        return None
    return computed.digest()


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            yield chunk
