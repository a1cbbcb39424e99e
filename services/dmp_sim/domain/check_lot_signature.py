"""What the manifest and the signed properties of a lot's signature must say, and whether they agree with the lot."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta

from dmp_sim.domain.check_vihf import MODES
from dmp_sim.domain.lot_signature import PURPOSE, URN, Agreement, LotSignature
from dmp_sim.domain.model import Deposit
from dmp_sim.domain.rules_lot_signature import DSIG, KIND, KIT, NAME, OURS, REFUSED, STRUCTURE, USAGE, XADES
from dmp_sim.domain.ruling import rule, warning
from dmp_sim.domain.vihf import Vihf
from socle.assertions.freshness import instant
from socle.assertions.signatory import WHERE, Signatory
from socle.rules import Certainty, Finding

LOT = rule(
    "xades.manifest.lot",
    "Le manifeste nomme le lot",
    "The manifest names the submission set",
    "Ajouter une référence urn:oid: et le uniqueId du lot ; son empreinte est AA==.",
    source=KIT,
    certainty=Certainty.FAITHFUL,
    code=REFUSED,
)
DOCUMENT = rule(
    "xades.manifest.document",
    "Le manifeste nomme chaque document du lot",
    "The manifest names each document of the lot",
    "Ajouter une référence urn:oid: et le uniqueId du document.",
    source=KIT,
    certainty=Certainty.FAITHFUL,
    code=REFUSED,
)
SURPLUS = rule(
    "xades.manifest.surplus",
    "Le manifeste ne nomme que le lot et ses documents",
    "The manifest names nothing but the lot and its documents",
    "Retirer la référence, ou déposer le document qu'elle nomme.",
    source=KIT,
    code=REFUSED,
)
DOUBLED = rule(
    "xades.manifest.doubled",
    "Le manifeste nomme chaque document une fois",
    "The manifest names each document once",
    "Retirer la référence en trop.",
    source=OURS,
    certainty=Certainty.OURS,
    code=REFUSED,
)
DIGEST = rule(
    "xades.manifest.digest",
    "L'empreinte du manifeste est celle du document reçu",
    "The manifest's digest is that of the document received",
    "Prendre la forme canonique du document tel qu'il part (xml-c14n-20010315#WithComments) ; d'un KOS, ses octets.",
    source=KIT,
    certainty=Certainty.FAITHFUL,
    code=REFUSED,
)
ALGORITHM = rule(
    "xades.manifest.digest-algorithm",
    "Les empreintes du manifeste sont en SHA-1 ou SHA-256",
    "The manifest's digests are SHA-1 or SHA-256",
    "SHA-1, comme dans l'exemple ; SHA-256 est pris aussi, par notre choix.",
    source=KIT,
    code=REFUSED,
)
TRANSFORMS = rule(
    "xades.manifest.transforms",
    "Une référence du manifeste ne porte que la canonicalisation xml-c14n-20010315",
    "A reference of the manifest has no transform but the canonicalisation xml-c14n-20010315",
    "Une transformation, xml-c14n-20010315#WithComments, pour un document XML ; aucune pour un KOS.",
    source=KIT,
    code=REFUSED,
)
TIME = rule(
    "xades.signing-time",
    "SigningTime est un instant, qui n'est pas dans le futur",
    "SigningTime is an instant, and none in the future",
    "Mettre l'horloge à l'heure ; écart réglable par l'option assertions.skew (secondes).",
    source=f"{XADES}; pour le futur, notre choix",
    code=REFUSED,
)
SIGNER = rule(
    "xades.signing-certificate",
    "SigningCertificate désigne le certificat joint",
    "SigningCertificate is the certificate beside the signature",
    "Y mettre l'empreinte et le numéro de série du certificat de KeyInfo.",
    source=XADES,
    certainty=Certainty.FAITHFUL,
    code=REFUSED,
)
TARGET = rule(
    "xades.target",
    "QualifyingProperties/@Target désigne la signature",
    "QualifyingProperties/@Target is the signature",
    "Target = # et l'Id de ds:Signature.",
    source=XADES,
    certainty=Certainty.FAITHFUL,
    code=REFUSED,
)
POLICY = warning(
    "xades.policy",
    "La politique de signature est dite implicite",
    "The signature policy is said to be implied",
    "Ajouter SignaturePolicyIdentifier/SignaturePolicyImplied.",
    source=KIT,
    certainty=Certainty.SIMPLIFIED,
)
REASON = warning(
    "xades.purpose",
    "SignatureProperty purposeOfSignature dit « Source »",
    "SignatureProperty purposeOfSignature says “Source”",
    f"SignatureProperty Id=purposeOfSignature : {PURPOSE}.",
    source=f"{KIT}; {DSIG}",
    certainty=Certainty.SIMPLIFIED,
)
_REFERENCE = "Signature/Object/Manifest/Reference"
_PROPERTIES = "Signature/Object/QualifyingProperties"
_BY_AGREEMENT = {Agreement.WRONG: DIGEST, Agreement.ALGORITHM: ALGORITHM, Agreement.TRANSFORMS: TRANSFORMS}


def check_manifest(deposit: Deposit, signature: LotSignature) -> Iterator[Finding]:
    """The manifest is the lot, and its digests are those of the documents."""
    lot = deposit.submission_set.unique_id
    documents = {one.unique_id for one in deposit.entries if one.unique_id and one is not deposit.signature}
    count = Counter(one.uri for one in signature.listed)
    if lot and not count[URN + lot]:
        yield LOT.finding(where=_REFERENCE, expected=URN + lot, found="(absent)")
    for one in sorted(documents):
        if not count[URN + one]:
            yield DOCUMENT.finding(where=_REFERENCE, expected=URN + one, found="(absent)")
    known = {URN + one for one in (*documents, lot)}
    for uri, times in count.items():
        if uri not in known:
            yield SURPLUS.finding(where=f"{_REFERENCE}/@URI", found=uri[:200])
        elif times > 1:
            yield DOUBLED.finding(where=f"{_REFERENCE}[@URI='{uri}']", expected="1", found=str(times))
    for reference in signature.listed:
        told = _BY_AGREEMENT.get(reference.agreement)
        if told is not None:
            where = f"{_REFERENCE}[@URI='{reference.uri}']"
            yield told.finding(where=where, found=reference.found[:200], part=reference.part)


def check_properties(signature: LotSignature, now: datetime, skew: timedelta) -> Iterator[Finding]:
    """What the signature says of itself. ``now``: by the workspace's clock."""
    signed_at = instant(signature.signing_time)
    if signed_at is None or signed_at > now + skew:
        expected = f"un instant, ≤ {now + skew:%Y-%m-%dT%H:%M:%SZ}"
        found = signature.signing_time[:60] or "(absent)"
        yield TIME.finding(where=f"{_PROPERTIES}//SigningTime", expected=expected, found=found)
    if not signature.names_signer:
        yield SIGNER.finding(where=f"{_PROPERTIES}//SigningCertificate", found="un autre certificat, ou aucun")
    if not signature.targets_itself:
        yield TARGET.finding(where=f"{_PROPERTIES}/@Target", expected="# et l'Id de ds:Signature")
    if not signature.policy:
        yield POLICY.finding(where=f"{_PROPERTIES}//SignaturePolicyIdentifier", found="(absent)")
    if signature.purpose != PURPOSE:
        where = "Signature/Object/SignatureProperties/SignatureProperty"
        yield REASON.finding(where=where, expected=PURPOSE, found=signature.purpose[:60] or "(absent)")


def check_lot_signer(vihf: Vihf | None, signatory: Signatory) -> Iterator[Finding]:
    """Who signed. ``signatory``: of a signature that verifies, under a known authority."""
    if not signatory.signs:
        yield USAGE.finding(where=WHERE, expected="keyUsage nonRepudiation", found="(absent)")
    if vihf is None or vihf.mode not in MODES:
        return
    direct = vihf.mode == "DIRECTE"
    if signatory.person is not direct:
        found = "carte" if signatory.person else "organisation"
        yield KIND.finding(where=WHERE, expected="carte" if direct else "organisation", found=found)
    elif direct and vihf.name_id and signatory.common_name != vihf.name_id:
        yield NAME.finding(where=WHERE, expected=f"CN={vihf.name_id}", found=f"CN={signatory.common_name}")
    elif not direct and vihf.structure and signatory.structure != vihf.structure:
        yield STRUCTURE.finding(where=WHERE, expected=f"OU={vihf.structure}", found=f"OU={signatory.structure}")
