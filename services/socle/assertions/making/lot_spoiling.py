"""One mistake in the signature of a lot, by the one rule of the DMP that it breaks."""

import base64
from collections.abc import Mapping
from copy import deepcopy
from datetime import timedelta

from lxml import etree

from socle.assertions.making.lot_flaw import LotFlaw, Spoiling, at
from socle.assertions.making.spoiling import turned
from socle.pki.kinds import Flaw as CertificateFlaw
from socle.xmldsig import names
from socle.xmldsig.names import D, X

_XSLT = "http://www.w3.org/TR/1999/REC-xslt-19991116"
_HMAC, _RSA_MD5, _MD5 = (f"http://www.w3.org/2001/04/xmldsig-more#{one}" for one in ("hmac-sha256", "rsa-md5", "md5"))
_SIGNED = f"{X}SignedProperties/{X}SignedSignatureProperties"
_QUALIFYING = f"{D}Object/{X}QualifyingProperties"
_MANIFEST = f"{D}Object/{D}Manifest"
_DOCUMENT = f"{_MANIFEST}/{D}Reference[2]"
_DAY = timedelta(days=1)


def _said(path: str, name: str, value: str) -> Spoiling:
    return lambda signature: at(signature, path).set(name, value)


def _text(path: str, value: str | None = None) -> Spoiling:
    """Another text; without ``value``, of the same length of base64."""

    def spoil(signature: etree._Element) -> None:
        found = at(signature, path)
        found.text = turned(found.text) if value is None else value

    return spoil


def _gone(path: str) -> Spoiling:
    def spoil(signature: etree._Element) -> None:
        found = at(signature, path)
        found.getparent().remove(found)  # type: ignore[union-attr]

    return spoil


def _again(path: str) -> Spoiling:
    def spoil(signature: etree._Element) -> None:
        found = at(signature, path)
        found.addnext(deepcopy(found))

    return spoil


def _transform(path: str, algorithm: str) -> Spoiling:
    def spoil(signature: etree._Element) -> None:
        reference = at(signature, path)
        transforms = reference.find(f"{D}Transforms")
        if transforms is None:
            transforms = etree.Element(f"{D}Transforms")
            reference.insert(0, transforms)
        etree.SubElement(transforms, f"{D}Transform", Algorithm=algorithm)

    return spoil


def _within(signature: etree._Element) -> None:
    """Another root around the signature."""
    etree.Element("lot").append(signature)


def _nested(signature: etree._Element) -> None:
    """The whole signed one within an Object of another, whose manifest is forged."""
    whole = deepcopy(signature)
    _text(f"{_DOCUMENT}/{D}DigestValue")(signature)
    etree.SubElement(signature, f"{D}Object").append(whole)


def _forged_manifest(signature: etree._Element) -> None:
    """Another manifest of the same name before the signed one."""
    forged = deepcopy(at(signature, f"{D}Object[{D}Manifest]"))
    _text(f"{D}Manifest/{D}Reference[2]/{D}DigestValue")(forged)
    at(signature, f"{D}Object").addprevious(forged)


def _hidden_manifest(signature: etree._Element) -> None:
    """The signed manifest where nobody reads it, a forged one in its place."""
    signed = at(signature, _MANIFEST)
    forged = deepcopy(signed)
    forged.set("Id", "Autre")
    _text(f"{D}Reference[2]/{D}DigestValue")(forged)
    signed.addprevious(forged)
    etree.SubElement(at(signature, _QUALIFYING), f"{X}UnsignedProperties").append(signed)


def _renamed(signature: etree._Element) -> None:
    at(signature, _MANIFEST).set("Id", "Manifeste")
    at(signature, f"{D}SignedInfo/{D}Reference").set("URI", "#Manifeste")


def _unknown_document(signature: etree._Element) -> None:
    reference = deepcopy(at(signature, _DOCUMENT))
    reference.set("URI", "urn:oid:2.25.404")
    at(signature, _MANIFEST).append(reference)


def _comment(signature: etree._Element) -> None:
    at(signature, f"{_QUALIFYING}/{_SIGNED}/{X}SigningTime").append(etree.Comment("x"))


def _key_name_only(signature: etree._Element) -> None:
    info = at(signature, f"{D}KeyInfo")
    info[:] = []
    etree.SubElement(info, f"{D}KeyName").text = "socles"


def _garbled_certificate(signature: etree._Element) -> None:
    found = at(signature, f"{D}KeyInfo/{D}X509Data/{D}X509Certificate")
    found.text = base64.b64encode(base64.b64decode(found.text or "")[:-40]).decode()


def _flaws() -> Mapping[str, LotFlaw]:
    info, reference = f"{D}SignedInfo", f"{D}SignedInfo/{D}Reference"
    method, cert = f"{D}DigestMethod", f"{_QUALIFYING}/{_SIGNED}/{X}SigningCertificate/{X}Cert"
    time = f"{_QUALIFYING}/{_SIGNED}/{X}SigningTime"
    made = [
        LotFlaw("other-root", "readable", after=_within),
        LotFlaw("comment", "comment", before=_comment),
        LotFlaw("nested-signature", "single", after=_nested),
        LotFlaw("two-values", "form", before=_again(f"{D}SignatureValue")),
        LotFlaw("no-manifest", "object", before=_gone(f"{D}Object[{D}Manifest]")),
        LotFlaw("forged-manifest", "object", after=_forged_manifest),
        LotFlaw("hidden-manifest", "object", after=_hidden_manifest),
        LotFlaw("no-properties", "object", before=_gone(f"{_QUALIFYING}/{X}SignedProperties")),
        LotFlaw("other-id", "id", before=_renamed),
        LotFlaw("double-id", "id", after=_said(f"{D}Object/{D}SignatureProperties", "Id", "IHEManifest")),
        LotFlaw("one-reference", "references", before=_gone(f"{reference}[2]")),
        LotFlaw("three-references", "references", before=_again(f"{reference}[2]")),
        LotFlaw("external-uri", "reference", before=_said(reference, "URI", "http://autre.example/manifeste.xml")),
        LotFlaw("same-reference", "reference", before=_said(f"{reference}[2]", "URI", "#IHEManifest")),
        LotFlaw("other-type", "reference", before=_said(reference, "Type", f"{names.DS}Object")),
        LotFlaw(
            "exclusive", "canonicalization",
            before=_said(f"{info}/{D}CanonicalizationMethod", "Algorithm", names.EXCLUSIVE),
        ),
        LotFlaw("hmac", "algorithm", before=_said(f"{info}/{D}SignatureMethod", "Algorithm", _HMAC)),
        LotFlaw("rsa-md5", "algorithm", before=_said(f"{info}/{D}SignatureMethod", "Algorithm", _RSA_MD5)),
        LotFlaw("md5", "digest-algorithm", before=_said(f"{reference}/{method}", "Algorithm", _MD5)),
        LotFlaw("xslt", "transforms", before=_transform(reference, _XSLT)),
        LotFlaw("key-name", "key-info", after=_key_name_only),
        LotFlaw("garbled-certificate", "certificate.readable", after=_garbled_certificate),
        LotFlaw("weak-key", "certificate.key", certificate=CertificateFlaw.WEAK_KEY),
        LotFlaw("foreign-root", "certificate.issuer", certificate=CertificateFlaw.FOREIGN_ROOT),
        LotFlaw("expired-certificate", "certificate.dates", certificate=CertificateFlaw.EXPIRED),
        LotFlaw("not-yet-valid-certificate", "certificate.dates", certificate=CertificateFlaw.NOT_YET_VALID),
        LotFlaw("revoked-certificate", "certificate.revoked", certificate=CertificateFlaw.REVOKED),
        LotFlaw("authentication-certificate", "usage", authentication=True),
        LotFlaw("wrong-value", "value", after=_text(f"{D}SignatureValue")),
        LotFlaw("altered-manifest", "digest", after=_text(f"{_DOCUMENT}/{D}DigestValue")),
        LotFlaw("altered-time", "digest", after=_text(time, "2020-01-01T00:00:00Z")),
        LotFlaw("no-time", "signing-time", before=_gone(time)),
        LotFlaw("future-time", "signing-time", late=_DAY),
        LotFlaw("other-signer", "signing-certificate", before=_text(f"{cert}/{X}CertDigest/{X}DigestValue")),
        LotFlaw("other-serial", "signing-certificate", before=_text(f"{cert}//{D}X509SerialNumber", "1")),
        LotFlaw("other-target", "target", before=_said(_QUALIFYING, "Target", "#S1")),
        LotFlaw("no-policy", "policy", before=_gone(f"{_QUALIFYING}/{_SIGNED}/{X}SignaturePolicyIdentifier")),
        LotFlaw("no-purpose", "purpose", before=_gone(f"{D}Object[{D}SignatureProperties]")),
        LotFlaw("missing-lot", "manifest.lot", before=_gone(f"{_MANIFEST}/{D}Reference")),
        LotFlaw("missing-document", "manifest.document", before=_gone(_DOCUMENT)),
        LotFlaw("unknown-document", "manifest.surplus", before=_unknown_document),
        LotFlaw("doubled-document", "manifest.doubled", before=_again(_DOCUMENT)),
        LotFlaw("wrong-digest", "manifest.digest", before=_text(f"{_DOCUMENT}/{D}DigestValue")),
        LotFlaw(
            "manifest-md5", "manifest.digest-algorithm", before=_said(f"{_DOCUMENT}/{method}", "Algorithm", _MD5)
        ),
        LotFlaw("manifest-xslt", "manifest.transforms", before=_transform(_DOCUMENT, _XSLT)),
    ]  # fmt: skip
    return {flaw.name: flaw for flaw in sorted(made, key=lambda one: one.name)}


LOT_FLAWS = _flaws()
"""By name."""
