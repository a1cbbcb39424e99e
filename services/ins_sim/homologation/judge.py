"""The verdict of each case from the calls of one software: the newest attempt counts, the earlier ones are shown."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from ins_sim.homologation import words
from ins_sim.homologation.called import Called
from ins_sim.homologation.model import Attempt, Case, Judged, Kind, Reason, State, Verdict
from ins_sim.homologation.runs import attempts

_VERDICTS = {State.PASSED: Verdict.PASSED, State.FAILED: Verdict.FAILED, State.BEGUN: Verdict.NOT_PLAYED}


def judge(cases: Sequence[Case], calls: Sequence[Called], now: datetime, *, trust: bool = True) -> list[Judged]:
    """Each case in turn. ``calls``: of one software, the oldest first. ``trust``: a call must say who calls.

    A case that follows another one is judged with it, whether or not that one is among ``cases``.
    """
    return [_case(case, calls, now, trust=trust) for case in cases]


def _case(case: Case, calls: Sequence[Called], now: datetime, *, trust: bool) -> Judged:
    made = attempts(case, calls, now, trust=trust)
    if case.after is not None:
        before = attempts(case.after, calls, now, trust=trust)
        made = [_following(attempt, before, case.after) for attempt in made]
    counted = next((attempt for attempt in reversed(made) if attempt.state is not State.ASIDE), None)
    verdict = _VERDICTS[counted.state] if counted is not None else _unseen(case, calls)
    if case.by_hand and verdict is Verdict.PASSED:
        verdict = Verdict.MANUAL
    why, then = words.of(case, verdict, counted, made)
    return Judged(case, verdict, why, then, made[::-1], counted)


def _following(attempt: Attempt, before: Sequence[Attempt], case: Case) -> Attempt:
    """An attempt that passed counts when the case before it had been passed by then."""
    if attempt.state is not State.PASSED:
        return attempt
    start = attempt.calls[0].at
    if any(one.state is State.PASSED and one.calls[-1].at <= start for one in before):
        return attempt
    return replace(attempt, state=State.FAILED, reasons=[Reason(words.not_after(case))])


def _unseen(case: Case, calls: Sequence[Called]) -> Verdict:
    """Nothing came: of a case that may rightly send nothing, only somebody who was there can tell."""
    may_be_silent = case.kind in (Kind.WITHHELD, Kind.COHERENT)
    played = any(call.operation == case.operation for call in calls)
    return Verdict.MANUAL if may_be_silent and played else Verdict.NOT_PLAYED
