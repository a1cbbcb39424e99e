"""What the national service would have done with a message that the sandbox has judged (domain/insi.md §1.8, §1.9).

A rule tells what the real one does with its breach (``Rule.official``); an answer is told where the qualification
server was seen to give another one.
"""

from collections.abc import Iterable
from dataclasses import replace

from ins_sim.domain.behaviour import PROVISIONAL
from ins_sim.domain.erreur import CATALOGUE
from ins_sim.domain.model import Answer, CodeCR
from ins_sim.domain.rules_call import BEHAVIOUR, OPTION
from socle.exchange import RealAnswer, RealVerdict
from socle.rules import Finding, Official

BY_FRONT = frozenset(erreur.code for erreur in CATALOGUE.values() if erreur.front)
"""Refusals by the front end, whatever the operation."""
_ACCEPTED = RealAnswer(
    RealVerdict.ACCEPTED,
    "Le service réel aurait accepté ce message.",
    "The national service would have accepted this message.",
)
_TOLERATED = RealAnswer(
    RealVerdict.ACCEPTED,
    "Le service réel aurait accepté ce message : il tolère ce qui est constaté.",
    "The national service would have accepted this message: it tolerates what was found.",
)
_NOBODY = RealAnswer(
    RealVerdict.ACCEPTED,
    "Le service réel aurait accepté ce message ; pour un inconnu, sa plateforme de qualification répond insi_102 ou "
    "desir_1020 là où le cahier de tests veut 01.",
    "The national service would have accepted this message; of an unknown person, its qualification server answers "
    "insi_102 or desir_1020 where the test book wants 01.",
)
_PROVISIONAL = RealAnswer(
    RealVerdict.ACCEPTED,
    "Le service réel aurait accepté ce message ; sa plateforme de qualification répond une faute technique à cette "
    "identité, là où le cahier de tests veut 00 et un NIA.",
    "The national service would have accepted this message; its qualification server answers a technical fault to "
    "this identity, where the test book wants 00 and a NIA.",
)
_UNVERIFIED = {
    answer: replace(
        answer,
        fr=f"{answer.fr} Qui appelle n'a pas été vérifié : l'option assertions est à off.",
        en=f"{answer.en} Who calls was not verified: the option assertions is off.",
    )
    for answer in (_ACCEPTED, _TOLERATED, _NOBODY, _PROVISIONAL)
}
_OF_THE_SANDBOX = frozenset({BEHAVIOUR, OPTION})
"""Rules of what the national service does not have."""
_UNREAD = RealAnswer(
    RealVerdict.UNKNOWN,
    "Ce que le service réel aurait fait est inconnu : cette opération n'a été lue dans aucune source.",
    "What the national service would have done is unknown: this operation was read in no source.",
)


def real_answer(findings: Iterable[Finding], answer: object, *, seen: bool = True, verified: bool = True) -> RealAnswer:
    """Judge by ``findings``; ``answer``: what the sandbox gives. ``seen``: the real operation was, in a source.
    ``verified``: so was who calls, by the sandbox."""
    told = tuple(finding for finding in findings if finding.rule not in _OF_THE_SANDBOX)
    for finding in told:
        rule = finding.rule
        if rule.official is Official.REFUSES and (seen or rule.official_code in BY_FRONT):
            return _refused(rule.official_code)
    if not seen:
        return _UNREAD
    unknown = [one.rule.id for one in told if one.rule.official is Official.UNKNOWN]
    if unknown:
        return _unknown(unknown)
    accepted = _accepted(answer, tolerated=bool(told))
    return accepted if verified else _UNVERIFIED[accepted]


def _accepted(answer: object, *, tolerated: bool) -> RealAnswer:
    if isinstance(answer, Answer):
        if answer.code is CodeCR.NONE:
            return _NOBODY
        if answer.individual is not None and answer.individual.id == PROVISIONAL:
            return _PROVISIONAL
    return _TOLERATED if tolerated else _ACCEPTED


def _refused(code: str | None) -> RealAnswer:
    fr, en = (code, code) if code else ("un code inconnu", "an unknown code")
    return RealAnswer(
        RealVerdict.REFUSED,
        f"Le service réel aurait refusé ce message avec {fr}.",
        f"The national service would have refused this message with {en}.",
        code,
    )


def _unknown(rules: list[str]) -> RealAnswer:
    named = ", ".join(dict.fromkeys(rules))
    return RealAnswer(
        RealVerdict.UNKNOWN,
        f"Ce que le service réel aurait fait est inconnu : {named}.",
        f"What the national service would have done is unknown: {named}.",
    )
