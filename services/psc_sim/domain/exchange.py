"""Whether a code or a refresh token still gives tokens (RFC 6749 §4.1.3, §6; RFC 9700 §4.14)."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from psc_sim.domain import rules
from psc_sim.domain import token_rules as tokens
from psc_sim.domain.model import Grant
from psc_sim.domain.pkce import fits
from socle.rules import Finding


def check_code(
    row: Mapping[str, Any] | None,
    grant: Grant | None,
    *,
    client: str,
    redirect_uri: str,
    verifier: str | None,
    now: datetime,
) -> Finding | None:
    """None: it does. ``grant`` None: revoked, or its session has ended."""
    if row is not None and row["used_at"] is not None:
        return tokens.CODE_REUSED.finding(where="code")
    if row is None or grant is None:
        return tokens.CODE_UNKNOWN.finding(where="code")
    if row["expires_at"] <= now:
        return tokens.CODE_EXPIRED.finding(
            where="code", expected=f"< {row['expires_at']:%H:%M:%S}", found=f"{now:%H:%M:%S}"
        )
    if grant.client_id != client:
        return tokens.CODE_CLIENT.finding(where="client_id", expected=grant.client_id[:80], found=client[:80])
    return _check_request(row, redirect_uri, verifier)


def _check_request(row: Mapping[str, Any], redirect_uri: str, verifier: str | None) -> Finding | None:
    """That who exchanges the code is who asked for it."""
    if row["redirect_uri"] != redirect_uri:
        expected = row["redirect_uri"][:300]
        return rules.REDIRECT_OTHER.finding(where="redirect_uri", expected=expected, found=redirect_uri[:300])
    return None if fits(row["challenge"], row["method"], verifier) else _verifier(row, verifier)


def _verifier(row: Mapping[str, Any], verifier: str | None) -> Finding:
    if verifier is None:
        return rules.PKCE_VERIFIER.finding(where="code_verifier", expected="code_verifier")
    if row["challenge"] is None:
        return rules.PKCE_VERIFIER.finding(where="code_verifier", expected="aucun", found="un code_verifier")
    same = verifier == row["challenge"]
    found = "le code_challenge lui-même" if same else f"un autre, de {len(verifier)} caractères"
    return rules.PKCE_VERIFIER.finding(where="code_verifier", expected="de 43 à 128 caractères", found=found)


def check_refresh(
    row: Mapping[str, Any] | None, grant: Grant | None, *, client: str, session: timedelta, now: datetime
) -> Finding | None:
    """None: it does. A session is over after ``session``, however often it was refreshed."""
    if row is not None and row["used_at"] is not None:
        return tokens.REFRESH_REUSED.finding(where="refresh_token")
    if row is None or grant is None:
        return tokens.REFRESH_UNKNOWN.finding(where="refresh_token")
    if grant.client_id != client:
        return tokens.CODE_CLIENT.finding(where="client_id", expected=grant.client_id[:80], found=client[:80])
    ends = min(row["expires_at"], grant.auth_time + session)
    if ends <= now:
        return tokens.REFRESH_EXPIRED.finding(
            where="refresh_token", expected=f"< {ends:%H:%M:%S}", found=f"{now:%H:%M:%S}"
        )
    return None
