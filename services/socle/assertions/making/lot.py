"""The XAdES signature of a submission set (domain/dmp.md §1.6): the manifest of the lot with its documents' digests.

SHA-1 throughout and inclusive canonicalisation with comments, as the DMP asks. That a document's reference tells this
canonicalisation as its transform is how XML Signature has it; whether national software writes it was read nowhere.
"""

import base64
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree

from socle.xmldsig.canonical import whole

_DS = "http://www.w3.org/2000/09/xmldsig#"
_XAD = "http://uri.etsi.org/01903/v1.1.1#"
_C14N = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments"
_SHA1 = f"{_DS}sha1"
_OPEN_DS = f'xmlns:ds="{_DS}"'


@dataclass(frozen=True, slots=True)
class Identity:
    """Who signs."""

    certificate: x509.Certificate
    key: RSAPrivateKey


class Hashed(NamedTuple):
    """One document of the lot."""

    unique_id: str
    digest: str
    """SHA-1 in base64."""
    canonical: bool = True
    """Of its canonical form; else of its bytes."""


def lot_signature(
    set_id: str,
    documents: Iterable[Hashed],
    signed_at: datetime,
    signer: Identity,
) -> bytes:
    """The document of the Signature01 entry; ``documents`` in the order of the lot."""
    references = "".join(
        _reference(f"urn:oid:{one.unique_id}", one.digest, canonical=one.canonical) for one in documents
    )
    # Written in canonical form (attributes sorted, no empty-element tags) so that digests need no canonicaliser.
    manifest = f'Id="IHEManifest">{_reference(f"urn:oid:{set_id}", "AA==")}{references}</ds:Manifest>'
    properties = _signed_properties(signer.certificate, signed_at)
    signed_info = (
        f'<ds:CanonicalizationMethod Algorithm="{_C14N}"></ds:CanonicalizationMethod>'
        f'<ds:SignatureMethod Algorithm="{_DS}rsa-sha1"></ds:SignatureMethod>'
        + _reference("#IHEManifest", _sha1(f"<ds:Manifest {_OPEN_DS} {manifest}"), kind=f"{_DS}Manifest")
        + _reference(
            "#S0-SignedProperties",
            _sha1(f'<xad:SignedProperties {_OPEN_DS} xmlns:xad="{_XAD}" {properties}'),
            kind=f"{_XAD}SignedProperties",
        )
        + "</ds:SignedInfo>"
    )
    canonical = f"<ds:SignedInfo {_OPEN_DS}>{signed_info}".encode()
    value = base64.b64encode(signer.key.sign(canonical, padding.PKCS1v15(), hashes.SHA1())).decode()  # noqa: S303 - as the DMP asks
    return (
        f'<ds:Signature {_OPEN_DS} Id="S0"><ds:SignedInfo>{signed_info}<ds:SignatureValue>{value}'
        "</ds:SignatureValue><ds:KeyInfo><ds:X509Data><ds:X509Certificate>"
        f"{base64.b64encode(signer.certificate.public_bytes(Encoding.DER)).decode()}</ds:X509Certificate></ds:X509Data>"
        f'</ds:KeyInfo><ds:Object><xad:QualifyingProperties xmlns:xad="{_XAD}" Target="#S0"><xad:SignedProperties '
        f"{properties}</xad:QualifyingProperties></ds:Object><ds:Object><ds:SignatureProperties>"
        f'<ds:SignatureProperty Id="purposeOfSignature" Target="#S0">1.2.840.10065.1.12.1.14'
        f"</ds:SignatureProperty></ds:SignatureProperties></ds:Object><ds:Object><ds:Manifest {manifest}</ds:Object>"
        "</ds:Signature>"
    ).encode()


def hashed(unique_id: str, document: bytes) -> Hashed:
    """A document as sent: XML by its canonical form with comments, DICOM by its bytes. Raises ``XMLSyntaxError``, and
    ``ValueError`` for XML without a canonical form."""
    if is_dicom(document):
        return Hashed(unique_id, _of(document), canonical=False)
    tree = etree.fromstring(document).getroottree()
    return Hashed(unique_id, _of(whole(tree, comments=True)))


def is_dicom(document: bytes) -> bool:
    """A KOS, by DICOM's own mark behind its preamble."""
    return document[128:132] == b"DICM"


def _of(content: bytes) -> str:
    return base64.b64encode(hashlib.sha1(content, usedforsecurity=False).digest()).decode()


def _sha1(text: str) -> str:
    return _of(text.encode())


def _reference(uri: str, value: str, *, kind: str = "", canonical: bool = False) -> str:
    typed = f' Type="{kind}"' if kind else ""
    transforms = (
        f'<ds:Transforms><ds:Transform Algorithm="{_C14N}"></ds:Transform></ds:Transforms>' if canonical else ""
    )
    return (
        f'<ds:Reference{typed} URI="{uri}">{transforms}<ds:DigestMethod Algorithm="{_SHA1}"></ds:DigestMethod>'
        f"<ds:DigestValue>{value}</ds:DigestValue></ds:Reference>"
    )


def _signed_properties(certificate: x509.Certificate, signed_at: datetime) -> str:
    issuer = escape(certificate.issuer.rfc4514_string(), quote=False)
    instant = signed_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    value = _of(certificate.public_bytes(Encoding.DER))
    return (
        f'Id="S0-SignedProperties"><xad:SignedSignatureProperties><xad:SigningTime>{instant}</xad:SigningTime>'
        "<xad:SigningCertificate><xad:Cert><xad:CertDigest>"
        f'<xad:DigestMethod Algorithm="{_SHA1}"></xad:DigestMethod><xad:DigestValue>{value}</xad:DigestValue>'
        f"</xad:CertDigest><xad:IssuerSerial><ds:X509IssuerName>{issuer}</ds:X509IssuerName><ds:X509SerialNumber>"
        f"{certificate.serial_number}</ds:X509SerialNumber></xad:IssuerSerial></xad:Cert></xad:SigningCertificate>"
        "<xad:SignaturePolicyIdentifier><xad:SignaturePolicyImplied></xad:SignaturePolicyImplied>"
        "</xad:SignaturePolicyIdentifier></xad:SignedSignatureProperties></xad:SignedProperties>"
    )
