"""Signatures of assertions against two implementations nobody here wrote: xmlsec and the JDK's, both ways."""

import itertools
from pathlib import Path

import pytest
import xmlsec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from lxml import etree

from socle.assertions.making.saml import Told, security
from socle.assertions.making.vihf import vihf
from socle.assertions.verifier import Verifier
from socle.pki.files import p12
from socle.xmldsig.sign import Digest, Style, sign
from support.java_signatures import java
from support.signed import DS, NOW, SAID, envelope, first, holder, pki

pytestmark = pytest.mark.interop

PREFIXES = ((), ("ds", "saml2", "#default", "xsi"), ("q",))
CASES = list(itertools.product(Digest, PREFIXES, ("saml2", "")))
IDS = [f"{digest}-{'+'.join(prefixes) or 'none'}-{prefix or 'default'}" for digest, prefixes, prefix in CASES]


def unsigned(prefix: str) -> etree._Element:
    """An envelope whose own declarations a ``PrefixList`` draws in."""
    return envelope(security(vihf(Told("_5f0c", NOW, "CN=essai", prefix=prefix), SAID)))


def signed(digest: Digest, prefixes: tuple[str, ...], prefix: str, *, last: bool = False) -> etree._Element:
    """By the product, in place; then written and read again, as it travels."""
    root = unsigned(prefix)
    one = holder()
    sign(first(root), one.key, one.certificate, Style(digest, prefixes, last))
    return etree.fromstring(etree.tostring(root))


def xmlsec_takes(root: etree._Element) -> bool:
    context = xmlsec.SignatureContext()
    context.key = xmlsec.Key.from_memory(holder().certificate.public_bytes(Encoding.DER), xmlsec.KeyFormat.CERT_DER)
    context.register_id(first(root), "ID")
    try:
        context.verify(root.find(f".//{{{DS}}}Signature"))
    except xmlsec.Error:
        return False
    return True


def rules(root: etree._Element) -> list[str]:
    return [finding.rule.id for finding in Verifier(pki()).judge_now(root, first(root)).findings]


@pytest.mark.parametrize(("digest", "prefixes", "prefix"), CASES, ids=IDS)
def test_xmlsec_takes_ours_and_refuses_it_altered(digest: Digest, prefixes: tuple[str, ...], prefix: str) -> None:
    for last in (False, True):
        root = signed(digest, prefixes, prefix, last=last)
        assert rules(root) == []
        assert xmlsec_takes(root)
        first(root).set("Version", "2.1")
        assert rules(root) == ["assertion.signature.digest"]
        assert not xmlsec_takes(root)


@pytest.mark.parametrize(("digest", "prefixes", "prefix"), CASES, ids=IDS)
def test_we_take_those_of_xmlsec(digest: Digest, prefixes: tuple[str, ...], prefix: str) -> None:
    root = unsigned(prefix)
    sha1 = digest is Digest.SHA1
    template = xmlsec.template
    made = template.create(
        root, xmlsec.Transform.EXCL_C14N, xmlsec.Transform.RSA_SHA1 if sha1 else xmlsec.Transform.RSA_SHA256, ns="dsig"
    )
    first(root).insert(1, made)
    reference = template.add_reference(
        made, xmlsec.Transform.SHA1 if sha1 else xmlsec.Transform.SHA256, uri=f"#{first(root).get('ID')}"
    )
    template.add_transform(reference, xmlsec.Transform.ENVELOPED)
    exclusive = template.add_transform(reference, xmlsec.Transform.EXCL_C14N)
    if prefixes:
        template.transform_add_c14n_inclusive_namespaces(exclusive, " ".join(prefixes))
    template.x509_data_add_certificate(template.add_x509_data(template.ensure_key_info(made)))
    one = holder()
    context = xmlsec.SignatureContext()
    private = one.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    context.key = xmlsec.Key.from_memory(private, xmlsec.KeyFormat.PEM)
    context.key.load_cert_from_memory(one.certificate.public_bytes(Encoding.DER), xmlsec.KeyFormat.CERT_DER)
    context.register_id(first(root), "ID")
    context.sign(made)
    root = etree.fromstring(etree.tostring(root))
    assert rules(root) == []
    first(root).set("Version", "2.1")
    assert rules(root) == ["assertion.signature.digest"]


def test_java_takes_ours_and_refuses_it_altered(tmp_path: Path) -> None:
    expected, files = [], []
    for number, case in enumerate(CASES):
        root = signed(*case)
        for verdict in ("valid", "invalid"):
            file = tmp_path / f"{number}-{verdict}.xml"
            file.write_bytes(etree.tostring(root))
            files.append(str(file))
            expected.append(verdict)
            first(root).set("Version", "2.1")
    assert java("verify", *files).split() == expected


@pytest.mark.parametrize("digest", Digest)
@pytest.mark.parametrize("prefixes", PREFIXES, ids=lambda prefixes: "+".join(prefixes) or "none")
def test_we_take_those_of_java(digest: Digest, prefixes: tuple[str, ...], tmp_path: Path) -> None:
    store, file = tmp_path / "signer.p12", tmp_path / "unsigned.xml"
    store.write_bytes(p12(holder(), "signer"))
    file.write_bytes(etree.tostring(unsigned("saml2")))
    out = java("sign", str(store), "socles", digest.value, ",".join(prefixes) or "-", str(file))
    root = etree.fromstring(out.encode())
    assert rules(root) == []
    first(root).set("Version", "2.1")
    assert rules(root) == ["assertion.signature.digest"]
