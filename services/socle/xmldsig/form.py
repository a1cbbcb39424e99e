"""A ds:Signature, read strictly: whatever stands there must be known and must have a reason."""

from dataclasses import dataclass

from cryptography import x509
from cryptography.hazmat.primitives.hashes import HashAlgorithm
from lxml import etree

from socle.xmldsig.names import DIGEST_METHODS, ENVELOPED, EXCLUSIVE, SIGNATURE_METHODS, D
from socle.xmldsig.problem import Problem, SignatureRefused
from socle.xmldsig.reading import algorithm, at, base64_of, certificate_of, children

_INCLUSIVE = f"{{{EXCLUSIVE}}}InclusiveNamespaces"


@dataclass(frozen=True, slots=True)
class Form:
    """What a signature says."""

    signed_info: etree._Element
    signed_info_prefixes: tuple[str, ...]
    """``PrefixList`` of its canonicalisation."""
    hash: HashAlgorithm
    value: bytes
    prefixes: tuple[str, ...]
    digest_hash: HashAlgorithm
    digest: bytes
    certificate: x509.Certificate


def read(signature: etree._Element, uri: str) -> Form:
    """The signature over the element that ``uri`` names. Raises ``SignatureRefused``."""
    signed_info, value, key_info = children(signature, "SignedInfo", "SignatureValue", "KeyInfo")
    if len(list(signed_info.iterchildren(f"{D}Reference"))) != 1:
        count = len(list(signed_info.iterchildren(f"{D}Reference")))
        raise SignatureRefused(Problem.REFERENCES, "Signature/SignedInfo", expected="1 Reference", found=str(count))
    method_c14n, method, reference = children(signed_info, "CanonicalizationMethod", "SignatureMethod", "Reference")
    if method_c14n.get("Algorithm") != EXCLUSIVE:
        found = method_c14n.get("Algorithm", "")
        raise SignatureRefused(Problem.CANONICALIZATION, at(method_c14n), expected=EXCLUSIVE, found=found)
    method_hash = algorithm(method, SIGNATURE_METHODS, Problem.ALGORITHM)
    if reference.get("URI") != uri:
        found = reference.get("URI", "(absent)")
        raise SignatureRefused(Problem.URI, f"{at(reference)}/@URI", expected=uri, found=found)
    transforms, digest_method, digest = children(reference, "Transforms", "DigestMethod", "DigestValue")
    return Form(
        signed_info,
        _prefixes(method_c14n),
        method_hash,
        base64_of(value, Problem.VALUE),
        _transforms(transforms),
        algorithm(digest_method, DIGEST_METHODS, Problem.DIGEST_ALGORITHM),
        base64_of(digest, Problem.DIGEST),
        certificate_of(key_info),
    )


def _transforms(parent: etree._Element) -> tuple[str, ...]:
    """The ``PrefixList`` of the one canonicalisation."""
    found = list(parent)
    said = [one.get("Algorithm", "") for one in found]
    if said != [ENVELOPED, EXCLUSIVE] or any(one.tag != f"{D}Transform" for one in found) or len(found[0]):
        expected = "enveloped-signature, xml-exc-c14n"
        raise SignatureRefused(Problem.TRANSFORMS, at(parent), expected=expected, found=", ".join(said))
    return _prefixes(found[1], Problem.TRANSFORMS)


def _prefixes(method: etree._Element, problem: Problem = Problem.CANONICALIZATION) -> tuple[str, ...]:
    inner = list(method)
    if not inner:
        return ()
    if len(inner) > 1 or inner[0].tag != _INCLUSIVE or len(inner[0]):
        found = etree.QName(inner[0]).localname
        raise SignatureRefused(problem, at(method), expected="InclusiveNamespaces", found=found)
    return tuple(inner[0].get("PrefixList", "").split())
