"""Access tokens of Pro Santé Connect at AUTH XOAUTH2 (ECO.1.2.1): what they prove, and which boxes they open."""

from typing import Final

from mss_sim.domain.smtp_rules import AUTH_FAILED
from socle.access_tokens import AccessToken, BadToken, Wrong
from socle.control.model import Box, Professional, Workspace
from socle.control.options import one_of
from socle.rules import REGISTRY, Certainty, Finding, Rule

OPTION: Final = "mss.xoauth2"
"""Workspace option: ``token`` takes no password in place of one."""
one_of(OPTION, ["", "token"])
TOKEN: Final = REGISTRY.add(
    Rule(
        "mss.smtp.token",
        "Le jeton n'est pas un jeton d'accès de Pro Santé Connect valable maintenant, dans cet espace de travail",
        "The token is no access token of Pro Santé Connect that is valid now, in this workspace",
        "Référentiel 2, ECO.1.2.1, d'après la documentation d'un éditeur ; vérification : la nôtre (RFC 7519)",
        Certainty.SIMPLIFIED,
        remedy="Rafraîchir le jeton avant exp moins 30 secondes ; l'envoyer entier, jamais l'ID token.",
        error_code="535 5.7.8",
        structural=True,
    )
)
REVOKED: Final = REGISTRY.add(
    Rule(
        "mss.smtp.token-revoked",
        "Le jeton est révoqué : lui-même, la connexion dont il vient, ou sa session",
        "The token is revoked: itself, the login it came of, or its session",
        "RFC 7009 §2.2 ; ce que font les opérateurs réels n'a pas été lu",
        Certainty.OURS,
        remedy="Demander une nouvelle connexion à Pro Santé Connect, sans rejouer ce jeton.",
        error_code="535 5.7.8",
        structural=True,
    )
)
RIGHT: Final = REGISTRY.add(
    Rule(
        "mss.smtp.box-right",
        "Le professionnel du jeton n'a pas de droit sur cette boîte",
        "The token's professional has no right to this box",
        "RPPS de la boîte (PER) ou site du professionnel (ORG) ; droits du service réel : non lus",
        Certainty.OURS,
        remedy="Ouvrir la boîte du professionnel connecté, ou une boîte de son établissement.",
        error_code="535 5.7.8",
        structural=True,
    )
)


def check_token(
    found: AccessToken | BadToken, workspace: Workspace, box: Box, owner: Professional | None
) -> Finding | None:
    """Whether the token opens the box; ``owner``: the professional it names, if the population has one."""
    if isinstance(found, BadToken) and found.wrong is Wrong.REVOKED:
        return REVOKED.finding(where="AUTH XOAUTH2", found=found.found)
    if isinstance(found, BadToken):
        return TOKEN.finding(where="AUTH XOAUTH2", expected="RS256, exp", found=f"{found.wrong}: {found.found}")
    if (found.workspace, found.epoch) != (workspace.name, workspace.epoch):
        return TOKEN.finding(where="AUTH XOAUTH2", expected=workspace.name, found=found.workspace[:80])
    own = owner is not None and box.rpps == owner.rpps
    shared = owner is not None and box.rpps is None and box.finess_eg == owner.finess_eg
    if own or shared:
        return None
    return RIGHT.finding(where="AUTH XOAUTH2", expected=f"8{box.rpps or '…'}", found=found.national_id)


def check_password(workspace: Workspace, box: Box, secret: str, *, bearer: bool) -> Finding | None:
    """Whether it is the box's password; XOAUTH2 (``bearer``) takes that too, unless the workspace says otherwise."""
    wanted = bearer and workspace.options.get(OPTION) == "token"
    if box.password == secret and not wanted:
        return None
    return (TOKEN if wanted else AUTH_FAILED).finding(where="AUTH", found=box.address)
