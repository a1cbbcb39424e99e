"""What can go wrong before the first byte of HTTP, as rules: a handshake that fails says why in the journal.

Those of the client's certificate are also what a service says of one that the edge let through (``judging``).
"""

import ssl
from collections.abc import Mapping
from types import MappingProxyType

from socle.rules import REGISTRY, Certainty, Finding, Rule

_RFC = "RFC 5280 §6, RFC 8446"
_HANDSHAKE = "négociation TLS"


def _rule(name: str, title_fr: str, title_en: str, remedy: str, *, structural: bool = True) -> Rule:
    rule = Rule(f"tls.{name}", title_fr, title_en, _RFC, Certainty.SIMPLIFIED, remedy, structural=structural)
    return REGISTRY.add(rule)


EXPIRED = _rule(
    "client.expired",
    "Le certificat client n'est pas périmé",
    "The client certificate has not expired",
    "Renouveler le certificat : socles pki issue insi-auto -o client.pem",
)
NOT_YET_VALID = _rule(
    "client.not-yet-valid",
    "Le certificat client est déjà valable",
    "The client certificate is valid already",
    "Attendre, ou corriger l'horloge du poste : TLS suit l'heure réelle, pas celle de l'espace de travail.",
)
UNKNOWN_AUTHORITY = _rule(
    "client.unknown-authority",
    "Le certificat client vient d'une autorité du bac à sable",
    "The client certificate comes from an authority of the sandbox",
    "Prendre un certificat de ce bac à sable (socles pki issue) et présenter aussi son autorité intermédiaire.",
)
REVOKED = _rule(
    "client.revoked",
    "Le certificat client n'est pas révoqué",
    "The client certificate is not revoked",
    "Remplacer le certificat : socles pki issue insi-auto -o client.pem",
    structural=False,  # the handshake goes through: the service refuses, in its own words
)
WEAK = _rule(
    "client.weak",
    "La clé du certificat client est assez forte",
    "The key of the client certificate is strong enough",
    "RSA 2048 au moins.",
)
ABSENT = _rule(
    "client.absent",
    "Un certificat client est présenté",
    "A client certificate is shown",
    "Configurer le certificat et sa clé dans le logiciel ; sans certificat, prendre le port TLS simple.",
)
INVALID = _rule(
    "client.invalid",
    "Le certificat client est acceptable",
    "The client certificate can be accepted",
    "Lire la raison donnée par OpenSSL.",
)
DISTRUSTED = _rule(
    "server.distrusted",
    "Le client fait confiance au certificat du bac à sable",
    "The client trusts the sandbox's certificate",
    "Ajouter l'autorité du bac à sable au magasin de confiance : socles pki ca -o socles-ca.pem, puis socles trust.",
)
NOTHING_SHARED = _rule(
    "handshake.nothing-shared",
    "Client et serveur ont une version et une suite TLS en commun",
    "Client and server share a version of TLS and a suite",
    "TLS 1.2 ou 1.3, et une suite ECDHE_RSA ; voir SOCLES_TLS_OLDEST et SOCLES_TLS_SUITES.",
)
NOT_TLS = _rule(
    "handshake.not-tls",
    "Le client parle TLS sur ce port",
    "The client speaks TLS on this port",
    "L'adresse commence par http:// : écrire https://, ou prendre le port sans TLS.",
)
SILENT = _rule(
    "handshake.silent",
    "La négociation TLS est menée à son terme",
    "The TLS handshake is brought to its end",
    "Le client a fermé ou s'est tu pendant la négociation ; souvent, il refuse le certificat sans le dire.",
)

_VERIFY: Mapping[int, Rule] = MappingProxyType(
    {
        2: UNKNOWN_AUTHORITY,  # X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT
        7: UNKNOWN_AUTHORITY,  # X509_V_ERR_CERT_SIGNATURE_FAILURE
        9: NOT_YET_VALID,
        10: EXPIRED,
        18: UNKNOWN_AUTHORITY,  # self-signed
        19: UNKNOWN_AUTHORITY,  # self-signed in the chain
        20: UNKNOWN_AUTHORITY,  # issuer not to be found here
        21: UNKNOWN_AUTHORITY,
        66: WEAK,  # X509_V_ERR_EE_KEY_TOO_SMALL
    }
)
"""X509_V_ERR_…, as OpenSSL numbers them."""
_REASONS: Mapping[str, Rule] = MappingProxyType(
    {
        "PEER_DID_NOT_RETURN_A_CERTIFICATE": ABSENT,
        "TLSV1_ALERT_UNKNOWN_CA": DISTRUSTED,
        "SSLV3_ALERT_CERTIFICATE_UNKNOWN": DISTRUSTED,
        "SSLV3_ALERT_BAD_CERTIFICATE": DISTRUSTED,
        "SSLV3_ALERT_CERTIFICATE_EXPIRED": DISTRUSTED,
        "NO_SHARED_CIPHER": NOTHING_SHARED,
        "UNSUPPORTED_PROTOCOL": NOTHING_SHARED,
        "NO_SHARED_SIGNATURE_ALGORITHMS": NOTHING_SHARED,
        "TLSV1_ALERT_PROTOCOL_VERSION": NOTHING_SHARED,
        "HTTP_REQUEST": NOT_TLS,
        "HTTPS_PROXY_REQUEST": NOT_TLS,
        "WRONG_VERSION_NUMBER": NOT_TLS,
    }
)
"""OpenSSL's own names of reasons."""


def finding_of(error: Exception) -> Finding:
    """Why a handshake failed."""
    if isinstance(error, ssl.SSLCertVerificationError):
        rule = _VERIFY.get(error.verify_code, INVALID)
        return rule.finding(where="certificat client", found=error.verify_message)
    if isinstance(error, ssl.SSLError) and error.reason:
        return finding_for(error.reason)
    return SILENT.finding(where=_HANDSHAKE, found=type(error).__name__)


def finding_for(reason: str) -> Finding:
    """The same from OpenSSL's name of a reason, or from the words of a log; what is not known says silence."""
    rule = _REASONS.get(reason.upper().replace(" ", "_"), SILENT)
    return rule.finding(where=_HANDSHAKE, found=reason.replace("_", " ").lower())
