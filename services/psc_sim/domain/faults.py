"""Pro Santé Connect's part of the catalogue of faults (D10). The codes are those of the RFCs; the texts are ours."""

from typing import Final

from psc_sim.domain.model import Flaw
from socle.faults.advice import CORRECT, RETRY_SOON, SETTINGS, TELL, Advice
from socle.faults.gateway import gateway_entries
from socle.faults.register import register
from socle.rules import Certainty

SERVICE: Final = "psc_sim"
INACTIVE: Final = "inactive"
"""A refusal that is no error: what introspection says of a token that is worth nothing."""
_S, _O = Certainty.SIMPLIFIED, Certainty.OURS
_OAUTH: Final = "RFC 6749 §5.2 ; texte : le nôtre"
_ASKED: Final = "RFC 6749 §4.1.2.1 ; texte : le nôtre"
_OIDC: Final = "OpenID Connect Core §3.1.2.6 ; texte : le nôtre"
_POLLED: Final = "OpenID CIBA Core §11 ; l'exemple de l'ANS attend authorization_pending ; texte : le nôtre"
_AGAIN: Final = Advice(
    "Proposer une nouvelle connexion ; ne pas rejouer ce code ou ce jeton.",
    "Offer a new login; do not send this code or token again.",
)
_REFUSE: Final = Advice(
    "Refuser les jetons et n'ouvrir aucune session : vérifier signature, clé, alg, iss, aud, exp et nonce.",
    "Reject the tokens and open no session: verify signature, key, alg, iss, aud, exp and nonce.",
)
_WAIT: Final = Advice(
    "Continuer d'interroger au rythme de interval ; laisser l'utilisateur abandonner.",
    "Go on polling at the pace of interval; let the user give up.",
)


def _magic(name: str) -> str:
    return f"client_id panne.psc-{name}"


def _error(
    name: str,
    error: str,
    fr: str,
    en: str,
    *,
    operation: str,
    status: int = 400,
    advice: Advice,
    source: str,
    certainty: Certainty = _S,
) -> None:
    """An OAuth error; at the authorization endpoint it goes back to the client by the browser."""
    said = f"`error={error}`" if operation == "authorize" else f'`"error": "{error}"`'
    register(
        f"psc.{name}",
        fr,
        en,
        f"HTTP {status}; {said}",
        advice=advice,
        magic=_magic(name),
        service=SERVICE,
        operations=(operation,),
        code=error,
        reason=en,
        source=source,
        certainty=certainty,
    )


for _name, _code, _status, _fr, _en, _advice in (
    ("invalid-request", "invalid_request", 400, "Demande de jeton mal formée", "Malformed token request", CORRECT),
    ("invalid-client", "invalid_client", 401, "Client refusé", "The client is refused", SETTINGS),
    (
        "invalid-grant",
        "invalid_grant",
        400,
        "Code ou jeton de rafraîchissement refusé",
        "The code or refresh token is refused",
        _AGAIN,
    ),
    ("unauthorized-client", "unauthorized_client", 400, "Flux non permis au client", "Grant not allowed", SETTINGS),
    ("unsupported-grant-type", "unsupported_grant_type", 400, "Flux inconnu", "Grant type unknown", CORRECT),
    ("invalid-scope", "invalid_scope", 400, "scope refusé au point de jeton", "Scope refused for tokens", SETTINGS),
):
    _error(_name, _code, _fr, _en, operation="token", status=_status, advice=_advice, source=_OAUTH)
for _name, _code, _status, _fr, _en in (
    ("server-error", "server_error", 500, "Erreur interne, en JSON", "Internal error, in JSON"),
    ("temporarily-unavailable", "temporarily_unavailable", 503, "Service saturé, en JSON", "Overloaded, in JSON"),
):
    _error(
        _name,
        _code,
        _fr,
        _en,
        operation="token",
        status=_status,
        advice=RETRY_SOON,
        source=f"{_ASKED} ; ici : le nôtre",
        certainty=_O,
    )
for _name, _code, _fr, _en, _advice in (
    ("authorization-pending", "authorization_pending", "Pas encore confirmé", "Not confirmed yet", _WAIT),
    (
        "slow-down",
        "slow_down",
        "Interrogation trop rapide",
        "Polled too fast",
        Advice("Ajouter 5 s à interval, puis continuer.", "Add 5 s to interval, then go on."),
    ),
    ("ciba-expired", "expired_token", "Demande CIBA expirée", "The CIBA request has expired", _AGAIN),
    ("ciba-denied", "access_denied", "Refusé sur le téléphone (CIBA)", "Refused on the phone (CIBA)", TELL),
):
    _error(_name, _code, _fr, _en, operation="token", advice=_advice, source=_POLLED)

for _name, _code, _fr, _en, _advice, _source in (
    ("access-denied", "access_denied", "Le professionnel refuse", "The professional refuses", TELL, _ASKED),
    ("login-required", "login_required", "Aucune session ouverte", "No session is open", _AGAIN, _OIDC),
    (
        "interaction-required",
        "interaction_required",
        "Le professionnel doit agir",
        "The professional has to act",
        _AGAIN,
        _OIDC,
    ),
    (
        "login-invalid-scope",
        "invalid_scope",
        "scope refusé à la connexion",
        "Scope refused for the login",
        SETTINGS,
        _ASKED,
    ),
    (
        "login-unauthorized-client",
        "unauthorized_client",
        "Client sans droit de demander un code",
        "The client may not ask for a code",
        SETTINGS,
        _ASKED,
    ),
    ("login-server-error", "server_error", "Erreur à la connexion", "Error in the login", RETRY_SOON, _ASKED),
    (
        "login-unavailable",
        "temporarily_unavailable",
        "Connexion momentanément impossible",
        "No login for the moment",
        RETRY_SOON,
        _ASKED,
    ),
):
    _error(_name, _code, _fr, _en, operation="authorize", status=302, advice=_advice, source=_source)

_error(
    "userinfo-invalid-token",
    "invalid_token",
    "userinfo refuse le jeton d'accès",
    "Userinfo refuses the access token",
    operation="userinfo",
    status=401,
    advice=Advice("Rafraîchir une fois, puis redemander une connexion.", "Refresh once, then ask for a new login."),
    source="RFC 6750 §3.1 ; texte : le nôtre",
)
_error(
    "insufficient-scope",
    "insufficient_scope",
    "Le jeton n'a pas le scope voulu",
    "The token lacks the scope",
    operation="userinfo",
    status=403,
    advice=SETTINGS,
    source="RFC 6750 §3.1 ; texte : le nôtre",
)
_error(
    "unknown-user",
    "unknown_user_id",
    "Professionnel inconnu (CIBA)",
    "Unknown professional (CIBA)",
    operation="ciba",
    advice=TELL,
    source="OpenID CIBA Core §13 ; texte : le nôtre",
)
_error(
    "binding-message",
    "invalid_binding_message",
    "binding_message refusé",
    "The binding_message is refused",
    operation="ciba",
    advice=CORRECT,
    source="OpenID CIBA Core §13 ; texte : le nôtre",
)
_error(
    "unsupported-token-type",
    "unsupported_token_type",
    "Jeton d'une sorte qu'on ne révoque pas",
    "A kind of token that cannot be revoked",
    operation="revoke",
    advice=TELL,
    source="RFC 7009 §2.2.1 ; texte : le nôtre",
)
register(
    "psc.introspect-inactive",
    "L'introspection dit le jeton inactif",
    "Introspection says that the token is inactive",
    'HTTP 200; `{"active": false}`',
    advice=Advice(
        "Refuser l'appel fait avec ce jeton ; ne rien déduire de la cause.",
        "Refuse the call made with this token; conclude nothing about the cause.",
    ),
    magic=_magic("introspect-inactive"),
    service=SERVICE,
    operations=("introspect",),
    code=INACTIVE,
    source="RFC 7662 §2.2",
    certainty=Certainty.FAITHFUL,
)

_FLAWS: Final = {
    Flaw.EXPIRED: ("expirés depuis une heure", "expired an hour ago", "exp"),
    Flaw.NOT_YET_VALID: ("valables dans une heure seulement", "valid in an hour only", "iat, nbf"),
    Flaw.WRONG_SIGNATURE: ("dont la signature est fausse", "whose signature is wrong", "the signature"),
    Flaw.UNKNOWN_KEY: ("signés d'une clé qui n'est pas publiée", "of a key that is not published", "kid"),
    Flaw.ALG_NONE: ("sans signature (alg none)", "without a signature (alg none)", "alg"),
    Flaw.WRONG_ISSUER: ("d'un autre émetteur", "of another issuer", "iss"),
    Flaw.WRONG_AUDIENCE: ("donnés à un autre client", "given to another client", "aud, azp"),
    Flaw.WRONG_NONCE: ("dont le nonce est un autre", "whose nonce is another", "nonce, of the ID token"),
    Flaw.REVOKED: ("déjà révoqués", "revoked already", "nothing; userinfo, introspection and MSSanté refuse them"),
}
for _flaw, (_fr, _en, _where) in _FLAWS.items():
    register(
        f"psc.token-{_flaw.value}",
        f"Jetons {_fr}",
        f"Tokens {_en}",
        f'HTTP 200; `"token_type": "Bearer"`; what is wrong: {_where}',
        advice=_REFUSE,
        magic=_magic(f"token-{_flaw.value}"),
        service=SERVICE,
        operations=("token",),
        code=_flaw.value,
        source="RFC 8725 §3 ; RFC 9700 ; OpenID Connect Core §3.1.3.7 : ce que tout client vérifie",
        certainty=_O,
    )
gateway_entries("psc", SERVICE, _magic, spoken="JSON")
