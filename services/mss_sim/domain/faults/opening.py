"""Before a mail begins: connection, TLS, authentication (RFC 3207, RFC 4954; domain/mssante.md §1.1)."""

from typing import Final

from mss_sim.domain.faults.entry import OWN, SERVICE, add
from socle.control.port import FaultEffect
from socle.faults.advice import CORRECT, RETRY, RETRY_SOON, SETTINGS, Advice
from socle.faults.register import register
from socle.rules import Certainty

_F, _O = Certainty.FAITHFUL, Certainty.OURS
REFUSED: Final = "socles:token-refused"
"""A refusal that is no reply code: a 334 challenge, then the end of the connection."""
CHALLENGE: Final = "eyJzdGF0dXMiOiI0MDEiLCJzY2hlbWVzIjoiYmVhcmVyIiwic2NvcGUiOiJtYWlsIn0="
_TLS: Final = "RFC 3207 §4 ; domain/mssante.md §1.1"
_AUTH: Final = "RFC 4954 §4, §6 ; domain/mssante.md §1.1"
_LOG_IN: Final = Advice(
    "Ne pas réessayer les mêmes identifiants : les redemander à l'utilisateur, sans gêner le reste du logiciel.",
    "Do not try the same credentials again: ask the user for them, without disturbing the rest of the software.",
)

for _name, _code, _text, _fr, _advice in (
    ("too-many-connections", "421 4.3.2", "Too many connections, try again later", "Trop de connexions", RETRY),
    ("not-available", "421 4.3.0", "Service not available, closing transmission channel", "Service arrêté", RETRY),
):
    add(_name, _code, _text, _fr, operations=("EHLO",), advice=_advice, source=OWN, certainty=_O, where="helo")

add(
    "tls-not-available",
    "454 4.7.0",
    "TLS not available due to temporary reason",
    "TLS momentanément indisponible",
    operations=("STARTTLS",),
    advice=RETRY.then("Ne jamais continuer en clair.", "Never go on in clear."),
    source=_TLS,
    certainty=_F,
    where="helo",
)
register(
    "mss.tls-cut",
    "La connexion tombe au moment de négocier TLS",
    "The connection drops as TLS is to be negotiated",
    "SMTP STARTTLS: no reply; the connection is reset",
    advice=RETRY.then("Ne jamais continuer en clair.", "Never go on in clear."),
    magic="helo: panne.mss-tls-cut",
    service=SERVICE,
    operations=("STARTTLS",),
    effect=FaultEffect.CUT,
    source="domain/mssante.md §1.1 (ECO 1.2.3 : une connexion qui échoue ne gêne pas le reste) ; la nôtre",
    certainty=_O,
)
for _name, _code, _text, _fr, _advice in (
    ("auth-failed", "535 5.7.8", "Authentication credentials invalid", "Identifiants refusés", _LOG_IN),
    ("auth-temporary", "454 4.7.0", "Temporary authentication failure", "Authentification en panne", RETRY_SOON),
    ("auth-transition", "432 4.7.12", "A password transition is needed", "Mot de passe à renouveler", _LOG_IN),
    ("auth-too-weak", "534 5.7.9", "Authentication mechanism is too weak", "Mécanisme trop faible", SETTINGS),
    (
        "auth-encryption",
        "538 5.7.11",
        "Encryption required for requested authentication mechanism",
        "Chiffrement exigé avant l'authentification",
        SETTINGS,
    ),
    ("auth-mechanism", "504 5.5.4", "Unrecognized authentication type", "Mécanisme inconnu", SETTINGS),
    (
        "auth-line-too-long",
        "500 5.5.6",
        "Authentication Exchange line is too long",
        "Jeton trop long pour le serveur (limite de 512 octets vue en §5.2)",
        CORRECT,
    ),
):
    add(_name, _code, _text, _fr, operations=("AUTH",), advice=_advice, source=_AUTH, certainty=_F, where="login")
add(
    "token-refused",
    REFUSED,
    "Token refused: a 334 challenge that says 401, then the connection drops",
    "Jeton refusé : défi 334 qui dit 401, puis connexion coupée",
    operations=("AUTH",),
    advice=Advice(
        "Y voir un jeton refusé, non une panne de réseau : le renouveler auprès de Pro Santé Connect, puis réessayer.",
        "See a refused token in it, not a network failure: renew it with Pro Santé Connect, try once more.",
    ),
    source="domain/mssante.md §1.1 : vu par un éditeur le 2026-10-05 sur la plateforme de formation",
    certainty=_F,
    wire=f"SMTP AUTH: `334 {CHALLENGE}`, then the connection is reset",
    where="login",
)
