"""What is said of a verdict, and what the tester does next."""

from collections.abc import Sequence

from ins_sim.homologation.model import Attempt, Case, Kind, State, Verdict
from ins_sim.homologation.said import Said

_PASSED = Said("Ce que le cas demande a été envoyé.", "What the case asks for was sent.")
_WITHHELD = Said(
    "Rien de tel n'a été envoyé : soit le logiciel l'a refusé, soit le cas n'a pas été joué.",
    "Nothing of the sort was sent: either the software refused it, or the case was not played.",
)
_BY_HAND = Said(
    "L'appel est juste ; ce que le cas demande de la réponse ne se voit pas sur le fil.",
    "The call is right; what the case asks of the answer does not show on the wire.",
)
_NOTHING = Said("Aucun appel de ce cas.", "No call of this case.")
_NOT_YET = Said(
    "Aucune recherche encore à vingt minutes d'une première.", "No search yet twenty minutes after a first one."
)
_ASIDE = Said("Des appels sont venus, mais aucun ne compte.", "Calls have come, but none counts.")
_PLAY = Said("Jouer le cas, étape par étape.", "Play the case, step by step.")
_AGAIN = Said("Corriger le logiciel, puis rejouer le cas.", "Mend the software, then play the case again.")
_SILENT = Said(
    "Corriger le logiciel, puis rejouer le cas. S'il n'envoie plus rien, ne juger que depuis ce moment "
    "(« Repartir de maintenant » dans la console, --since).",
    "Mend the software, then play the case again. If it then sends nothing, judge from that moment only "
    "(« Repartir de maintenant » in the console, --since).",
)
_REPLAY = Said(
    "Lever la cause (panne, option, personnes), puis rejouer le cas.",
    "Remove the cause (fault, option, persons), then play the case again.",
)
_LOOK = Said("Regarder l'écran et cocher ce qui suit.", "Look at the screen and tick what follows.")
_WAIT = Said("Laisser le logiciel continuer.", "Let the software go on.")


def of(case: Case, verdict: Verdict, counted: Attempt | None, made: Sequence[Attempt]) -> tuple[Said, Said]:
    """Why the verdict is what it is, and what to do next."""
    if verdict is Verdict.PASSED:
        return _PASSED, _LOOK
    if verdict is Verdict.MANUAL:
        return (_WITHHELD if counted is None else _BY_HAND), _LOOK
    if verdict is Verdict.FAILED and counted is not None:
        return _all(counted), _mend(case, counted)
    if counted is not None and counted.state is State.BEGUN:
        return _begun(case, counted), _WAIT
    if made:
        return _aside(made[0]), _REPLAY
    return (_NOT_YET if case.kind is Kind.RENEWED else _NOTHING), _PLAY


def not_after(case: Case) -> Said:
    """The attempt came without the case that must precede it."""
    return Said(
        f"L'appel n'a pas suivi le cas {case.label} : la réponse {case.steps[0].code} devait venir d'abord",
        f"The call did not follow case {case.id}: the answer {case.steps[0].code} had to come first",
    )


def _all(attempt: Attempt) -> Said:
    first, more = attempt.reasons[0].said, len(attempt.reasons) - 1
    if not more:
        return Said(f"{first.fr}.", f"{first.en}.")
    return Said(f"{first.fr} (et {more} de plus).", f"{first.en} (and {more} more).")


def _aside(attempt: Attempt) -> Said:
    """Why the newest of them does not count stands with it: nothing else tells on a terminal or in a CI."""
    why = _all(attempt) if attempt.reasons else Said("", "")
    return Said(f"{_ASIDE.fr} {why.fr}".strip(), f"{_ASIDE.en} {why.en}".strip())


def _mend(case: Case, attempt: Attempt) -> Said:
    remedy = next((reason.remedy for reason in attempt.reasons if reason.remedy), "")
    again = _SILENT if case.kind in (Kind.WITHHELD, Kind.COHERENT) else _AGAIN
    return Said(f"{remedy} {again.fr}".strip(), again.en)


def _begun(case: Case, attempt: Attempt) -> Said:
    step = case.steps[len(attempt.calls)]
    names = " ".join(step.given or ())
    return Said(f"Commencé : {names} → {step.code} doit suivre.", f"Begun: {names} → {step.code} has to follow.")
