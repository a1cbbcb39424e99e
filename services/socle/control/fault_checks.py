"""Which fault rules make sense: what contradicts itself is refused before it is kept, in French and English."""

from typing import Final

from socle.control.faults import LONGEST_MS, FaultRule
from socle.control.port import FaultEffect, FaultPoint

READINGS: Final = frozenset({("dmp_sim", "iti18"), ("dmp_sim", "iti43")})
"""(service, operation) that can answer as things were some time ago."""
LONGEST_SECONDS: Final = {FaultEffect.DELAY_EVENT: 3600.0, FaultEffect.STALE: 7 * 86_400.0, FaultEffect.TRUNCATE: 600.0}
"""Of ``seconds``; ours. Events are looked for within the hour after their exchange."""

_OWN: Final = {
    "share": {FaultEffect.CUT_ANSWER, FaultEffect.TRUNCATE},
    "bytesPerSecond": {FaultEffect.DRIP},
    "seconds": {FaultEffect.STALE, FaultEffect.DELAY_EVENT, FaultEffect.TRUNCATE},
    "code": {FaultEffect.REFUSE},
}
"""Which effects take what."""
POINTS: Final = {FaultEffect.STALE: FaultPoint.RECEIVED, FaultEffect.DELAY_EVENT: FaultPoint.BEFORE_COMMIT}
"""Effects that are decided at one point only."""


class FaultNonsense(ValueError):
    """A rule that contradicts itself; why, in both languages."""

    def __init__(self, french: str, english: str) -> None:
        super().__init__(english)
        self.french = french
        self.english = english


def check_rule(rule: FaultRule) -> None:
    """Raises :class:`FaultNonsense`."""
    effect = rule.effect.value
    values = {
        "share": rule.share,
        "bytesPerSecond": rule.bytes_per_second,
        "seconds": rule.seconds,
        "code": rule.code,
    }
    for name, value in values.items():
        if value is not None and rule.effect not in _OWN[name]:
            takes = ", ".join(sorted(one.value for one in _OWN[name]))
            raise FaultNonsense(
                f"{name} n'a pas de sens pour l'effet {effect!r} (effets admis : {takes}).",
                f"{name} means nothing for the effect {effect!r} (it belongs to: {takes}).",
            )
    _check_figures(rule)
    _check_latency(rule)
    point = POINTS.get(rule.effect, rule.point)
    if rule.point is not point:
        raise FaultNonsense(
            f"L'effet {effect!r} se décide au point {point.value!r} seulement.",
            f"The effect {effect!r} is decided at the point {point.value!r} only.",
        )
    if rule.effect is FaultEffect.STALE:
        _check_reading(rule)


def _check_figures(rule: FaultRule) -> None:
    if rule.share is not None and not 0 <= rule.share <= 1:
        raise FaultNonsense("share est une part, de 0 à 1.", "share is a part, from 0 to 1.")
    if rule.effect is FaultEffect.DRIP and not (rule.bytes_per_second or 0) > 0:
        raise FaultNonsense(
            "L'effet 'drip' demande bytesPerSecond, 1 au moins.", "The effect 'drip' needs bytesPerSecond, 1 at least."
        )
    needs = rule.effect in POINTS
    most = LONGEST_SECONDS.get(rule.effect, 0.0)
    if (needs or rule.seconds is not None) and not 0 < (rule.seconds or 0) <= most:
        raise FaultNonsense(
            f"L'effet {rule.effect.value!r} demande seconds, plus que 0 et {most:.0f} au plus.",
            f"The effect {rule.effect.value!r} needs seconds, more than 0 and {most:.0f} at most.",
        )


def _check_latency(rule: FaultRule) -> None:
    if rule.effect is FaultEffect.LATENCY and rule.latency_ms <= 0:
        raise FaultNonsense(
            "L'effet 'latency' demande latencyMs, 1 au moins.", "The effect 'latency' needs latencyMs, 1 at least."
        )
    if not 0 <= rule.latency_ms <= LONGEST_MS:
        raise FaultNonsense(
            f"latencyMs va de 0 à {LONGEST_MS} (dix minutes).", f"latencyMs goes from 0 to {LONGEST_MS} (ten minutes)."
        )
    most = rule.latency_p99_ms
    if most is not None and not (0 < rule.latency_ms <= most <= LONGEST_MS):
        raise FaultNonsense(
            f"latencyP99Ms va avec latencyMs, la médiane : de celle-ci à {LONGEST_MS}.",
            f"latencyP99Ms goes with latencyMs, the median: from that to {LONGEST_MS}.",
        )


def _check_reading(rule: FaultRule) -> None:
    named = [(rule.service, one) for one in (rule.operation or "").split(",")]
    if not all(one in READINGS for one in named):
        known = ", ".join(f"{service} {operation}" for service, operation in sorted(READINGS))
        raise FaultNonsense(
            f"L'effet 'stale' ne vaut que pour une lecture, nommée par service et operation : {known}.",
            f"The effect 'stale' is for a reading, named by service and operation: {known}.",
        )
