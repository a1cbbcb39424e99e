"""Reading the parts of a signature strictly: whatever stands there must be known and must have a reason."""

import base64
import binascii
from collections.abc import Mapping
from functools import lru_cache
from typing import TypeVar

from cryptography import x509
from lxml import etree

from socle.pki.reading import read_der
from socle.xmldsig.names import D
from socle.xmldsig.problem import Problem, SignatureRefused

_IGNORED_KEYS = frozenset({f"{D}KeyName", f"{D}KeyValue"})
"""Written beside the certificate by some libraries; the certificate's key is the one that counts."""
A = TypeVar("A")


def children(parent: etree._Element, *names: str) -> list[etree._Element]:
    """Exactly these, in this order."""
    found = list(parent)
    if [one.tag for one in found] != [f"{D}{name}" for name in names]:
        said = ", ".join(etree.QName(one).localname for one in found)
        raise SignatureRefused(Problem.FORM, at(parent), expected=", ".join(names), found=said or "(vide)")
    return found


def algorithm(element: etree._Element, known: Mapping[str, A], problem: Problem) -> A:
    """What the element's Algorithm means, among those known."""
    found = known.get(element.get("Algorithm", ""))
    if found is None or len(element):
        expected = " | ".join(known)
        raise SignatureRefused(problem, at(element), expected=expected, found=element.get("Algorithm", ""))
    return found


def base64_of(element: etree._Element, problem: Problem) -> bytes:
    """Strictly: a value that could be written in two ways could be altered unseen."""
    text = "".join((element.text or "").split())
    try:
        value = base64.b64decode(text, validate=True)
    except binascii.Error:
        value = b""
    if not value or len(element) or base64.b64encode(value).decode() != text:
        raise SignatureRefused(problem, at(element), expected="base64", found=text)
    return value


def certificate_of(key_info: etree._Element) -> x509.Certificate:
    """Of the signer: the first one; those of its issuers may follow it."""
    datas = [one for one in key_info if one.tag not in _IGNORED_KEYS]
    certificates = [one for data in datas for one in data.iterchildren(f"{D}X509Certificate")]
    if [one.tag for one in datas] != [f"{D}X509Data"] or not certificates:
        said = ", ".join(etree.QName(one).localname for one in key_info)
        raise SignatureRefused(
            Problem.KEY_INFO, at(key_info), expected="X509Data/X509Certificate", found=said or "(vide)"
        )
    content = base64_of(certificates[0], Problem.CERTIFICATE)
    try:
        return _loaded(content)
    except ValueError as error:
        raise SignatureRefused(Problem.CERTIFICATE, at(certificates[0]), found=str(error)) from error


@lru_cache(256)
def _loaded(content: bytes) -> x509.Certificate:
    """Kept: a structure signs all its assertions with one certificate."""
    return read_der(content)  # an old CPS certificate fails here (domain/dmp.md §0.7)


def at(element: etree._Element) -> str:
    """The path from the Signature, by local names."""
    names = [element, *element.iterancestors()]
    path = [etree.QName(one).localname for one in names]
    return "/".join(reversed(path[: path.index("Signature") + 1])) if "Signature" in path else path[0]
