"""What is refused or remarked where tokens are given and used (RFC 6749, 6750, 7009, 7515, 9700; OpenID CIBA)."""

from typing import Final

from psc_sim.domain.rule import refuse, remark
from socle.rules import Certainty

GRANT_TYPE: Final = refuse(
    "grant-type",
    "unsupported_grant_type",
    "grant_type n'est pas de ceux qui sont simulés",
    "grant_type is none of those that are simulated",
    "Employer authorization_code, refresh_token ou urn:openid:params:grant-type:ciba.",
    source="RFC 6749 §5.2",
)
CODE_UNKNOWN: Final = refuse(
    "code.unknown",
    "invalid_grant",
    "Le code est inconnu dans cet espace de travail",
    "The code is unknown in this workspace",
    "Échanger le code reçu, une fois décodé de l'adresse de retour.",
    source="RFC 6749 §5.2",
)
CODE_EXPIRED: Final = refuse(
    "code.expired",
    "invalid_grant",
    "Le code a expiré",
    "The code has expired",
    "Échanger le code dès le retour du navigateur.",
    source="RFC 6749 §4.1.2 ; durée : la nôtre",
)
CODE_REUSED: Final = refuse(
    "code.reused",
    "invalid_grant",
    "Le code a déjà servi : les jetons qu'il avait donnés sont révoqués",
    "The code was used before: the tokens it gave are revoked",
    "N'échanger un code qu'une fois, même quand la page de retour est rechargée.",
    source="RFC 6749 §4.1.2",
)
CODE_CLIENT: Final = refuse(
    "code.client",
    "invalid_grant",
    "Le code ou le jeton a été donné à un autre client",
    "The code or token was given to another client",
    "Échanger avec le client_id de la demande d'autorisation.",
    source="RFC 6749 §4.1.3, §6",
)
REFRESH_UNKNOWN: Final = refuse(
    "refresh.unknown",
    "invalid_grant",
    "Le jeton de rafraîchissement est inconnu, révoqué, ou sa session est finie",
    "The refresh token is unknown, revoked, or its session has ended",
    "Fermer la session du logiciel et demander une nouvelle connexion (ECO.1.2.6).",
    source="RFC 6749 §5.2 ; domain/mssante.md §1.1",
)
REFRESH_EXPIRED: Final = refuse(
    "refresh.expired",
    "invalid_grant",
    "Le jeton de rafraîchissement a expiré",
    "The refresh token has expired",
    "Rafraîchir avant 30 minutes ; sinon demander une nouvelle connexion.",
    source="ANS, IG Sécurisation de la couche transport 1.2.0 (30 minutes)",
)
REFRESH_REUSED: Final = refuse(
    "refresh.reused",
    "invalid_grant",
    "Le jeton de rafraîchissement a déjà servi : tous ceux de cette connexion sont révoqués",
    "The refresh token was used before: all tokens of this login are revoked",
    "Remplacer le jeton gardé par celui de chaque réponse, sans rafraîchissements simultanés.",
    source="RFC 9700 §4.14.2 ; rotation par le service réel : non lue",
    certainty=Certainty.SIMPLIFIED,
)
TOKEN_FORM: Final = refuse(
    "token.form",
    "invalid_token",
    "Le jeton d'accès est absent ou illisible",
    "The access token is absent or unreadable",
    "Envoyer Authorization: Bearer, puis le jeton d'accès tel qu'il a été reçu.",
    source="RFC 6750 §2.1, §3.1",
)
TOKEN_ALG: Final = refuse(
    "token.alg",
    "invalid_token",
    "Le jeton n'est pas signé en RS256",
    "The token is not signed with RS256",
    "N'accepter et n'envoyer que des jetons RS256 : ni none, ni HS256.",
    source="RFC 8725 §3.1 ; jetons relevés : RS256",
)
TOKEN_SIGNATURE: Final = refuse(
    "token.signature",
    "invalid_token",
    "La signature du jeton est fausse, ou sa clé inconnue",
    "The token's signature is wrong, or its key unknown",
    "Envoyer le jeton sans le modifier ; relire les clés à l'adresse jwks_uri.",
    source="RFC 7515 §5.2",
)
TOKEN_EXPIRED: Final = refuse(
    "token.expired",
    "invalid_token",
    "Le jeton d'accès n'est pas, ou n'est plus, valable à l'heure de l'espace de travail",
    "The access token is not, or no longer, valid at the workspace's time",
    "Rafraîchir avant l'expiration (exp moins 30 secondes).",
    source="RFC 7519 §4.1.4 ; domain/mssante.md §1.1",
)
TOKEN_REVOKED: Final = refuse(
    "token.revoked",
    "invalid_token",
    "Le jeton est révoqué, sa session est finie, ou il est d'un autre espace de travail",
    "The token is revoked, its session has ended, or it is another workspace's",
    "Demander une nouvelle connexion.",
    source="RFC 6750 §3.1 ; RFC 7009",
)
CIBA_UNKNOWN: Final = refuse(
    "ciba.unknown",
    "invalid_grant",
    "auth_req_id est inconnu, ou a déjà donné ses jetons",
    "auth_req_id is unknown, or has given its tokens",
    "Interroger avec l'auth_req_id reçu, et s'arrêter au premier succès.",
    source="OpenID CIBA Core §11",
)
CIBA_EXPIRED: Final = refuse(
    "ciba.expired",
    "expired_token",
    "La demande CIBA a expiré avant d'être validée",
    "The CIBA request expired before it was confirmed",
    "Refaire la demande ; prévenir l'utilisateur qu'il n'a pas validé à temps.",
    source="OpenID CIBA Core §11",
)
LOGOUT_HINT: Final = remark(
    "logout.hint",
    "id_token_hint ne désigne aucune session ouverte ici",
    "id_token_hint names no session that is open here",
    "Envoyer l'ID token de la session à finir.",
    source="OpenID Connect RP-Initiated Logout §2",
)
