"""Sign an element as national software does: enveloped, over the element itself."""

import base64
from dataclasses import dataclass
from enum import StrEnum

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import Hash
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree

from socle.xmldsig import names
from socle.xmldsig.canonical import canonical, standalone


class Digest(StrEnum):
    """Of signature and reference alike."""

    SHA256 = "sha256"
    SHA1 = "sha1"


@dataclass(frozen=True, slots=True)
class Style:
    """What signers do differently (domain/dmp.md §2)."""

    digest: Digest = Digest.SHA256
    prefixes: tuple[str, ...] = ()
    """``PrefixList`` of the reference's canonicalisation; ``#default`` is the default namespace."""
    last: bool = False
    """The Signature stands last in the element, not after its first child."""


PLAIN = Style()
_METHODS = {
    Digest.SHA256: (names.RSA_SHA256, names.DIGEST_SHA256),
    Digest.SHA1: (names.RSA_SHA1, names.DIGEST_SHA1),
}


def sign(
    element: etree._Element,
    key: RSAPrivateKey,
    certificate: x509.Certificate,
    style: Style = PLAIN,
) -> etree._Element:
    """Put a Signature into ``element``, which has an ``ID``; gives the Signature. Blocking: about a millisecond."""
    method, digest_method = _METHODS[style.digest]
    digest = Hash(names.DIGEST_METHODS[digest_method])
    digest.update(canonical(standalone(element), style.prefixes))
    signature = etree.fromstring(
        f'<ds:Signature xmlns:ds="{names.DS}"><ds:SignedInfo><ds:CanonicalizationMethod Algorithm="{names.EXCLUSIVE}"/>'
        f'<ds:SignatureMethod Algorithm="{method}"/><ds:Reference URI="#{element.get("ID", "")}"><ds:Transforms>'
        f'<ds:Transform Algorithm="{names.ENVELOPED}"/>{_c14n(style.prefixes)}</ds:Transforms>'
        f'<ds:DigestMethod Algorithm="{digest_method}"/><ds:DigestValue>{_text(digest.finalize())}</ds:DigestValue>'
        "</ds:Reference></ds:SignedInfo><ds:SignatureValue/><ds:KeyInfo><ds:X509Data><ds:X509Certificate>"
        f"{_text(certificate.public_bytes(Encoding.DER))}</ds:X509Certificate></ds:X509Data></ds:KeyInfo>"
        "</ds:Signature>"
    )
    element.insert(len(element) if style.last else 1, signature)
    value(signature, key)
    return signature


def value(signature: etree._Element, key: RSAPrivateKey) -> None:
    """Set SignatureValue to what SignedInfo, as it now stands, is worth under ``key``."""
    signed_info = signature[0]
    method = signed_info.find(f"{names.D}SignatureMethod")
    algorithm = names.SIGNATURE_METHODS[method.get("Algorithm", "") if method is not None else ""]
    made = key.sign(canonical(standalone(signed_info)), PKCS1v15(), algorithm)
    signature[1].text = _text(made)


def _c14n(prefixes: tuple[str, ...]) -> str:
    if not prefixes:
        return f'<ds:Transform Algorithm="{names.EXCLUSIVE}"/>'
    return (
        f'<ds:Transform Algorithm="{names.EXCLUSIVE}"><ec:InclusiveNamespaces xmlns:ec="{names.EXCLUSIVE}" '
        f'PrefixList="{" ".join(prefixes)}"/></ds:Transform>'
    )


def _text(content: bytes) -> str:
    return base64.b64encode(content).decode()
