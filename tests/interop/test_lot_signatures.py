"""Signatures of lots against xmlsec, both ways, and the JDK."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import pytest
import xmlsec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from lxml import etree

from socle.xmldsig.names import (
    DIGEST_SHA1,
    DIGEST_SHA256,
    DS,
    INCLUSIVE,
    INCLUSIVE_COMMENTS,
    RSA_SHA1,
    RSA_SHA256,
    XADES,
)
from support.java_signatures import java
from support.lot_reading import DOCUMENTS, LOT, ours, rules
from support.signed import holder

pytestmark = pytest.mark.interop


@dataclass(frozen=True, slots=True)
class Layout:
    """What signers write differently."""

    prefix: str
    sha1: bool
    canonicalization: str
    transform: str
    """Of the documents' references."""
    own: bool
    """References to manifest and properties tell a transform too."""


LAYOUTS = [
    Layout(*one)
    for one in product(
        ("ds", ""), (True, False), (INCLUSIVE, INCLUSIVE_COMMENTS), (INCLUSIVE, INCLUSIVE_COMMENTS), (True, False)
    )
]


@pytest.fixture(autouse=True)
def within_reach(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """xmlsec opens what a manifest names like a file: here it finds the documents under those names."""
    monkeypatch.chdir(tmp_path)
    for unique_id, content in {LOT: b"", **DOCUMENTS}.items():
        (tmp_path / f"urn:oid:{unique_id}").write_bytes(content)


def context(root: etree._Element) -> xmlsec.SignatureContext:
    made, signer = xmlsec.SignatureContext(), holder()
    private = signer.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    made.key = xmlsec.Key.from_memory(private, xmlsec.KeyFormat.PEM)
    made.key.load_cert_from_memory(signer.certificate.public_bytes(Encoding.DER), xmlsec.KeyFormat.CERT_DER)
    for one in root.iter():
        if one.get("Id"):
            made.register_id(one, "Id")
    return made


def xmlsec_takes(signature: bytes) -> bool:
    root = etree.fromstring(signature)
    try:
        context(root).verify(root)
    except xmlsec.Error:
        return False
    return True


def altered(signature: bytes) -> Iterator[tuple[bytes, str]]:
    yield signature.replace(b"urn:oid:2.25.2", b"urn:oid:2.25.4"), "digest"
    yield signature.replace(b"SigningTime>20", b"SigningTime>19"), "digest"
    yield signature.replace(b'Type="', b'Type=" '), "uri"


def test_xmlsec_takes_ours_and_refuses_it_altered() -> None:
    assert xmlsec_takes(ours())
    assert rules(ours()) == []
    for changed, problem in altered(ours()):
        assert not xmlsec_takes(changed)
        assert rules(changed) == [problem]


def template(layout: Layout) -> etree._Element:
    """Ours, laid out otherwise, all its digests and its value left to xmlsec."""
    text = ours().decode()
    signed = f'<ds:Transforms><ds:Transform Algorithm="{layout.canonicalization}"/></ds:Transforms>'
    digest, method = (DIGEST_SHA1, RSA_SHA1) if layout.sha1 else (DIGEST_SHA256, RSA_SHA256)
    text = text.replace(
        f'<ds:CanonicalizationMethod Algorithm="{INCLUSIVE_COMMENTS}">',
        f'<ds:CanonicalizationMethod Algorithm="{layout.canonicalization}">',
    )
    text = text.replace(
        f'<ds:Transform Algorithm="{INCLUSIVE_COMMENTS}">', f'<ds:Transform Algorithm="{layout.transform}">'
    )
    if layout.own:
        for uri in ("#IHEManifest", "#S0-SignedProperties"):
            text = text.replace(f'URI="{uri}">', f'URI="{uri}">{signed}')
    if not layout.prefix:
        text = text.replace("ds:", "").replace("xmlns:ds", "xmlns")
    text = text.replace('Id="S0">', 'Id="S0" xmlns:z="urn:z" xml:lang="fr">\n ', 1)
    root = etree.fromstring(text.replace(RSA_SHA1, method))
    for one in root.iterfind(f".//{{{DS}}}SignedInfo//{{{DS}}}DigestMethod"):
        one.set("Algorithm", digest)
    for one in root.iterfind(f".//{{{DS}}}Manifest//{{{DS}}}DigestMethod"):
        one.set("Algorithm", digest)
    for one in (*root.iter(f"{{{DS}}}DigestValue"), *root.iter(f"{{{DS}}}SignatureValue")):
        one.text = None
    return root


@pytest.mark.parametrize("layout", LAYOUTS, ids=str)
def test_we_take_those_of_xmlsec(layout: Layout) -> None:
    root = template(layout)
    context(root).sign(root)
    signature = etree.tostring(root)
    assert root.find(f".//{{{XADES}}}SigningTime") is not None
    assert rules(signature) == []
    other = DOCUMENTS | {"2.25.3": b"<a/>"}
    assert rules(signature, other) == ["dmp.xades.manifest.digest"]
    for changed, problem in altered(signature):
        assert rules(changed) == [problem]


def test_real_documents_as_xmlsec_digests_them(shared_data: Path) -> None:
    documents = {
        f"2.25.{number}": file.read_bytes() for number, file in enumerate(sorted(shared_data.glob("cda/*.xml")), 2)
    }
    for unique_id, content in documents.items():
        Path(f"urn:oid:{unique_id}").write_bytes(content)
    root = etree.fromstring(ours(documents))
    for one in root.iter(f"{{{DS}}}DigestValue"):
        one.text = None
    context(root).sign(root)
    assert rules(etree.tostring(root), documents) == []
    mine = etree.fromstring(ours(documents))
    path = f".//{{{DS}}}Manifest/{{{DS}}}Reference/{{{DS}}}DigestValue"
    assert [one.text for one in mine.iterfind(path)][1:] == [one.text for one in root.iterfind(path)][1:]


def test_java_takes_ours_and_refuses_it_altered(tmp_path: Path) -> None:
    files = []
    for number, content in enumerate(
        (ours(), *(changed for changed, problem in altered(ours()) if problem == "digest"))
    ):
        files.append(tmp_path / f"{number}.xml")
        files[-1].write_bytes(content)
    assert java("verify", *map(str, files)).split() == ["valid", "invalid", "invalid"]
