"""Profiles of slowness (D10): a bad day of one or several services, as a set of rules.

No source gives the national services' latencies: the figures are ours, round, and chosen so that what the field reports
happens (domain/mssante.md §1.1: a write that took 8 s, reads that took 58 s; §6: servers slow, saturated, cutting in
the middle; domain/insi.md §1.9: INSi away behind its front end).
"""

from dataclasses import dataclass, replace
from typing import Final

from socle.control.faults import FaultRule
from socle.control.port import FaultEffect, FaultPoint
from socle.rules import Certainty


@dataclass(frozen=True, slots=True)
class Profile:
    """Rules that belong together; they are tried in their order, so what happens now and then stands first."""

    id: str
    title_fr: str
    title_en: str
    source: str
    certainty: Certainty
    rules: tuple[FaultRule, ...]

    def rules_for(self, workspace: str) -> tuple[FaultRule, ...]:
        """The rules of this profile in a workspace; their ids are the profile's and a number."""
        return tuple(
            replace(rule, id=f"{self.id}.{number}", workspace=workspace, catalogue=self.id)
            for number, rule in enumerate(self.rules, 1)
        )


_INSI: Final = ("ins_sim", "rechercherInsAvecTraitsIdentite,rechercherInsAvecCarteVitale")
_DEPOSIT: Final = ("dmp_sim", "iti41")
_QUERY: Final = ("dmp_sim", "iti18")
_RETRIEVAL: Final = ("dmp_sim", "iti43")
_LOGIN: Final = ("mss_sim", "AUTH")
_MAIL: Final = ("mss_sim", "DATA")


def _rule(
    call: tuple[str, str],
    effect: FaultEffect = FaultEffect.LATENCY,
    probability: float | None = None,
    *,
    code: str | None = None,
    median: int = 0,
    p99: int | None = None,
) -> FaultRule:
    """Times in milliseconds."""
    service, operation = call
    # a message is waited for once it is whole: at the end of DATA, not before its 354
    point = FaultPoint.BEFORE_ANSWER if call == _MAIL else FaultPoint.RECEIVED
    return FaultRule(
        id="",
        workspace="",
        effect=effect,
        point=point,
        service=service,
        operation=operation,
        probability=probability,
        code=code,
        latency_ms=median,
        latency_p99_ms=p99,
    )


def _slow(call: tuple[str, str], median: int, p99: int) -> FaultRule:
    return _rule(call, median=median, p99=p99)


PROFILES: Final = {
    profile.id: profile
    for profile in (
        Profile(
            "slow-monday",
            "Lundi matin : tout répond, lentement, et un appel sur cent dépasse les délais habituels",
            "Monday morning: everything answers, slowly, and one call in a hundred passes the usual time-outs",
            "Latences : les nôtres. Des lenteurs de 8 s et 58 s ont été vues : domain/mssante.md §1.1",
            Certainty.OURS,
            (
                _slow(_INSI, 1_500, 15_000),
                _slow(_DEPOSIT, 2_500, 35_000),
                _slow(_QUERY, 1_200, 12_000),
                _slow(_RETRIEVAL, 1_800, 20_000),
                _slow(_LOGIN, 1_000, 10_000),
                _slow(_MAIL, 2_000, 30_000),
            ),
        ),
        Profile(
            "slow-mail",
            "Messagerie en peine : l'envoi prend 8 s, une authentification sur cent 58 s",
            "Mail in trouble: sending takes 8 s, one authentication in a hundred 58 s",
            "domain/mssante.md §1.1, incident vu par un éditeur en 2026, sur IMAP (APPEND 8 s, lectures 58 s) ; "
            "porté ici sur SMTP, les autres figures étant les nôtres",
            Certainty.SIMPLIFIED,
            (_slow(_LOGIN, 2_000, 58_000), _slow(_MAIL, 8_000, 30_000)),
        ),
        Profile(
            "insi-flapping",
            "INSi va et vient derrière sa frontale : un appel sur trois est refusé après 2 s (desir_1020)",
            "INSi comes and goes behind its front end: one call in three is refused after 2 s (desir_1020)",
            "domain/insi.md §1.9 : code vu en 2025, frontale debout, INSi absent ; fréquence et délai : les nôtres",
            Certainty.SIMPLIFIED,
            (
                _rule(_INSI, FaultEffect.REFUSE, 0.33, code="desir_1020", median=2_000),
                _slow(_INSI, 600, 4_000),
            ),
        ),
        Profile(
            "rough-network",
            "Réseau et serveurs à bout : un appel sur dix refusé pour surcharge, un sur vingt coupé en pleine réponse",
            "Network and servers at their limits: one call in ten refused for overload, one in twenty cut mid-answer",
            "Demandé par le terrain : domain/mssante.md §6 (serveur lent, saturé, qui coupe) ; fréquences : les nôtres",
            Certainty.OURS,
            tuple(
                rule
                for call in (_INSI, _DEPOSIT, _QUERY, _RETRIEVAL, _MAIL)
                for rule in (
                    _rule(call, FaultEffect.OVERLOAD, 0.1),
                    _rule(call, FaultEffect.CUT_ANSWER, 0.05),
                    _slow(call, 300, 3_000),
                )
            ),
        ),
    )
}
"""By id."""
