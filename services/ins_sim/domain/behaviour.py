"""What the qualification server was seen to answer otherwise than the test book (domain/insi.md §3).

Editors' live tests of 2025 and 2026 tell it, and the files that the national centre hands out in place of answers.
"""

from collections.abc import Mapping
from typing import Final

from ins_sim.domain.erreur import CATALOGUE, TECHNICAL, Erreur
from ins_sim.domain.model import Answer, CodeCR
from ins_sim.domain.policy import Behaviour, Policy, Unknown

PROVISIONAL: Final = "insi-provisoire"
"""Test 2.05, the NIA: a technical fault was seen. Which one is not told; we take that of the search."""
HISTORIES: Final[Mapping[str, int]] = {"insi-ecetinsi": 1}
"""INSHISTO seen live, where the national centre's file has more."""


def as_asked(answer: Answer | Erreur, policy: Policy) -> Answer | Erreur:
    """What the policy makes of the answer that the test book wants."""
    if isinstance(answer, Erreur):
        return answer
    if answer.code is CodeCR.NONE:
        return answer if policy.unknown is Unknown.NONE else CATALOGUE[policy.unknown]
    if policy.behaviour is Behaviour.TEST_BOOK or answer.individual is None:
        return answer
    if answer.individual.id == PROVISIONAL:
        return TECHNICAL
    seen = HISTORIES.get(answer.individual.id)
    return answer if seen is None else answer._replace(history=answer.individual.history[:seen])
