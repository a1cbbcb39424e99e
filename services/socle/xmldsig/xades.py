"""The signature of a lot of documents: XAdES 1.1.1 over a manifest (domain/dmp.md §1.6), read strictly and verified.

The document is the Signature. Its two references are to its own Manifest and SignedProperties, each there once and in
one place, so that nothing that is signed can stand elsewhere than where it is read. Whether the manifest is true of the
documents is asked where they are known.
"""

from dataclasses import dataclass

from cryptography import x509
from cryptography.hazmat.primitives.hashes import Hash
from lxml import etree

from socle.xmldsig.canonical import LARGEST, inclusive
from socle.xmldsig.keys import check_value
from socle.xmldsig.names import (
    DIGEST_METHODS,
    DS,
    INCLUSIVE,
    INCLUSIVE_COMMENTS,
    SIGNATURE_METHODS,
    XADES,
    D,
    X,
)
from socle.xmldsig.problem import Problem, SignatureRefused
from socle.xmldsig.reading import algorithm, at, base64_of, certificate_of, children

MANIFEST_ID = "IHEManifest"
CANONICAL = (INCLUSIVE, INCLUSIVE_COMMENTS)
_PROPERTIES = f"{D}Object/{X}QualifyingProperties/{X}SignedProperties"
_SIGNED = {f"{D}Manifest": f"{DS}Manifest", f"{X}SignedProperties": f"{XADES}SignedProperties"}
"""What the references are to, and the Type that they say if they say one."""
_IDS = etree.XPath("//@*[contains('|ID|Id|id|', concat('|', local-name(), '|'))]")


@dataclass(frozen=True, slots=True)
class Sealed:
    """A signature that verifies: the elements that it covers, and who made it."""

    signature: etree._Element
    manifest: etree._Element
    properties: etree._Element
    certificate: x509.Certificate


def verify(signature: etree._Element) -> Sealed:
    """``signature`` is the root of its document. Blocking: below a millisecond for a few documents.

    Raises ``SignatureRefused`` with the first thing that is wrong.
    """
    if signature.tag != f"{D}Signature":
        found = etree.QName(signature).text
        raise SignatureRefused(Problem.MISSING, expected="ds:Signature", found=found)
    if next(signature.iter(etree.Comment, etree.PI), None) is not None:
        raise SignatureRefused(Problem.COMMENT, "Signature", found="commentaire ou instruction de traitement")
    count = sum(1 for _ in signature.iter(f"{D}Signature"))
    if count > 1:
        raise SignatureRefused(Problem.SEVERAL, "Signature", expected="1 ds:Signature", found=str(count))
    signed_info, value, key_info = _parts(signature)
    manifest, properties = _signed(signature)
    references = _references(signed_info, manifest, properties)
    method = signed_info[0].get("Algorithm", "")
    if method not in CANONICAL:
        raise SignatureRefused(Problem.CANONICALIZATION, at(signed_info[0]), expected=CANONICAL[1], found=method)
    signing = algorithm(signed_info[1], SIGNATURE_METHODS, Problem.ALGORITHM)
    certificate = certificate_of(key_info)
    try:
        check_value(certificate, base64_of(value, Problem.VALUE), inclusive(signed_info), signing)
        for reference, element in references:
            _check_digest(reference, element)
    except ValueError as error:
        raise SignatureRefused(Problem.SIZE, "Signature", expected=f"≤ {LARGEST} octets", found=str(error)) from error
    return Sealed(signature, manifest, properties, certificate)


def transforms_of(reference: etree._Element) -> list[str]:
    """Algorithms, in order."""
    return [one.get("Algorithm", "") for one in reference.iterfind(f"{D}Transforms/{D}Transform")]


def _parts(signature: etree._Element) -> list[etree._Element]:
    found = list(signature)
    names = [one.tag for one in found]
    wanted = [f"{D}SignedInfo", f"{D}SignatureValue", f"{D}KeyInfo"]
    if names[:3] != wanted or len(found) == 3 or any(one != f"{D}Object" for one in names[3:]):
        said = ", ".join(etree.QName(one).localname for one in found)
        expected = "SignedInfo, SignatureValue, KeyInfo, Object…"
        raise SignatureRefused(Problem.FORM, "Signature", expected=expected, found=said or "(vide)")
    return found[:3]


def _signed(signature: etree._Element) -> tuple[etree._Element, etree._Element]:
    """The one Manifest and the one SignedProperties, each with an Id that nothing else has."""
    found = []
    for tag, path in zip(_SIGNED, (f"{D}Object/{D}Manifest", _PROPERTIES), strict=True):
        everywhere, here = list(signature.iter(tag)), signature.findall(path)
        if len(everywhere) != 1 or len(here) != 1:
            expected = path.replace(D, "ds:").replace(X, "xad:")
            count = f"{len(here)} à sa place, {len(everywhere)} en tout"
            raise SignatureRefused(Problem.PLACE, "Signature/Object", expected=expected, found=count)
        found.append(here[0])
    said = _IDS(signature)
    assert isinstance(said, list)
    for one in found:
        identifier = one.get("Id", "")
        if not identifier or (one is found[0] and identifier != MANIFEST_ID) or said.count(identifier) != 1:
            raise SignatureRefused(
                Problem.ID,
                f"{at(one)}/@Id",
                expected="IHEManifest, ou l'Id unique de SignedProperties",
                found=identifier,
            )
    return found[0], found[1]


def _references(signed_info: etree._Element, *targets: etree._Element) -> list[tuple[etree._Element, etree._Element]]:
    """Each of the two references with what it is to."""
    found = list(signed_info.iterchildren(f"{D}Reference"))
    if len(found) != len(targets):
        where = "Signature/SignedInfo"
        raise SignatureRefused(Problem.REFERENCES, where, expected="2 Reference", found=str(len(found)))
    children(signed_info, "CanonicalizationMethod", "SignatureMethod", "Reference", "Reference")
    by_uri = {f"#{one.get('Id')}": one for one in targets}
    pairs = []
    for reference in found:
        uri = reference.get("URI", "(absent)")
        target = by_uri.pop(uri, None)
        if target is None:
            expected = " | ".join(by_uri)
            raise SignatureRefused(Problem.URI, f"{at(reference)}/@URI", expected=expected, found=uri)
        kind = _SIGNED[str(target.tag)]
        if reference.get("Type", kind) != kind:
            found_kind = reference.get("Type", "")
            raise SignatureRefused(Problem.URI, f"{at(reference)}/@Type", expected=kind, found=found_kind)
        pairs.append((reference, target))
    return pairs


def _check_digest(reference: etree._Element, element: etree._Element) -> None:
    transforms = transforms_of(reference)
    if len(transforms) > 1 or any(one not in CANONICAL for one in transforms):
        expected, found = f"rien, ou {CANONICAL[1]}", ", ".join(transforms)
        raise SignatureRefused(Problem.TRANSFORMS, at(reference), expected=expected, found=found)
    inner = ("Transforms",) * bool(transforms) + ("DigestMethod", "DigestValue")
    *_, method, value = children(reference, *inner)
    computed = Hash(algorithm(method, DIGEST_METHODS, Problem.DIGEST_ALGORITHM))
    computed.update(inclusive(element))
    if computed.finalize() != base64_of(value, Problem.DIGEST):
        where = f"{at(reference)}/DigestValue"
        name = etree.QName(element).localname
        raise SignatureRefused(Problem.DIGEST, where, found=f"ce n'est pas l'empreinte de {name}")
