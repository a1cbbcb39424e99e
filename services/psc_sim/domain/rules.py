"""What the provider refuses or remarks, with the OAuth error it answers (RFC 6749, 7636, 9700; OpenID Connect)."""

from typing import Any, Final

from socle.rules import REGISTRY, Certainty, Rule, Severity

_F, _S, _O = Certainty.FAITHFUL, Certainty.SIMPLIFIED, Certainty.OURS


def _refuse(
    name: str, error: str, fr: str, en: str, remedy: str, *, source: str, certainty: Certainty = _F, **more: Any
) -> Rule:
    rule = Rule(f"psc.{name}", fr, en, source, certainty, remedy, error_code=error, **{"structural": True} | more)
    return REGISTRY.add(rule)


def _remark(name: str, fr: str, en: str, remedy: str, *, source: str, certainty: Certainty = _S) -> Rule:
    return REGISTRY.add(Rule(f"psc.{name}", fr, en, source, certainty, remedy, severity=Severity.WARNING))


MALFORMED: Final = _refuse(
    "request.malformed",
    "invalid_request",
    "La demande est illisible : forme, paramètre absent, doublé ou trop long",
    "The request cannot be read: its form, or a parameter that is absent, doubled or too long",
    "Envoyer les paramètres une fois chacun, en application/x-www-form-urlencoded pour un POST.",
    source="RFC 6749 §3.1, §3.2, annexe B",
)
CLIENT: Final = _refuse(
    "client.unknown",
    "invalid_client",
    "Le client n'est pas enregistré dans cet espace de travail",
    "The client is not registered in this workspace",
    "L'enregistrer par POST /_sandbox/psc_sim/clients, ou mettre l'option psc.clients à any.",
    source="RFC 6749 §5.2",
)
SECRET: Final = _refuse(
    "client.secret",
    "invalid_client",
    "Le secret du client est faux ou absent",
    "The client's secret is wrong or absent",
    "Envoyer le secret enregistré, par l'en-tête Authorization (Basic) ou par client_secret.",
    source="RFC 6749 §2.3.1, §5.2",
)
NO_SECRET: Final = _remark(
    "client.no-secret",
    "Le client ne s'authentifie pas : Pro Santé Connect exige client_id et secret, gardés sur un serveur",
    "The client does not authenticate: Pro Santé Connect wants client_id and secret, kept on a server",
    "Envoyer client_id et client_secret au point de jeton, depuis un serveur.",
    source="ANS, documentation technique de Pro Santé Connect : exigence 22",
    certainty=_F,
)
REDIRECT_SHAPE: Final = _refuse(
    "redirect.shape",
    "invalid_request",
    "redirect_uri n'est pas une adresse de retour admise",
    "redirect_uri is no address to come back to",
    "Donner une adresse absolue http(s), sans fragment ; un schéma d'application doit être enregistré.",
    source="RFC 6749 §3.1.2 ; RFC 9700 §4.1",
)
REDIRECT_UNKNOWN: Final = _refuse(
    "redirect.unknown",
    "invalid_request",
    "redirect_uri n'est pas de celles que le client a enregistrées",
    "redirect_uri is none of those the client registered",
    "Donner l'adresse enregistrée, au caractère près.",
    source="RFC 9700 §2.1 ; OpenID Connect Core §3.1.2.1",
)
REDIRECT_OTHER: Final = _refuse(
    "redirect.mismatch",
    "invalid_grant",
    "redirect_uri n'est pas celle de la demande d'autorisation",
    "redirect_uri is not the one of the authorization request",
    "Redonner au point de jeton l'adresse de la demande d'autorisation, au caractère près.",
    source="RFC 6749 §4.1.3",
)
RESPONSE_TYPE: Final = _refuse(
    "response-type",
    "unsupported_response_type",
    "response_type n'est pas code",
    "response_type is not code",
    "Demander response_type=code : le flux implicite est déconseillé et n'est pas simulé.",
    source="RFC 9700 §2.1.2 ; le service réel annonce d'autres types",
    certainty=_S,
)
UNSUPPORTED: Final = _refuse(
    "request.unsupported",
    "invalid_request",
    "Un paramètre demande ce qui n'est pas simulé (request, request_uri, response_mode)",
    "A parameter asks for what is not simulated (request, request_uri, response_mode)",
    "Envoyer les paramètres eux-mêmes ; response_mode=query ou fragment.",
    source="OpenID Connect Core §6 ; simulation : la nôtre",
    certainty=_O,
)
SCOPE: Final = _refuse(
    "scope.openid",
    "invalid_scope",
    "scope ne contient pas openid",
    "scope lacks openid",
    "Demander scope=openid scope_all.",
    source="OpenID Connect Core §3.1.2.1 ; refus : le nôtre",
    certainty=_S,
    structural=False,
)
ACR: Final = _remark(
    "acr-values",
    "acr_values n'est pas eidas1, que tous les clients connus envoient",
    "acr_values is not eidas1, which all known clients send",
    "Ajouter acr_values=eidas1 à la demande d'autorisation.",
    source="Exemples de l'ANS et clients publiés de Pro Santé Connect ; ce que répond le service réel n'a pas été lu",
)
STATE: Final = _remark(
    "state",
    "state est absent : rien ne lie le retour à la demande",
    "state is absent: nothing ties the return to the request",
    "Envoyer un state imprévisible, et le vérifier au retour.",
    source="RFC 9700 §2.1 ; RFC 6749 §10.12",
)
NONCE: Final = _remark(
    "nonce",
    "nonce est absent : rien ne lie l'ID token à la demande",
    "nonce is absent: nothing ties the ID token to the request",
    "Envoyer un nonce imprévisible, et le retrouver dans l'ID token.",
    source="OpenID Connect Core §3.1.2.1, §15.5.2",
)
PKCE_ABSENT: Final = _remark(
    "pkce.absent",
    "La demande est sans PKCE",
    "The request is without PKCE",
    "Envoyer code_challenge et code_challenge_method=S256, puis code_verifier.",
    source="RFC 9700 §2.1.1 ; les configurations publiées par l'ANS l'emploient",
)
PKCE_PLAIN: Final = _remark(
    "pkce.plain",
    "PKCE par la méthode plain, qui ne protège pas d'une demande lue",
    "PKCE by the method plain, which does not protect from a request that was read",
    "Employer code_challenge_method=S256.",
    source="RFC 7636 §4.2, §7.2",
)
PKCE_REQUIRED: Final = _refuse(
    "pkce.required",
    "invalid_request",
    "PKCE (S256) est exigé dans cet espace de travail",
    "PKCE (S256) is required in this workspace",
    "Envoyer code_challenge et code_challenge_method=S256, ou mettre l'option psc.pkce à optional.",
    source="RFC 7636 §4.4.1 ; exigence par option : la nôtre",
    certainty=_O,
)
PKCE_SHAPE: Final = _refuse(
    "pkce.challenge",
    "invalid_request",
    "code_challenge ou sa méthode n'a pas la forme voulue",
    "code_challenge, or its method, is not of the right form",
    "Envoyer BASE64URL(SHA256(code_verifier)) sans remplissage (43 caractères) et la méthode S256.",
    source="RFC 7636 §4.2, §4.3, §4.4.1",
)
PKCE_VERIFIER: Final = _refuse(
    "pkce.verifier",
    "invalid_grant",
    "code_verifier ne correspond pas au code_challenge de la demande",
    "code_verifier does not fit the request's code_challenge",
    "Garder le code_verifier avec la demande, et l'envoyer tel quel, jamais son empreinte.",
    source="RFC 7636 §4.6",
)
GRANT_TYPE: Final = _refuse(
    "grant-type",
    "unsupported_grant_type",
    "grant_type n'est pas de ceux qui sont simulés",
    "grant_type is none of those that are simulated",
    "Employer authorization_code, refresh_token ou urn:openid:params:grant-type:ciba.",
    source="RFC 6749 §5.2",
)
CODE_UNKNOWN: Final = _refuse(
    "code.unknown",
    "invalid_grant",
    "Le code est inconnu dans cet espace de travail",
    "The code is unknown in this workspace",
    "Échanger le code reçu, une fois décodé de l'adresse de retour.",
    source="RFC 6749 §5.2",
)
CODE_EXPIRED: Final = _refuse(
    "code.expired",
    "invalid_grant",
    "Le code a expiré",
    "The code has expired",
    "Échanger le code dès le retour du navigateur.",
    source="RFC 6749 §4.1.2 ; durée : la nôtre",
)
CODE_REUSED: Final = _refuse(
    "code.reused",
    "invalid_grant",
    "Le code a déjà servi : les jetons qu'il avait donnés sont révoqués",
    "The code was used before: the tokens it gave are revoked",
    "N'échanger un code qu'une fois, même quand la page de retour est rechargée.",
    source="RFC 6749 §4.1.2",
)
CODE_CLIENT: Final = _refuse(
    "code.client",
    "invalid_grant",
    "Le code ou le jeton a été donné à un autre client",
    "The code or token was given to another client",
    "Échanger avec le client_id de la demande d'autorisation.",
    source="RFC 6749 §4.1.3, §6",
)
REFRESH_UNKNOWN: Final = _refuse(
    "refresh.unknown",
    "invalid_grant",
    "Le jeton de rafraîchissement est inconnu, révoqué, ou sa session est finie",
    "The refresh token is unknown, revoked, or its session has ended",
    "Fermer la session du logiciel et demander une nouvelle connexion (ECO.1.2.6).",
    source="RFC 6749 §5.2 ; domain/mssante.md §1.1",
)
REFRESH_EXPIRED: Final = _refuse(
    "refresh.expired",
    "invalid_grant",
    "Le jeton de rafraîchissement a expiré",
    "The refresh token has expired",
    "Rafraîchir avant 30 minutes ; sinon demander une nouvelle connexion.",
    source="ANS, IG Sécurisation de la couche transport 1.2.0 (30 minutes)",
)
REFRESH_REUSED: Final = _refuse(
    "refresh.reused",
    "invalid_grant",
    "Le jeton de rafraîchissement a déjà servi : tous ceux de cette connexion sont révoqués",
    "The refresh token was used before: all tokens of this login are revoked",
    "Remplacer le jeton gardé par celui de chaque réponse, sans rafraîchissements simultanés.",
    source="RFC 9700 §4.14.2 ; rotation par le service réel : non lue",
    certainty=_S,
)
TOKEN_FORM: Final = _refuse(
    "token.form",
    "invalid_token",
    "Le jeton d'accès est absent ou illisible",
    "The access token is absent or unreadable",
    "Envoyer Authorization: Bearer, puis le jeton d'accès tel qu'il a été reçu.",
    source="RFC 6750 §2.1, §3.1",
)
TOKEN_ALG: Final = _refuse(
    "token.alg",
    "invalid_token",
    "Le jeton n'est pas signé en RS256",
    "The token is not signed with RS256",
    "N'accepter et n'envoyer que des jetons RS256 : ni none, ni HS256.",
    source="RFC 8725 §3.1 ; jetons relevés : RS256",
)
TOKEN_SIGNATURE: Final = _refuse(
    "token.signature",
    "invalid_token",
    "La signature du jeton est fausse, ou sa clé inconnue",
    "The token's signature is wrong, or its key unknown",
    "Envoyer le jeton sans le modifier ; relire les clés à l'adresse jwks_uri.",
    source="RFC 7515 §5.2",
)
TOKEN_EXPIRED: Final = _refuse(
    "token.expired",
    "invalid_token",
    "Le jeton d'accès n'est pas, ou n'est plus, valable à l'heure de l'espace de travail",
    "The access token is not, or no longer, valid at the workspace's time",
    "Rafraîchir avant l'expiration (exp moins 30 secondes).",
    source="RFC 7519 §4.1.4 ; domain/mssante.md §1.1",
)
TOKEN_REVOKED: Final = _refuse(
    "token.revoked",
    "invalid_token",
    "Le jeton est révoqué, sa session est finie, ou il est d'un autre espace de travail",
    "The token is revoked, its session has ended, or it is another workspace's",
    "Demander une nouvelle connexion.",
    source="RFC 6750 §3.1 ; RFC 7009",
)
NOBODY: Final = _refuse(
    "person.unknown",
    "login_required",
    "Aucun professionnel de la population n'a cet identifiant national",
    "No professional of the population has this national id",
    "Donner un RPPS de la population (/_sandbox/population), seul ou précédé de 8.",
    source="OpenID Connect Core §3.1.2.1 (login_hint) ; population : la nôtre",
    certainty=_O,
)
LOGIN_REQUIRED: Final = _refuse(
    "login-required",
    "login_required",
    "prompt=none, et aucune session n'est ouverte",
    "prompt=none, and no session is open",
    "Refaire la demande sans prompt=none, ou avec login_hint=<RPPS> dans le bac à sable.",
    source="OpenID Connect Core §3.1.2.6",
)
CIBA_UNKNOWN: Final = _refuse(
    "ciba.unknown",
    "invalid_grant",
    "auth_req_id est inconnu, ou a déjà donné ses jetons",
    "auth_req_id is unknown, or has given its tokens",
    "Interroger avec l'auth_req_id reçu, et s'arrêter au premier succès.",
    source="OpenID CIBA Core §11",
)
CIBA_EXPIRED: Final = _refuse(
    "ciba.expired",
    "expired_token",
    "La demande CIBA a expiré avant d'être validée",
    "The CIBA request expired before it was confirmed",
    "Refaire la demande ; prévenir l'utilisateur qu'il n'a pas validé à temps.",
    source="OpenID CIBA Core §11",
)
LOGOUT_HINT: Final = _remark(
    "logout.hint",
    "id_token_hint ne désigne aucune session ouverte ici",
    "id_token_hint names no session that is open here",
    "Envoyer l'ID token de la session à finir.",
    source="OpenID Connect RP-Initiated Logout §2",
)
