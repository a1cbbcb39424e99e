"""What is refused or remarked of clients and of requests for a login (RFC 6749, 7636, 9700; OpenID Connect)."""

from typing import Final

from psc_sim.domain.rule import refuse, remark
from socle.rules import Certainty

MALFORMED: Final = refuse(
    "request.malformed",
    "invalid_request",
    "La demande est illisible : forme, paramètre absent, doublé ou trop long",
    "The request cannot be read: its form, or a parameter that is absent, doubled or too long",
    "Envoyer les paramètres une fois chacun, en application/x-www-form-urlencoded pour un POST.",
    source="RFC 6749 §3.1, §3.2, annexe B",
)
CLIENT: Final = refuse(
    "client.unknown",
    "invalid_client",
    "Le client n'est pas enregistré dans cet espace de travail",
    "The client is not registered in this workspace",
    "L'enregistrer par POST /_sandbox/psc_sim/clients, ou mettre l'option psc.clients à any.",
    source="RFC 6749 §5.2",
)
SECRET: Final = refuse(
    "client.secret",
    "invalid_client",
    "Le secret du client est faux ou absent",
    "The client's secret is wrong or absent",
    "Envoyer le secret enregistré, par l'en-tête Authorization (Basic) ou par client_secret.",
    source="RFC 6749 §2.3.1, §5.2",
)
NO_SECRET: Final = remark(
    "client.no-secret",
    "Le client ne s'authentifie pas : Pro Santé Connect exige client_id et secret, gardés sur un serveur",
    "The client does not authenticate: Pro Santé Connect wants client_id and secret, kept on a server",
    "Envoyer client_id et client_secret au point de jeton, depuis un serveur.",
    source="ANS, documentation technique de Pro Santé Connect : exigence 22",
    certainty=Certainty.FAITHFUL,
)
REDIRECT_SHAPE: Final = refuse(
    "redirect.shape",
    "invalid_request",
    "redirect_uri n'est pas une adresse de retour admise",
    "redirect_uri is no address to come back to",
    "Donner une adresse absolue http(s), sans fragment ; un schéma d'application doit être enregistré.",
    source="RFC 6749 §3.1.2 ; RFC 9700 §4.1",
)
REDIRECT_UNKNOWN: Final = refuse(
    "redirect.unknown",
    "invalid_request",
    "redirect_uri n'est pas de celles que le client a enregistrées",
    "redirect_uri is none of those the client registered",
    "Donner l'adresse enregistrée, au caractère près.",
    source="RFC 9700 §2.1 ; OpenID Connect Core §3.1.2.1",
)
REDIRECT_OTHER: Final = refuse(
    "redirect.mismatch",
    "invalid_grant",
    "redirect_uri n'est pas celle de la demande d'autorisation",
    "redirect_uri is not the one of the authorization request",
    "Redonner au point de jeton l'adresse de la demande d'autorisation, au caractère près.",
    source="RFC 6749 §4.1.3",
)
RESPONSE_TYPE: Final = refuse(
    "response-type",
    "unsupported_response_type",
    "response_type n'est pas code",
    "response_type is not code",
    "Demander response_type=code : le flux implicite est déconseillé et n'est pas simulé.",
    source="RFC 9700 §2.1.2 ; le service réel annonce d'autres types",
    certainty=Certainty.SIMPLIFIED,
)
UNSUPPORTED: Final = refuse(
    "request.unsupported",
    "invalid_request",
    "Un paramètre demande ce qui n'est pas simulé (request, request_uri, response_mode)",
    "A parameter asks for what is not simulated (request, request_uri, response_mode)",
    "Envoyer les paramètres eux-mêmes ; response_mode=query ou fragment.",
    source="OpenID Connect Core §6 ; simulation : la nôtre",
    certainty=Certainty.OURS,
)
SCOPE: Final = refuse(
    "scope.openid",
    "invalid_scope",
    "scope ne contient pas openid",
    "scope lacks openid",
    "Demander scope=openid scope_all.",
    source="OpenID Connect Core §3.1.2.1 ; refus : le nôtre",
    certainty=Certainty.SIMPLIFIED,
    structural=False,
)
ACR: Final = remark(
    "acr-values",
    "acr_values n'est pas eidas1, que tous les clients connus envoient",
    "acr_values is not eidas1, which all known clients send",
    "Ajouter acr_values=eidas1 à la demande d'autorisation.",
    source="Exemples de l'ANS et clients publiés de Pro Santé Connect ; ce que répond le service réel n'a pas été lu",
)
STATE: Final = remark(
    "state",
    "state est absent : rien ne lie le retour à la demande",
    "state is absent: nothing ties the return to the request",
    "Envoyer un state imprévisible, et le vérifier au retour.",
    source="RFC 9700 §2.1 ; RFC 6749 §10.12",
)
NONCE: Final = remark(
    "nonce",
    "nonce est absent : rien ne lie l'ID token à la demande",
    "nonce is absent: nothing ties the ID token to the request",
    "Envoyer un nonce imprévisible, et le retrouver dans l'ID token.",
    source="OpenID Connect Core §3.1.2.1, §15.5.2",
)
PKCE_ABSENT: Final = remark(
    "pkce.absent",
    "La demande est sans PKCE",
    "The request is without PKCE",
    "Envoyer code_challenge et code_challenge_method=S256, puis code_verifier.",
    source="RFC 9700 §2.1.1 ; les configurations publiées par l'ANS l'emploient",
)
PKCE_PLAIN: Final = remark(
    "pkce.plain",
    "PKCE par la méthode plain, qui ne protège pas d'une demande lue",
    "PKCE by the method plain, which does not protect from a request that was read",
    "Employer code_challenge_method=S256.",
    source="RFC 7636 §4.2, §7.2",
)
PKCE_REQUIRED: Final = refuse(
    "pkce.required",
    "invalid_request",
    "PKCE (S256) est exigé dans cet espace de travail",
    "PKCE (S256) is required in this workspace",
    "Envoyer code_challenge et code_challenge_method=S256, ou mettre l'option psc.pkce à optional.",
    source="RFC 7636 §4.4.1 ; exigence par option : la nôtre",
    certainty=Certainty.OURS,
)
PKCE_SHAPE: Final = refuse(
    "pkce.challenge",
    "invalid_request",
    "code_challenge ou sa méthode n'a pas la forme voulue",
    "code_challenge, or its method, is not of the right form",
    "Envoyer BASE64URL(SHA256(code_verifier)) sans remplissage (43 caractères) et la méthode S256.",
    source="RFC 7636 §4.2, §4.3, §4.4.1",
)
PKCE_VERIFIER: Final = refuse(
    "pkce.verifier",
    "invalid_grant",
    "code_verifier ne correspond pas au code_challenge de la demande",
    "code_verifier does not fit the request's code_challenge",
    "Garder le code_verifier avec la demande, et l'envoyer tel quel, jamais son empreinte.",
    source="RFC 7636 §4.6",
)
NOBODY: Final = refuse(
    "person.unknown",
    "login_required",
    "Aucun professionnel de la population n'a cet identifiant national",
    "No professional of the population has this national id",
    "Donner un RPPS de la population (/_sandbox/population), seul ou précédé de 8.",
    source="OpenID Connect Core §3.1.2.1 (login_hint) ; population : la nôtre",
    certainty=Certainty.OURS,
)
LOGIN_REQUIRED: Final = refuse(
    "login-required",
    "login_required",
    "prompt=none, et aucune session n'est ouverte",
    "prompt=none, and no session is open",
    "Refaire la demande sans prompt=none, ou avec login_hint=<RPPS> dans le bac à sable.",
    source="OpenID Connect Core §3.1.2.6",
)
WORKSPACE: Final = refuse(
    "workspace.unknown",
    "invalid_request",
    "L'espace de travail demandé n'existe pas",
    "The workspace asked for does not exist",
    "Le créer par POST /_sandbox/workspaces.",
    source="Socles D7",
    certainty=Certainty.OURS,
)
BUSY: Final = refuse(
    "busy",
    "temporarily_unavailable",
    "Le service est saturé, ou sa base ne répond pas",
    "The service is overloaded, or its database does not answer",
    "Réessayer après un délai croissant.",
    source="RFC 6749 §4.1.2.1 ; Socles D16",
    certainty=Certainty.OURS,
)
