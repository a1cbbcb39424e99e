"""A request for a login, checked (OpenID Connect Core §3.1.2)."""

from collections.abc import Mapping
from typing import Final

from psc_sim.domain import names, rules
from psc_sim.domain.model import AuthorizationRequest, Client, Policy
from psc_sim.domain.pkce import check_challenge
from socle.identifiers.errors import InvalidIdentifier
from socle.identifiers.rpps import Rpps
from socle.rules import Finding

_MODES: Final = ("query", "fragment")


def check(params: Mapping[str, str], client: Client, policy: Policy) -> tuple[AuthorizationRequest, list[Finding]]:
    """The request, and the findings on everything but client and redirect URI, which come first (``clients``)."""
    findings: list[Finding] = []
    mode = params.get("response_mode", "query")
    for name in ("request", "request_uri"):
        if name in params:
            findings.append(rules.UNSUPPORTED.finding(where=name))
    if mode not in _MODES:
        findings.append(rules.UNSUPPORTED.finding(where="response_mode", expected="query", found=mode[:40]))
        mode = "query"
    said = params.get("response_type", "")
    if said != "code":
        findings.append(rules.RESPONSE_TYPE.finding(where="response_type", expected="code", found=said[:40]))
    scope = " ".join(params.get("scope", "").split())
    if "openid" not in scope.split():
        findings.append(rules.SCOPE.finding(where="scope", expected="openid scope_all", found=scope[:200]))
    findings += check_challenge(
        params.get("code_challenge"), params.get("code_challenge_method"), required=policy.pkce_required
    )
    acr = params.get("acr_values", "")
    if acr != names.ACR:
        findings.append(rules.ACR.finding(where="acr_values", expected=names.ACR, found=acr[:80]))
    if not params.get("state"):
        findings.append(rules.STATE.finding(where="state"))
    if not params.get("nonce"):
        findings.append(rules.NONCE.finding(where="nonce"))
    request = AuthorizationRequest(
        client=client,
        redirect_uri=params["redirect_uri"],
        scope=scope,
        state=params.get("state"),
        nonce=params.get("nonce"),
        challenge=params.get("code_challenge"),
        method=params.get("code_challenge_method"),
        prompt=frozenset(params.get("prompt", "").split()),
        login_hint=params.get("login_hint"),
        response_mode=mode,
    )
    return request, findings


def rpps_of(hint: str) -> str | None:
    """The RPPS number of a national id (``8`` + RPPS) or of the bare number; None: it is neither."""
    try:
        return Rpps.parse(hint).value
    except InvalidIdentifier:
        return None
