"""Verify the enveloped signature of one element. Who trusts the signer's certificate is decided elsewhere."""

import hmac
from collections.abc import Sequence

from cryptography import x509
from cryptography.hazmat.primitives.hashes import Hash
from lxml import etree

from socle.xmldsig.canonical import LARGEST, canonical, standalone
from socle.xmldsig.form import Form, read
from socle.xmldsig.keys import check_value
from socle.xmldsig.names import D
from socle.xmldsig.problem import Problem, SignatureRefused

_SIGNATURE = f"{D}Signature"


def verify(element: etree._Element, identifier: str) -> x509.Certificate:
    """The certificate whose key signed ``element`` whole: all its content but the Signature itself, which holds nothing
    else. ``identifier`` is the element's own ID, as it stands (a bare UUID is taken). Blocking: some 100 µs.

    Raises ``SignatureRefused`` with the first thing that is wrong.
    """
    if not identifier:
        raise SignatureRefused(Problem.ID, "@ID", expected="ID")
    try:
        alone = standalone(element)
    except (ValueError, etree.XMLSyntaxError) as error:
        raise SignatureRefused(Problem.SIZE, expected=f"≤ {LARGEST} octets", found=str(error)) from error
    if next(alone.iter(etree.Comment, etree.PI), None) is not None:
        raise SignatureRefused(Problem.COMMENT, found="commentaire ou instruction de traitement")
    signature = _signature(alone)
    form = read(signature, f"#{identifier}")
    signed = _canonical(standalone(form.signed_info), form.signed_info_prefixes)
    check_value(form.certificate, form.value, signed, form.hash)
    _remove(signature)
    _check_digest(alone, form)
    return form.certificate


def _signature(alone: etree._Element) -> etree._Element:
    found = list(alone.iter(_SIGNATURE))
    if not found:
        raise SignatureRefused(Problem.MISSING, expected="ds:Signature", found="(absente)")
    if len(found) > 1:
        raise SignatureRefused(Problem.SEVERAL, expected="1 ds:Signature", found=str(len(found)))
    if found[0].getparent() is not alone:
        raise SignatureRefused(Problem.PLACE, expected="enfant direct", found=str(found[0].getparent().tag))  # type: ignore[union-attr]
    return found[0]


def _check_digest(alone: etree._Element, form: Form) -> None:
    computed = Hash(form.digest_hash)
    computed.update(_canonical(alone, form.prefixes))
    if not hmac.compare_digest(computed.finalize(), form.digest):
        where = "Signature/SignedInfo/Reference/DigestValue"
        raise SignatureRefused(Problem.DIGEST, where, found="ce n'est pas l'empreinte de l'élément")


def _canonical(root: etree._Element, prefixes: Sequence[str]) -> bytes:
    try:
        return canonical(root, prefixes)
    except ValueError as error:
        expected = "des espaces de noms absolus, et peu nombreux"
        raise SignatureRefused(Problem.SIZE, expected=expected, found=str(error)) from error


def _remove(signature: etree._Element) -> None:
    """Take it out; the text behind it stays."""
    parent, before, tail = signature.getparent(), signature.getprevious(), signature.tail or ""
    assert parent is not None
    if before is not None:
        before.tail = (before.tail or "") + tail
    else:
        parent.text = (parent.text or "") + tail
    parent.remove(signature)
