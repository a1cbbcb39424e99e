"""Proof Key for Code Exchange (RFC 7636)."""

import hmac
import re
from base64 import urlsafe_b64encode
from hashlib import sha256
from typing import Final

from psc_sim.domain import rules
from socle.rules import Finding

_UNRESERVED: Final = re.compile(r"[A-Za-z0-9._~-]{43,128}", re.ASCII)
_S256: Final = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)


def check_challenge(challenge: str | None, method: str | None, *, required: bool) -> list[Finding]:
    """The findings on a request's challenge; ``required``: S256 and nothing else."""
    if challenge is None:
        if method is not None:
            return [rules.PKCE_SHAPE.finding(where="code_challenge", expected="code_challenge", found=method[:20])]
        return [(rules.PKCE_REQUIRED if required else rules.PKCE_ABSENT).finding(where="code_challenge")]
    named = method or "plain"
    shape = {"S256": _S256, "plain": _UNRESERVED}.get(named)
    if shape is None:
        return [rules.PKCE_SHAPE.finding(where="code_challenge_method", expected="S256", found=named[:20])]
    if shape.fullmatch(challenge) is None:
        found = f"{len(challenge)} caractères"
        return [rules.PKCE_SHAPE.finding(where="code_challenge", expected=shape.pattern, found=found)]
    if named == "plain":
        return [(rules.PKCE_REQUIRED if required else rules.PKCE_PLAIN).finding(where="code_challenge_method")]
    return []


def fits(challenge: str | None, method: str | None, verifier: str | None) -> bool:
    """Whether the verifier proves that who exchanges the code made the request. Without a challenge none may come."""
    if challenge is None or verifier is None:
        return challenge is verifier
    if _UNRESERVED.fullmatch(verifier) is None:
        return False
    made = verifier if method != "S256" else hashed(verifier)
    return hmac.compare_digest(made, challenge)


def hashed(verifier: str) -> str:
    """The challenge of a verifier by S256."""
    return urlsafe_b64encode(sha256(verifier.encode("ascii")).digest()).rstrip(b"=").decode()
