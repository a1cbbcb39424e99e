"""The signature of a lot: each letter and digit of it that is altered is told, the known wrappings are refused."""

import contextlib
import random
import re

import pytest
from lxml import etree

from socle.assertions.making.lot_spoiling import LOT_FLAWS
from support.lot_reading import DOCUMENTS, ours, rules

UNSIGNED = re.compile(
    rb"<ds:X509Certificate>.*?</ds:X509Certificate>|<ds:SignatureProperties>.*?</ds:SignatureProperties>"
)
WRAPPED = ("nested-signature", "forged-manifest", "hidden-manifest", "double-id", "other-root")


def test_a_letter_or_digit_that_is_altered_is_told() -> None:
    """Drawn anew each time; but for those of the certificate, whose key is then another, and of what is not signed."""
    signature = ours()
    apart = [one.span() for one in UNSIGNED.finditer(signature)]
    assert len(apart) == 2
    places = [
        place
        for place, code in enumerate(signature)
        if chr(code).isalnum() and not any(begin <= place < end for begin, end in apart)
    ]
    for place in random.sample(places, 300):
        changed = signature[:place] + (b"b" if signature[place] == ord("a") else b"a") + signature[place + 1 :]
        with contextlib.suppress(etree.XMLSyntaxError):
            assert rules(changed), signature[place - 30 : place + 10]


def test_a_document_that_is_missing_added_or_altered_is_told() -> None:
    assert rules(ours()) == []
    fewer = dict(list(DOCUMENTS.items())[:1])
    assert rules(ours(), fewer) == ["dmp.xades.manifest.surplus"]
    more = DOCUMENTS | {"2.25.9": b"<a/>"}
    assert rules(ours(), more) == ["dmp.xades.manifest.document"]
    assert rules(ours(), more, called_signatures={"2.25.9"}) == ["dmp.xades.manifest.document"]
    assert rules(ours(), DOCUMENTS, called_signatures=DOCUMENTS) == []
    assert rules(ours(), DOCUMENTS | {"2.25.2": b"<a/>"}) == ["dmp.xades.manifest.digest"]
    assert rules(ours(), DOCUMENTS | {"2.25.2": b"no XML"}) == ["dmp.xades.manifest.digest"]


def test_a_document_or_signature_without_canonical_form_is_told_and_stops_nothing() -> None:
    relative = b'<a xmlns="relatif"/>'
    assert rules(ours(), DOCUMENTS | {"2.25.2": relative}) == ["dmp.xades.manifest.digest"]
    declared = " ".join(f'xmlns:p{number}="urn:p{number}"' for number in range(4000)).encode()
    many = b"<a " + declared + b">" + b"<b/>" * 2000 + b"</a>"  # libxml2 takes minutes for it
    assert rules(ours(), DOCUMENTS | {"2.25.2": many}) == ["dmp.xades.manifest.digest"]
    opened = b"<ds:Manifest "
    assert ours().count(opened) == 1
    assert rules(ours().replace(opened, opened + b'xmlns:z="relatif" ')) == ["size"]
    assert rules(ours().replace(b"<ds:Signature ", b"<ds:Signature " + declared + b" ")) == ["size"]


@pytest.mark.parametrize("name", WRAPPED)
def test_what_is_signed_stands_where_it_is_read(name: str) -> None:
    signature = etree.fromstring(ours())
    assert LOT_FLAWS[name].after is not None
    LOT_FLAWS[name].after(signature)
    told = rules(etree.tostring(signature.getroottree()))
    assert len(told) == 1
    assert not told[0].startswith("dmp.")
