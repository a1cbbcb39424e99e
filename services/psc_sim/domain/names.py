"""Addresses and values of Pro Santé Connect, as clients' settings and ANS's examples have them (docs/psc.md)."""

from typing import Final

REALM: Final = "/auth/realms/esante-wallet"
"""Below the base address, this is the issuer."""
_PROTOCOL: Final = f"{REALM}/protocol/openid-connect"
DISCOVERY: Final = (
    f"{REALM}/.well-known/wallet-openid-configuration",
    f"{REALM}/.well-known/openid-configuration",
)
"""Clients of the real service ask for the first; most libraries know the second only."""
AUTHORIZE: Final = ("/auth", "/auth/", f"{_PROTOCOL}/auth")
"""The real one is ``/auth`` on a host of its own (``wallet…``); the last is the realm's, which some clients write."""
CHOOSE: Final = "/auth/e-cps"
CONFIRM: Final = "/auth/validation"
STYLE: Final = "/auth/psc.css"
TOKEN: Final = f"{_PROTOCOL}/token"
INTROSPECT: Final = f"{_PROTOCOL}/token/introspect"
USERINFO: Final = f"{_PROTOCOL}/userinfo"
REVOKE: Final = f"{_PROTOCOL}/revoke"
CERTS: Final = f"{_PROTOCOL}/certs"
LOGOUT: Final = f"{_PROTOCOL}/logout"
CIBA: Final = f"{_PROTOCOL}/ext/ciba/auth"

CODE_GRANT: Final = "authorization_code"
REFRESH_GRANT: Final = "refresh_token"
CIBA_GRANT: Final = "urn:openid:params:grant-type:ciba"

ACR: Final = "eidas1"
"""The one level that clients ask for."""
SCOPE_ALL: Final = "scope_all"
SCOPES: Final = ("openid", "profile", "email", SCOPE_ALL, "identity", "rpps", "interop", "referentiel")

ROLE_OID: Final = "1.2.250.1.213.1.1.5.5"
SECTOR_OID: Final = "1.2.250.1.71.4.2.4"
LEVEL: Final = "APPPRIP3^1.2.250.1.213.1.5.1.1.1"
LOCALE_OID: Final = "1.2.250.1.213.1.3.1.1"
STORAGE_ID: Final = "550dc1c8-d97b-4b1e-ac8c-8eb4471cf9dd"
"""``sub`` is ``f:<this>:<national id>``; the value is the one that captured tokens of the real sandbox show."""
