"""The XAdES signature of a submission set (dmp.md §1.6): the manifest of the lot with the digests of its documents.

Signed with a self-made key that nobody trusts: the digests and the signature value are right, the identity is not.
"""

import base64
import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from lxml import etree

_DS = "http://www.w3.org/2000/09/xmldsig#"
_XAD = "http://uri.etsi.org/01903/v1.1.1#"
_C14N = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments"
_SHA1 = f"{_DS}sha1"
_OPEN_DS = f'xmlns:ds="{_DS}"'


def lot_signature(set_id: str, documents: Iterable[tuple[str, bytes]], signed_at: datetime) -> bytes:
    """The document of the Signature01 entry; ``documents`` are (uniqueId, CDA bytes) in the order of the lot."""
    references = "".join(_reference(f"urn:oid:{unique_id}", digest(content)) for unique_id, content in documents)
    # Written in canonical form (attributes sorted, no empty-element tags) so that digests need no canonicaliser.
    manifest = f'Id="IHEManifest">{_reference(f"urn:oid:{set_id}", "AA==")}{references}</ds:Manifest>'
    certificate, key = _identity()
    properties = _signed_properties(certificate, signed_at)
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
    value = base64.b64encode(key.sign(canonical, padding.PKCS1v15(), hashes.SHA1())).decode()  # noqa: S303 - as the DMP asks
    return (
        f'<ds:Signature {_OPEN_DS} Id="S0"><ds:SignedInfo>{signed_info}<ds:SignatureValue>{value}'
        "</ds:SignatureValue><ds:KeyInfo><ds:X509Data><ds:X509Certificate>"
        f"{base64.b64encode(certificate).decode()}</ds:X509Certificate></ds:X509Data></ds:KeyInfo>"
        f'<ds:Object><xad:QualifyingProperties xmlns:xad="{_XAD}" Target="#S0"><xad:SignedProperties {properties}'
        "</xad:QualifyingProperties></ds:Object><ds:Object><ds:SignatureProperties>"
        f'<ds:SignatureProperty Id="purposeOfSignature" Target="#S0">1.2.840.10065.1.12.1.14'
        f"</ds:SignatureProperty></ds:SignatureProperties></ds:Object><ds:Object><ds:Manifest {manifest}</ds:Object>"
        "</ds:Signature>"
    ).encode()


def digest(document: bytes) -> str:
    """SHA-1, in base64, of the canonical form with comments of a document as sent."""
    canonical = etree.tostring(etree.fromstring(document), method="c14n", with_comments=True)
    return base64.b64encode(hashlib.sha1(canonical, usedforsecurity=False).digest()).decode()


@cache
def _identity() -> tuple[bytes, rsa.RSAPrivateKey]:
    """A certificate (DER) and its key, made once per process."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "socles-sandbox")])
    certificate = (
        x509.CertificateBuilder(
            issuer_name=name,
            subject_name=name,
            public_key=key.public_key(),
            serial_number=1,
            not_valid_before=datetime(2020, 1, 1, tzinfo=UTC),
            not_valid_after=datetime(2100, 1, 1, tzinfo=UTC),
        )
        .sign(key, hashes.SHA256())
        .public_bytes(serialization.Encoding.DER)
    )
    return certificate, key


def _sha1(text: str) -> str:
    return base64.b64encode(hashlib.sha1(text.encode(), usedforsecurity=False).digest()).decode()


def _reference(uri: str, value: str, *, kind: str = "") -> str:
    typed = f' Type="{kind}"' if kind else ""
    return (
        f'<ds:Reference{typed} URI="{uri}"><ds:DigestMethod Algorithm="{_SHA1}"></ds:DigestMethod>'
        f"<ds:DigestValue>{value}</ds:DigestValue></ds:Reference>"
    )


def _signed_properties(certificate: bytes, signed_at: datetime) -> str:
    instant = signed_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    value = base64.b64encode(hashlib.sha1(certificate, usedforsecurity=False).digest()).decode()
    return (
        f'Id="S0-SignedProperties"><xad:SignedSignatureProperties><xad:SigningTime>{instant}</xad:SigningTime>'
        "<xad:SigningCertificate><xad:Cert><xad:CertDigest>"
        f'<xad:DigestMethod Algorithm="{_SHA1}"></xad:DigestMethod><xad:DigestValue>{value}</xad:DigestValue>'
        "</xad:CertDigest><xad:IssuerSerial><ds:X509IssuerName>CN=socles-sandbox</ds:X509IssuerName>"
        "<ds:X509SerialNumber>1</ds:X509SerialNumber></xad:IssuerSerial></xad:Cert></xad:SigningCertificate>"
        "<xad:SignaturePolicyIdentifier><xad:SignaturePolicyImplied></xad:SignaturePolicyImplied>"
        "</xad:SignaturePolicyIdentifier></xad:SignedSignatureProperties></xad:SignedProperties>"
    )
