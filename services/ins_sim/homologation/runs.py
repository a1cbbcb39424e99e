"""Calls to attempts: where one begins, where it ends, what became of it."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from ins_sim.domain.model import CodeCR
from ins_sim.homologation.called import Called
from ins_sim.homologation.card import card_attempts
from ins_sim.homologation.checks import otherwise, spoilt, wrong
from ins_sim.homologation.model import Attempt, Case, Kind, Known, Reason, State, Step
from ins_sim.homologation.recognise import about, attempts_at
from ins_sim.homologation.said import Said

_RUN = timedelta(seconds=10)
"""A loop of the software's own goes on faster, a tester who types again is slower: our choice."""
_PATIENCE = timedelta(seconds=60)
"""A loop that has not gone on after so long has been given up: our choice."""
_GIVEN_UP = Said(
    "Le logiciel s'est arrêté avant la fin de la suite d'appels", "The software stopped before the end of the sequence"
)
_TOO_MANY = Said("Appel de trop après la fin de la suite", "One call too many after the end of the sequence")


def attempts(case: Case, calls: Sequence[Called], now: datetime, *, trust: bool) -> list[Attempt]:
    """All attempts at a case, the oldest first. ``calls``: all of one software, the oldest first.

    ``now``: by the clock that the journal tells its moments by. ``trust``: a call must say who calls.
    """
    if case.card is not None:
        return card_attempts(case, calls, trust=trust)
    mine = attempts_at(case, calls)
    spoiling = {call.id: reason for call in mine if (reason := _spoilt(case, call)) is not None}
    made = [Attempt(State.ASIDE, [call], [spoiling[call.id]]) for call in mine if call.id in spoiling]
    runs = _runs(case, [call for call in mine if call.id not in spoiling], _foreign(mine, calls))
    for position, run in enumerate(runs):
        attempt = _judged(case, run, trust=trust)
        if attempt.state is State.BEGUN and (position + 1 < len(runs) or _left(run[-1], calls, mine, now)):
            attempt = Attempt(State.FAILED, run, [_stopped(case.steps[len(run)], case)])
        made.append(attempt)
    return sorted(made, key=lambda attempt: attempt.calls[-1].at)


def _spoilt(case: Case, call: Called) -> Reason | None:
    """What must not be sent was sent, whatever became of it."""
    reason = spoilt(call)
    if reason is not None and case.kind is Kind.WITHHELD and wrong(call, case.steps[0], _person(case, call)):
        return None
    return reason


def _person(case: Case, call: Called) -> Known:
    return about(case, call.sent) or case.persons[0]


def _runs(case: Case, mine: Sequence[Called], foreign: dict[str, int]) -> list[list[Called]]:
    """What the software did in one go. A case of one call has runs of one.

    The right calls in a wrong order are one run, and no attempt that passed. A run ends with 00, with a pause, with a
    call for somebody else, or, while it was right, by being taken up from the start.
    """
    runs: list[list[Called]] = []
    for call in mine:
        if runs and len(case.steps) > 1 and _goes_on(case, runs[-1], call, foreign):
            runs[-1].append(call)
        else:
            runs.append([call])
    return runs


def _goes_on(case: Case, run: Sequence[Called], call: Called, foreign: dict[str, int]) -> bool:
    last = run[-1]
    if last.answered is not None and last.answered.code == CodeCR.FOUND:
        return False
    if foreign[last.id] != foreign[call.id] or call.at - last.at > _RUN:
        return False
    again = call.sent.tokens == case.steps[0].given
    return not (again and all(one.sent.tokens == step.given for one, step in zip(run, case.steps, strict=False)))


def _foreign(mine: Sequence[Called], calls: Sequence[Called]) -> dict[str, int]:
    """Id → how many calls for somebody else came before it."""
    own = {call.id for call in mine}
    before, count = {}, 0
    for call in calls:
        before[call.id] = count
        count += call.id not in own
    return before


def _judged(case: Case, run: Sequence[Called], *, trust: bool) -> Attempt:
    for position, call in enumerate(run):
        if position == len(case.steps):
            return Attempt(State.FAILED, run, [Reason(_TOO_MANY, found=" ".join(call.sent.tokens))])
        step, person = case.steps[position], _person(case, call)
        reasons = wrong(call, step, person, trust=trust)
        if reasons:
            return Attempt(State.FAILED, run, reasons)
        aside = otherwise(call, step.code, person)
        if aside is not None and case.kind is Kind.CALLS:
            return Attempt(State.ASIDE, run, [aside])
    return Attempt(State.PASSED if len(run) >= len(case.asked) else State.BEGUN, run)


def _left(last: Called, calls: Sequence[Called], mine: Sequence[Called], now: datetime) -> bool:
    """Whether nothing will follow: the software has gone on to somebody else, or rested for long."""
    own = {call.id for call in mine}
    after = calls[[call.id for call in calls].index(last.id) + 1 :]
    return now - last.at > _PATIENCE or any(call.id not in own for call in after)


def _stopped(step: Step, case: Case) -> Reason:
    return Reason(_GIVEN_UP, expected=f"{' '.join(step.given or ())} → {step.code}")
