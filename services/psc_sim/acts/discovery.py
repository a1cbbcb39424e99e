"""What the provider says of itself, and its keys. The real one announces much more that no client here relies on."""

from typing import Any

from psc_sim.domain import names
from psc_sim.wire.call import Call
from psc_sim.wire.reply import JSON, json_reply
from socle.web.endpoint import Reply

_METHODS = ["client_secret_basic", "client_secret_post", "none"]


def issuer(base: str) -> str:
    """Of tokens and of the discovery document, below the address the client called."""
    return base + names.REALM


async def discovery(call: Call) -> Reply:
    """The discovery document (OpenID Connect Discovery §4.2): only what works here stands in it."""
    base = call.base
    said: dict[str, Any] = {
        "issuer": issuer(base),
        "authorization_endpoint": base + names.AUTHORIZE[0],
        "token_endpoint": base + names.TOKEN,
        "introspection_endpoint": base + names.INTROSPECT,
        "userinfo_endpoint": base + names.USERINFO,
        "end_session_endpoint": base + names.LOGOUT,
        "jwks_uri": base + names.CERTS,
        "revocation_endpoint": base + names.REVOKE,
        "backchannel_authentication_endpoint": base + names.CIBA,
        "backchannel_token_delivery_modes_supported": ["poll"],
        "backchannel_user_code_parameter_supported": False,
        "grant_types_supported": [names.CODE_GRANT, names.REFRESH_GRANT, names.CIBA_GRANT],
        "response_types_supported": ["code"],
        "response_modes_supported": ["query", "fragment"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "token_endpoint_auth_methods_supported": _METHODS,
        "introspection_endpoint_auth_methods_supported": _METHODS[:2],
        "revocation_endpoint_auth_methods_supported": _METHODS,
        "scopes_supported": list(names.SCOPES),
        "acr_values_supported": [names.ACR],
        "prompt_values_supported": ["none", "login"],
        "claims_supported": [
            "aud",
            "sub",
            "iss",
            "auth_time",
            "given_name",
            "family_name",
            "preferred_username",
            "acr",
        ],
        "claim_types_supported": ["normal"],
        "claims_parameter_supported": False,
        "request_parameter_supported": False,
        "request_uri_parameter_supported": False,
        "code_challenge_methods_supported": ["S256"] if call.policy.pkce_required else ["plain", "S256"],
        "authorization_response_iss_parameter_supported": True,
    }
    reply = json_reply(said)
    return Reply(200, reply.body, JSON, [("cache-control", "no-cache")])
