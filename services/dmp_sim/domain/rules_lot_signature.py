"""The rules of a lot's signature, its form, value and signer: asked where lots are verified (``assertions.lots``)."""

from collections.abc import Mapping

from dmp_sim.domain.ruling import rule, warning
from socle.assertions.signatory import CertificateRules
from socle.rules import Certainty, Rule, Severity
from socle.xmldsig.problem import Problem

KIT = "Kit DMP, exemple TD2.1 (signature XAdES du lot)"
DSIG = "XML Signature (W3C, 2008)"
XADES = "XAdES 1.1.1 (ETSI TS 101 903)"
EX_GEN = "Guide d'intégration DMP, EX_GEN-1450, relevé chez des éditeurs"
OURS = "Choix du bac à sable"
REFUSED = "XDSRepositoryError"
"""What the DMP answers was read nowhere: ours."""
_RESIGN = "Signer le lot tel qu'il part, et ne plus rien y changer ensuite."
_PROFILE = "Suivre l'exemple : socles sign lot en fait une."


def _rule(
    name: str, fr: str, en: str, remedy: str, source: str, *, certainty: Certainty = Certainty.SIMPLIFIED
) -> Rule:
    return rule(f"xades.{name}", fr, en, remedy, source=source, certainty=certainty, code=REFUSED)


def _ours(name: str, fr: str, en: str, remedy: str) -> Rule:
    return _rule(name, fr, en, remedy, OURS, certainty=Certainty.OURS)


BY_PROBLEM: Mapping[Problem, Rule] = {
    Problem.MISSING: _rule(
        "readable",
        "Le document de Signature01 est une ds:Signature",
        "The document of Signature01 is a ds:Signature",
        "Joindre la signature seule, en XML, sans rien autour.",
        KIT,
    ),
    Problem.SIZE: _ours(
        "size",
        "La signature du lot compte un million d'octets au plus",
        "The lot's signature has a million bytes at most",
        "Une vraie signature compte quelques milliers d'octets.",
    ),
    Problem.COMMENT: _ours(
        "comment",
        "La signature du lot ne contient ni commentaire ni instruction de traitement",
        "The lot's signature holds no comment and no processing instruction",
        "Les retirer avant de signer.",
    ),
    Problem.SEVERAL: _ours(
        "single",
        "Le document de Signature01 ne contient qu'une signature",
        "The document of Signature01 holds one signature",
        "N'y mettre que la signature du lot.",
    ),
    Problem.FORM: _rule(
        "form",
        "La signature du lot contient SignedInfo, SignatureValue, KeyInfo et des Object, rien d'autre",
        "The lot's signature holds SignedInfo, SignatureValue, KeyInfo and Objects, nothing else",
        _PROFILE,
        DSIG,
        certainty=Certainty.FAITHFUL,
    ),
    Problem.PLACE: _rule(
        "object",
        "Un ds:Manifest et des SignedProperties XAdES 1.1.1, un seul de chaque, dans ds:Object",
        "One ds:Manifest and one SignedProperties of XAdES 1.1.1, within ds:Object",
        _PROFILE,
        KIT,
    ),
    Problem.ID: _rule(
        "id",
        "Le manifeste s'appelle IHEManifest, SignedProperties a un Id, et rien d'autre ne les porte",
        "The manifest is called IHEManifest, SignedProperties has an Id, and nothing else has them",
        _PROFILE,
        KIT,
    ),
    Problem.REFERENCES: _rule(
        "references",
        "SignedInfo porte sur deux références",
        "SignedInfo has two references",
        "Une au manifeste, une à SignedProperties.",
        KIT,
        certainty=Certainty.FAITHFUL,
    ),
    Problem.URI: _rule(
        "reference",
        "Les références désignent le manifeste et SignedProperties",
        "The references are to the manifest and to SignedProperties",
        "URI = # et leur Id ; Type comme dans l'exemple, ou absent.",
        KIT,
        certainty=Certainty.FAITHFUL,
    ),
    Problem.CANONICALIZATION: _rule(
        "canonicalization",
        "SignedInfo est canonicalisé par xml-c14n-20010315",
        "SignedInfo is canonicalised by xml-c14n-20010315",
        "CanonicalizationMethod http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments.",
        KIT,
    ),
    Problem.ALGORITHM: _rule(
        "algorithm",
        "Le lot est signé par RSA-SHA1 ou RSA-SHA256",
        "The lot is signed by RSA-SHA1 or RSA-SHA256",
        "RSA-SHA1, comme dans l'exemple ; RSA-SHA256 est pris aussi, par notre choix.",
        KIT,
    ),
    Problem.DIGEST_ALGORITHM: _rule(
        "digest-algorithm",
        "Les empreintes de SignedInfo sont en SHA-1 ou SHA-256",
        "The digests in SignedInfo are SHA-1 or SHA-256",
        "SHA-1, comme dans l'exemple ; SHA-256 est pris aussi, par notre choix.",
        KIT,
    ),
    Problem.TRANSFORMS: _rule(
        "transforms",
        "Les références de SignedInfo ne portent que la canonicalisation xml-c14n-20010315",
        "References of SignedInfo have no transform but the canonicalisation xml-c14n-20010315",
        "Retirer toute autre transformation.",
        KIT,
    ),
    Problem.KEY_INFO: _rule(
        "key-info",
        "KeyInfo porte le certificat du signataire du lot",
        "KeyInfo holds the certificate of the lot's signer",
        "Joindre X509Data/X509Certificate.",
        KIT,
    ),
    Problem.CERTIFICATE: _ours(
        "certificate.readable",
        "Le certificat du signataire du lot se lit",
        "The certificate of the lot's signer can be read",
        "Joindre le certificat en DER, codé en base64 ; certains anciens certificats de CPS sont mal formés.",
    ),
    Problem.KEY: _ours(
        "certificate.key",
        "La clé du signataire du lot est une clé RSA de 2048 à 4096 bits",
        "The key of the lot's signer is an RSA key of 2048 to 4096 bits",
        "Utiliser une clé RSA de 2048 bits ou plus.",
    ),
    Problem.VALUE: _rule(
        "value",
        "La signature du lot vérifie avec le certificat joint",
        "The lot's signature verifies with the certificate beside it",
        _RESIGN,
        DSIG,
        certainty=Certainty.FAITHFUL,
    ),
    Problem.DIGEST: _rule(
        "digest",
        "Le manifeste et SignedProperties n'ont pas changé depuis la signature",
        "Manifest and SignedProperties have not changed since they were signed",
        _RESIGN,
        DSIG,
        certainty=Certainty.FAITHFUL,
    ),
}
"""What ``socle.xmldsig.xades`` refuses."""

CERTIFICATE = CertificateRules(
    _rule(
        "certificate.issuer",
        "Le certificat du signataire du lot vient d'une autorité reconnue",
        "The certificate of the lot's signer comes from a known authority",
        "Signer avec un certificat émis ici : socles pki issue org-sign, ou cps-sign.",
        "Certificats de l'IGC-Santé",
    ),
    _rule(
        "certificate.dates",
        "Le certificat du signataire du lot est en cours de validité",
        "The certificate of the lot's signer is within its dates",
        "Renouveler le certificat ; l'heure est celle du monde, non celle de l'espace de travail.",
        "RFC 5280",
    ),
    _rule(
        "certificate.revoked",
        "Le certificat du signataire du lot n'est pas révoqué",
        "The certificate of the lot's signer is not revoked",
        "Demander un nouveau certificat.",
        "RFC 5280",
    ),
    rule(
        "xades.certificate.outside",
        "Le signataire du lot a un certificat du bac à sable, dont la révocation se vérifie",
        "The lot's signer has a certificate of the sandbox, whose revocation can be checked",
        "Rien à corriger : l'autorité a été ajoutée ; le service national, lui, vérifie la révocation.",
        source=OURS,
        certainty=Certainty.OURS,
        severity=Severity.INFO,
    ),
)
USAGE = _rule(
    "usage",
    "Le lot est signé avec un certificat de signature (keyUsage nonRepudiation)",
    "The lot is signed with a certificate for signatures (keyUsage nonRepudiation)",
    "Signer avec le certificat de signature (CPS, ORG_SIGN), non avec celui d'authentification.",
    EX_GEN,
)
KIND = _rule(
    "kind",
    "En mode DIRECTE le lot est signé par une carte, en mode indirect par un certificat d'organisation",
    "In mode DIRECTE a card signs the lot, in the indirect modes an organisation's certificate",
    "Signer le lot avec le même certificat que le VIHF.",
    EX_GEN,
)
STRUCTURE = _rule(
    "structure",
    "Le lot est signé par la structure du VIHF",
    "The lot is signed by the structure of the VIHF",
    "Signer le lot avec le même certificat que le VIHF : son OU est Identifiant_Structure.",
    EX_GEN + "; que le service compare les deux est notre lecture",
)
NAME = warning(
    "xades.name",
    "En mode DIRECTE le lot est signé par la carte du professionnel que nomme le VIHF",
    "In mode DIRECTE the card of the VIHF's professional signs the lot",
    "Signer le lot avec la même carte que le VIHF.",
    source=OURS,
)
