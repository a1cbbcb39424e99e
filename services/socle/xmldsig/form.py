"""A ds:Signature, read strictly: whatever stands there must be known and must have a reason."""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeVar

from cryptography import x509
from cryptography.hazmat.primitives.hashes import HashAlgorithm
from lxml import etree

from socle.xmldsig.names import DIGEST_METHODS, ENVELOPED, EXCLUSIVE, SIGNATURE_METHODS, D
from socle.xmldsig.problem import Problem, SignatureRefused

_INCLUSIVE = f"{{{EXCLUSIVE}}}InclusiveNamespaces"
_IGNORED_KEYS = frozenset({f"{D}KeyName", f"{D}KeyValue"})
"""Written beside the certificate by some libraries; the certificate's key is the one that counts."""
A = TypeVar("A")


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
    signed_info, value, key_info = _children(signature, "SignedInfo", "SignatureValue", "KeyInfo")
    if len(list(signed_info.iterchildren(f"{D}Reference"))) != 1:
        count = len(list(signed_info.iterchildren(f"{D}Reference")))
        raise SignatureRefused(Problem.REFERENCES, "Signature/SignedInfo", expected="1 Reference", found=str(count))
    method_c14n, method, reference = _children(signed_info, "CanonicalizationMethod", "SignatureMethod", "Reference")
    if method_c14n.get("Algorithm") != EXCLUSIVE:
        found = method_c14n.get("Algorithm", "")
        raise SignatureRefused(Problem.CANONICALIZATION, _at(method_c14n), expected=EXCLUSIVE, found=found)
    algorithm = _algorithm(method, SIGNATURE_METHODS, Problem.ALGORITHM)
    if reference.get("URI") != uri:
        found = reference.get("URI", "(absent)")
        raise SignatureRefused(Problem.URI, f"{_at(reference)}/@URI", expected=uri, found=found)
    transforms, digest_method, digest = _children(reference, "Transforms", "DigestMethod", "DigestValue")
    return Form(
        signed_info,
        _prefixes(method_c14n),
        algorithm,
        _base64(value, Problem.VALUE),
        _transforms(transforms),
        _algorithm(digest_method, DIGEST_METHODS, Problem.DIGEST_ALGORITHM),
        _base64(digest, Problem.DIGEST),
        _certificate(key_info),
    )


def _children(parent: etree._Element, *names: str) -> list[etree._Element]:
    """Exactly these, in this order."""
    found = list(parent)
    if [one.tag for one in found] != [f"{D}{name}" for name in names]:
        said = ", ".join(etree.QName(one).localname for one in found)
        raise SignatureRefused(Problem.FORM, _at(parent), expected=", ".join(names), found=said or "(vide)")
    return found


def _algorithm(element: etree._Element, known: Mapping[str, A], problem: Problem) -> A:
    found = known.get(element.get("Algorithm", ""))
    if found is None or len(element):
        expected = " | ".join(known)
        raise SignatureRefused(problem, _at(element), expected=expected, found=element.get("Algorithm", ""))
    return found


def _transforms(parent: etree._Element) -> tuple[str, ...]:
    """The ``PrefixList`` of the one canonicalisation."""
    found = list(parent)
    said = [one.get("Algorithm", "") for one in found]
    if said != [ENVELOPED, EXCLUSIVE] or any(one.tag != f"{D}Transform" for one in found) or len(found[0]):
        expected = "enveloped-signature, xml-exc-c14n"
        raise SignatureRefused(Problem.TRANSFORMS, _at(parent), expected=expected, found=", ".join(said))
    return _prefixes(found[1], Problem.TRANSFORMS)


def _prefixes(method: etree._Element, problem: Problem = Problem.CANONICALIZATION) -> tuple[str, ...]:
    inner = list(method)
    if not inner:
        return ()
    if len(inner) > 1 or inner[0].tag != _INCLUSIVE or len(inner[0]):
        found = etree.QName(inner[0]).localname
        raise SignatureRefused(problem, _at(method), expected="InclusiveNamespaces", found=found)
    return tuple(inner[0].get("PrefixList", "").split())


def _base64(element: etree._Element, problem: Problem) -> bytes:
    """Strictly: a value that could be written in two ways could be altered unseen."""
    text = "".join((element.text or "").split())
    try:
        value = base64.b64decode(text, validate=True)
    except binascii.Error:
        value = b""
    if not value or len(element) or base64.b64encode(value).decode() != text:
        raise SignatureRefused(problem, _at(element), expected="base64", found=text)
    return value


def _certificate(key_info: etree._Element) -> x509.Certificate:
    """Of the signer: the first one; those of its issuers may follow it."""
    datas = [one for one in key_info if one.tag not in _IGNORED_KEYS]
    certificates = [one for data in datas for one in data.iterchildren(f"{D}X509Certificate")]
    if [one.tag for one in datas] != [f"{D}X509Data"] or not certificates:
        said = ", ".join(etree.QName(one).localname for one in key_info)
        raise SignatureRefused(
            Problem.KEY_INFO, _at(key_info), expected="X509Data/X509Certificate", found=said or "(vide)"
        )
    content = _base64(certificates[0], Problem.CERTIFICATE)
    try:
        return _loaded(content)
    except ValueError as error:
        raise SignatureRefused(Problem.CERTIFICATE, _at(certificates[0]), found=str(error)) from error


@lru_cache(256)
def _loaded(content: bytes) -> x509.Certificate:
    """Kept: a structure signs all its assertions with one certificate."""
    certificate = x509.load_der_x509_certificate(content)
    # read late by the library; an old CPS certificate fails here (domain/dmp.md §0.7)
    _ = certificate.subject, certificate.issuer, certificate.extensions
    return certificate


def _at(element: etree._Element) -> str:
    """The path from the Signature, by local names."""
    names = [element, *element.iterancestors()]
    path = [etree.QName(one).localname for one in names]
    return "/".join(reversed(path[: path.index("Signature") + 1])) if "Signature" in path else path[0]
