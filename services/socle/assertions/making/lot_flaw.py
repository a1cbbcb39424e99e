"""A signature of a lot that is wrong in one way: the flaw, and how what it changes is signed again."""

import base64
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import Hash
from lxml import etree

from socle.pki.kinds import AUTHENTICATION, Kind
from socle.pki.kinds import Flaw as CertificateFlaw
from socle.xmldsig import names
from socle.xmldsig.canonical import inclusive
from socle.xmldsig.names import D

Spoiling = Callable[[etree._Element], object]


@dataclass(frozen=True, slots=True)
class LotFlaw:
    """A deliberate mistake."""

    name: str
    rule: str
    """Without ``dmp.xades.``."""
    before: Spoiling | None = None
    """A change that is signed: digests and value are made anew, as far as their algorithms are known."""
    after: Spoiling | None = None
    """A change behind the signature."""
    certificate: CertificateFlaw | None = None
    authentication: bool = False
    """Signed with the certificate for TLS."""
    late: timedelta = timedelta()
    """SigningTime is so much later."""

    @property
    def breaks(self) -> str:
        return f"dmp.xades.{self.rule}"

    def kind(self, right: Kind) -> Kind:
        """Of the certificate that signs."""
        return AUTHENTICATION[right] if self.authentication else right

    def signed_at(self, moment: datetime) -> datetime:
        return moment + self.late


def spoilt(content: bytes, key: RSAPrivateKey, flaw: LotFlaw) -> bytes:
    """The document of Signature01 that ``key`` signed, wrong in this way."""
    signature = etree.fromstring(content)
    if flaw.before is not None:
        flaw.before(signature)
        reseal(signature, key)
    if flaw.after is not None:
        flaw.after(signature)
    return etree.tostring(signature.getroottree())


def reseal(signature: etree._Element, key: RSAPrivateKey) -> None:
    """Digests of the references to what stands in the signature, and its value, made anew."""
    by_id = {f"#{one.get('Id')}": one for one in signature.iter() if one.get("Id")}
    for reference in signature.iterfind(f"{D}SignedInfo/{D}Reference"):
        known = names.DIGEST_METHODS.get(at(reference, f"{D}DigestMethod").get("Algorithm", ""))
        target = by_id.get(reference.get("URI", ""))
        if known is not None and target is not None:
            computed = Hash(known)
            computed.update(inclusive(target))
            at(reference, f"{D}DigestValue").text = base64.b64encode(computed.finalize()).decode()
    method = names.SIGNATURE_METHODS.get(at(signature, f"{D}SignedInfo/{D}SignatureMethod").get("Algorithm", ""))
    if method is not None:
        made = key.sign(inclusive(at(signature, f"{D}SignedInfo")), PKCS1v15(), method)
        at(signature, f"{D}SignatureValue").text = base64.b64encode(made).decode()


def at(element: etree._Element, path: str) -> etree._Element:
    """What is there for certain."""
    found = element.find(path)
    assert found is not None, path
    return found
