"""One mistake in a signed assertion, by what it breaks in the signature."""

import base64
from collections.abc import Callable
from copy import deepcopy

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from lxml import etree

from socle.assertions.making.names import S
from socle.xmldsig import names
from socle.xmldsig.names import D
from socle.xmldsig.sign import value

Spoiling = Callable[[etree._Element, RSAPrivateKey], None]
"""Gets the signed assertion and the key that signed it."""
_XSLT = "http://www.w3.org/TR/1999/REC-xslt-19991116"
_XPATH = "http://www.w3.org/TR/1999/REC-xpath-19991116"
_HMAC = "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256"
_RSA_MD5, _MD5 = ("http://www.w3.org/2001/04/xmldsig-more#" + one for one in ("rsa-md5", "md5"))
_INCLUSIVE = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"


def at(assertion: etree._Element, path: str) -> etree._Element:
    """An element below the Signature, by local names."""
    found = assertion.find(f"{D}Signature/" + "/".join(f"{D}{name}" for name in path.split("/")))
    assert found is not None
    return found


def signature_of(assertion: etree._Element) -> etree._Element:
    found = assertion.find(f"{D}Signature")
    assert found is not None
    return found


def attribute(path: str, name: str, said: str) -> Spoiling:
    """Another value in SignedInfo, and the value signed anew: nothing else is wrong."""

    def spoil(assertion: etree._Element, key: RSAPrivateKey) -> None:
        at(assertion, path).set(name, said)
        if said in names.SIGNATURE_METHODS or path != "SignedInfo/SignatureMethod":
            value(signature_of(assertion), key)

    return spoil


def transform(algorithm: str) -> Spoiling:
    """One more transform before the canonicalisation."""

    def spoil(assertion: etree._Element, key: RSAPrivateKey) -> None:
        transforms = at(assertion, "SignedInfo/Reference/Transforms")
        transforms.insert(1, etree.Element(f"{D}Transform", Algorithm=algorithm))
        value(signature_of(assertion), key)

    return spoil


def unsigned(assertion: etree._Element, _key: RSAPrivateKey) -> None:
    assertion.remove(signature_of(assertion))


def altered(assertion: etree._Element, _key: RSAPrivateKey) -> None:
    """Another NameID than the signed one."""
    name = assertion.find(f"{S}Subject/{S}NameID")
    assert name is not None
    name.text = f"{name.text}0"


def wrong_digest(assertion: etree._Element, key: RSAPrivateKey) -> None:
    digest = at(assertion, "SignedInfo/Reference/DigestValue")
    digest.text = turned(digest.text)
    value(signature_of(assertion), key)


def wrong_value(assertion: etree._Element, _key: RSAPrivateKey) -> None:
    found = at(assertion, "SignatureValue")
    found.text = turned(found.text)


def two_references(assertion: etree._Element, key: RSAPrivateKey) -> None:
    reference = at(assertion, "SignedInfo/Reference")
    reference.addnext(deepcopy(reference))
    value(signature_of(assertion), key)


def two_signatures(assertion: etree._Element, _key: RSAPrivateKey) -> None:
    signature = signature_of(assertion)
    signature.addnext(deepcopy(signature))


def deep(assertion: etree._Element, _key: RSAPrivateKey) -> None:
    """The signature within Subject."""
    subject = assertion.find(f"{S}Subject")
    assert subject is not None
    subject.append(signature_of(assertion))


def with_object(assertion: etree._Element, _key: RSAPrivateKey) -> None:
    etree.SubElement(signature_of(assertion), f"{D}Object").text = "."


def key_name_only(assertion: etree._Element, _key: RSAPrivateKey) -> None:
    info = at(assertion, "KeyInfo")
    info[:] = []
    etree.SubElement(info, f"{D}KeyName").text = "socles"


def retrieval(assertion: etree._Element, _key: RSAPrivateKey) -> None:
    """A key to be fetched from elsewhere, beside the certificate."""
    etree.SubElement(at(assertion, "KeyInfo"), f"{D}RetrievalMethod", URI="http://cle.example/cle.xml")


def garbled_certificate(assertion: etree._Element, _key: RSAPrivateKey) -> None:
    found = at(assertion, "KeyInfo/X509Data/X509Certificate")
    found.text = base64.b64encode(base64.b64decode(found.text or "")[:-40]).decode()


def comment(assertion: etree._Element, _key: RSAPrivateKey) -> None:
    """``<NameID>8999<!---->00010</NameID>``: the signature still verifies, and a careless reader takes the half."""
    name = assertion.find(f"{S}Subject/{S}NameID")
    assert name is not None
    text = name.text or ""
    inner = etree.Comment("")
    name.text, inner.tail = text[:4], text[4:]
    name.insert(0, inner)


def no_id(assertion: etree._Element, _key: RSAPrivateKey) -> None:
    del assertion.attrib["ID"]


def double_id(assertion: etree._Element, _key: RSAPrivateKey) -> None:
    """Another header block with the same ID."""
    security = assertion.getparent()
    assert security is not None
    security.addnext(etree.Element("bloc", Id=assertion.get("ID", "")))


def turned(text: str | None) -> str:
    """The same length of base64, other bits."""
    content = bytearray(base64.b64decode(text or ""))
    content[0] ^= 1
    return base64.b64encode(bytes(content)).decode()


SPOILINGS: dict[str, tuple[str, Spoiling]] = {
    "unsigned": ("signature.present", unsigned),
    "altered": ("signature.digest", altered),
    "wrong-digest": ("signature.digest", wrong_digest),
    "wrong-value": ("signature.value", wrong_value),
    "hmac": ("signature.algorithm", attribute("SignedInfo/SignatureMethod", "Algorithm", _HMAC)),
    "rsa-md5": ("signature.algorithm", attribute("SignedInfo/SignatureMethod", "Algorithm", _RSA_MD5)),
    "md5": ("signature.digest-algorithm", attribute("SignedInfo/Reference/DigestMethod", "Algorithm", _MD5)),
    "inclusive": (
        "signature.canonicalization",
        attribute("SignedInfo/CanonicalizationMethod", "Algorithm", _INCLUSIVE),
    ),
    "external-uri": ("signature.uri", attribute("SignedInfo/Reference", "URI", "http://autre.example/assertion.xml")),
    "empty-uri": ("signature.uri", attribute("SignedInfo/Reference", "URI", "")),
    "other-uri": ("signature.uri", attribute("SignedInfo/Reference", "URI", "#_autre")),
    "xslt": ("signature.transforms", transform(_XSLT)),
    "xpath": ("signature.transforms", transform(_XPATH)),
    "two-references": ("signature.reference", two_references),
    "two-signatures": ("signature.single", two_signatures),
    "deep-signature": ("signature.place", deep),
    "object": ("signature.form", with_object),
    "key-name": ("signature.key-info", key_name_only),
    "retrieval": ("signature.key-info", retrieval),
    "garbled-certificate": ("certificate.readable", garbled_certificate),
    "comment": ("comment", comment),
    "no-id": ("id.present", no_id),
    "double-id": ("id.unique", double_id),
}
"""Name → the rule it breaks, without ``assertion.``, and how."""
