"""The rules of signed assertions, by what is wrong. Titles say the breach, as they are read in an answer."""

from collections.abc import Mapping

from socle.rules import REGISTRY, Certainty, Rule, Severity
from socle.xmldsig.problem import Problem

SAML = "SAML 2.0 Core §5.4 (profil de signature)"
DSIG = "XML Signature (W3C, 2008)"
KIT = "Kit DMP, jetons VIHF d'exemple; assertion CPS relevée chez un client INSi"
CERTIFICATE = "Certificats de l'IGC-Santé; comportement relevé sur le service DMP"
OURS = "Choix du bac à sable"
_RESIGN = "Signer l'assertion telle qu'elle part, et ne plus rien y changer ensuite."
_PROFILE = "Une signature enveloppée, une référence à l'ID de l'assertion, c14n exclusive, RSA-SHA256 ou RSA-SHA1."


def _rule(
    name: str,
    fr: str,
    en: str,
    remedy: str,
    source: str,
    *,
    certainty: Certainty = Certainty.SIMPLIFIED,
    severity: Severity = Severity.ERROR,
) -> Rule:
    return REGISTRY.add(Rule(f"assertion.{name}", fr, en, source, certainty, remedy, severity))


SINGLE = _rule(
    "single",
    "Plus d'une assertion dans le message",
    "More than one assertion in the message",
    "N'envoyer que l'assertion attendue, dans wsse:Security.",
    OURS,
    certainty=Certainty.OURS,
)
UNIQUE_ID = _rule(
    "id.unique",
    "L'ID de l'assertion est porté par un autre élément du message",
    "Another element of the message has the assertion's ID",
    "Donner à l'assertion un ID qu'aucun autre élément ne porte.",
    SAML,
)
ISSUER = _rule(
    "certificate.issuer",
    "Le certificat n'est pas émis par une autorité reconnue",
    "The certificate is issued by no known authority",
    "Signer avec un certificat émis ici : socles pki issue org-sign, ou cps-sign.",
    CERTIFICATE,
)
DATES = _rule(
    "certificate.dates",
    "Le certificat n'est pas en cours de validité",
    "The certificate is expired, or not valid yet",
    "Renouveler le certificat ; l'heure est celle du monde, non celle de l'espace de travail.",
    CERTIFICATE,
)
REVOKED = _rule(
    "certificate.revoked",
    "Le certificat est révoqué",
    "The certificate is revoked",
    "Demander un nouveau certificat.",
    CERTIFICATE,
)
OUTSIDE = _rule(
    "certificate.outside",
    "Le certificat vient d'une autorité ajoutée : sa révocation n'est pas vérifiée",
    "The certificate comes from an added authority: whether it is revoked is not checked",
    "Rien à corriger ; le service national, lui, la vérifie.",
    OURS,
    certainty=Certainty.OURS,
    severity=Severity.INFO,
)
INSTANT = _rule(
    "instant",
    "IssueInstant absent, ou pas un instant",
    "IssueInstant is missing, or no instant",
    "Dater l'assertion : AAAA-MM-JJThh:mm:ssZ.",
    "SAML 2.0 Core §2.3.3",
    certainty=Certainty.FAITHFUL,
)
STALE = _rule(
    "stale",
    "L'assertion est périmée",
    "The assertion is too old",
    "Faire une assertion neuve avant l'appel ; durée réglable par l'option assertions.lifetime (secondes).",
    "Une heure, relevée dans les notes d'un client INSi; pour le DMP, notre choix",
)
STALE_VITALE = _rule(
    "stale-vitale",
    "L'assertion Vitale est périmée",
    "The assertion of the Vitale card is too old",
    "Relire la carte Vitale ; durée réglable par l'option assertions.lifetime-vitale (secondes).",
    "Vingt minutes : cahier de tests du CNDA (1.02), relevé chez un éditeur",
)
FUTURE = _rule(
    "future",
    "L'assertion est datée dans le futur",
    "The assertion is dated in the future",
    "Mettre l'horloge à l'heure ; écart réglable par l'option assertions.skew (secondes).",
    OURS,
    certainty=Certainty.OURS,
)
CONDITIONS = _rule(
    "conditions",
    "L'instant est hors de Conditions (NotBefore, NotOnOrAfter)",
    "The instant is outside Conditions (NotBefore, NotOnOrAfter)",
    "Accorder Conditions à l'instant de l'appel, ou l'omettre.",
    "SAML 2.0 Core §2.5.1.2",
    certainty=Certainty.FAITHFUL,
)

BY_PROBLEM: Mapping[Problem, Rule] = {
    Problem.ID: _rule(
        "id.present",
        "L'assertion n'a pas d'ID",
        "The assertion has no ID",
        "Donner un attribut ID à l'assertion.",
        SAML,
        certainty=Certainty.FAITHFUL,
    ),
    Problem.SIZE: _rule(
        "size",
        "L'assertion est trop grosse",
        "The assertion is too large",
        "Une vraie assertion compte quelques milliers d'octets.",
        OURS,
        certainty=Certainty.OURS,
    ),
    Problem.COMMENT: _rule(
        "comment",
        "Commentaire ou instruction de traitement dans l'assertion",
        "A comment or processing instruction within the assertion",
        "Retirer les commentaires : la signature ne les couvre pas, et ils coupent les valeurs.",
        OURS,
        certainty=Certainty.OURS,
    ),
    Problem.MISSING: _rule(
        "signature.present", "L'assertion n'est pas signée", "The assertion is not signed", _PROFILE, KIT
    ),
    Problem.SEVERAL: _rule(
        "signature.single",
        "Plus d'une signature dans l'assertion",
        "More than one signature within the assertion",
        _PROFILE,
        SAML,
    ),
    Problem.PLACE: _rule(
        "signature.place",
        "La signature n'est pas un enfant de l'assertion",
        "The signature is no child of the assertion",
        "Placer ds:Signature dans l'assertion, après Issuer.",
        SAML,
    ),
    Problem.FORM: _rule(
        "signature.form",
        "La signature contient autre chose que SignedInfo, SignatureValue et KeyInfo",
        "The signature holds something other than SignedInfo, SignatureValue and KeyInfo",
        _PROFILE,
        DSIG,
    ),
    Problem.CANONICALIZATION: _rule(
        "signature.canonicalization",
        "La canonicalisation de SignedInfo n'est pas exclusive",
        "The canonicalisation of SignedInfo is not the exclusive one",
        "CanonicalizationMethod http://www.w3.org/2001/10/xml-exc-c14n#.",
        KIT,
    ),
    Problem.ALGORITHM: _rule(
        "signature.algorithm",
        "Algorithme de signature refusé",
        "The signature's algorithm is refused",
        "RSA-SHA256 ou RSA-SHA1.",
        KIT,
    ),
    Problem.DIGEST_ALGORITHM: _rule(
        "signature.digest-algorithm",
        "Algorithme d'empreinte refusé",
        "The digest's algorithm is refused",
        "SHA-256 ou SHA-1.",
        KIT,
    ),
    Problem.REFERENCES: _rule(
        "signature.reference",
        "La signature ne porte pas sur une seule référence",
        "The signature is not over exactly one reference",
        _PROFILE,
        SAML,
        certainty=Certainty.FAITHFUL,
    ),
    Problem.URI: _rule(
        "signature.uri",
        "La signature porte sur autre chose que l'assertion",
        "The signature is over something other than the assertion",
        "Reference/@URI = # et l'ID de l'assertion.",
        SAML,
        certainty=Certainty.FAITHFUL,
    ),
    Problem.TRANSFORMS: _rule(
        "signature.transforms",
        "Transformations inattendues",
        "Unexpected transforms",
        "enveloped-signature puis xml-exc-c14n, rien d'autre.",
        SAML,
    ),
    Problem.KEY_INFO: _rule(
        "signature.key-info",
        "KeyInfo ne porte pas le certificat du signataire",
        "KeyInfo does not hold the signer's certificate",
        "Joindre X509Data/X509Certificate.",
        KIT,
    ),
    Problem.CERTIFICATE: _rule(
        "certificate.readable",
        "Le certificat ne se lit pas",
        "The certificate cannot be read",
        "Joindre le certificat en DER, codé en base64 ; certains anciens certificats de CPS sont mal formés.",
        OURS,
        certainty=Certainty.OURS,
    ),
    Problem.KEY: _rule(
        "certificate.key",
        "La clé du certificat n'est pas une clé RSA de 2048 bits ou plus",
        "The certificate's key is no RSA key of 2048 bits or more",
        "Utiliser une clé RSA de 2048 à 4096 bits.",
        OURS,
        certainty=Certainty.OURS,
    ),
    Problem.VALUE: _rule(
        "signature.value",
        "La signature ne vérifie pas avec le certificat joint",
        "The signature does not verify with the certificate beside it",
        _RESIGN,
        DSIG,
        certainty=Certainty.FAITHFUL,
    ),
    Problem.DIGEST: _rule(
        "signature.digest",
        "L'assertion a changé depuis sa signature",
        "The assertion has changed since it was signed",
        _RESIGN,
        DSIG,
        certainty=Certainty.FAITHFUL,
    ),
}
"""What ``socle.xmldsig`` refuses."""
