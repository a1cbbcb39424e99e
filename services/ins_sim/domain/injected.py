"""The faults that a rule, a magic identity or a person of the population may ask for by code (D10)."""

from collections.abc import Mapping
from typing import Final

from ins_sim.domain import rules
from ins_sim.domain.erreur import CATALOGUE, Erreur, Side, invalid

CONTROLS: Final = (
    rules.BODY,
    rules.LOWER_CASE,
    rules.ACCENT,
    rules.LIGATURE,
    rules.APOSTROPHE,
    rules.CHARSET,
    rules.FIRST,
    rules.SEPARATORS,
    rules.GIVEN,
    rules.SEX,
    rules.DATE,
)
"""The rules whose breach refuses with a code of ours."""
EXPIRED: Final = Erreur("socles_220", "siram_100", Side.SENDER, "erreur", "L'assertion a plus d'une heure")
INJECTED: Final[Mapping[str, Erreur]] = {
    **CATALOGUE,
    EXPIRED.code: EXPIRED,
    **{one.error_code: invalid(one.error_code, one.title_fr) for one in CONTROLS if one.error_code},
}
"""Faults that a rule may ask for by code."""
