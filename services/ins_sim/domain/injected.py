"""What a fault rule or a magic identity may ask for by code (D10)."""

from collections.abc import Mapping
from typing import Final, NamedTuple

from ins_sim.domain import rules
from ins_sim.domain.erreur import CATALOGUE, Erreur, Side, invalid
from ins_sim.domain.model import Answer, CodeCR
from ins_sim.domain.rules_vitale import REFUSING

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
VITALE_EXPIRED: Final = Erreur(
    "socles_233", "siram_100", Side.SENDER, "erreur", "L'assertion Vitale a plus de vingt minutes"
)
INJECTED: Final[Mapping[str, Erreur]] = {
    **CATALOGUE,
    EXPIRED.code: EXPIRED,
    VITALE_EXPIRED.code: VITALE_EXPIRED,
    **{one.error_code: invalid(one.error_code, one.title_fr) for one in (*CONTROLS, *REFUSING) if one.error_code},
}
"""Faults by code."""
NOBODY: Final[Mapping[str, Answer]] = {code.value: Answer(code) for code in (CodeCR.NONE, CodeCR.SEVERAL)}
"""Answers without an individual, by CodeCR."""


class Asked(NamedTuple):
    """A rule's code, taken apart."""

    code: str
    dialect: str | None = None
    http: int = 500


def read_code(text: str) -> Asked:
    """``insi_102;dialect=B;http=503``; what follows the code may be absent, and senseless values are passed over."""
    code, _, rest = text.partition(";")
    more = dict(pair.partition("=")[::2] for pair in rest.split(";"))
    http = more.get("http", "")
    return Asked(code, more.get("dialect"), int(http) if http in ("200", "400", "403", "503") else 500)
