"""The calls of a workspace to a report on one software."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from ins_sim.homologation.called import Called, Software
from ins_sim.homologation.judge import judge
from ins_sim.homologation.model import Case, Judged, Verdict


@dataclass(frozen=True, slots=True)
class Seen:
    """A software whose calls are there; the name and version of its newest call."""

    software: Software
    calls: int


@dataclass(frozen=True, slots=True)
class Read:
    """What the journal holds. ``calls``: the oldest first."""

    calls: Sequence[Called]
    unread: int = 0
    """Calls that could not be read back: no SOAP, kept in part only, redacted."""
    replayed: int = 0
    """Messages that were sent again from the console or the command line, and left out."""
    partial: bool = False
    """Older calls were left out."""


@dataclass(frozen=True, slots=True)
class Report:
    """The verdicts on one software; None: no call has come, or none of the one asked for."""

    software: Software | None
    seen: Sequence[Seen]
    """All that call, the one with the newest call first."""
    read: Read
    judged: Sequence[Judged]
    trust: bool

    @property
    def calls(self) -> int:
        """Of the software that is judged."""
        return sum(one.calls for one in self.seen if self.software and one.software.key == self.software.key)

    def count(self, verdict: Verdict) -> int:
        return sum(one.verdict is verdict for one in self.judged)

    @property
    def passed(self) -> bool:
        """Nothing failed and nothing is left to play; what a human has to look at is not counted against it."""
        return not self.count(Verdict.FAILED) and not self.count(Verdict.NOT_PLAYED)


def report(
    cases: Sequence[Case], read: Read, now: datetime, *, wanted: str | None = None, trust: bool = True
) -> Report:
    """Judge the software that ``wanted`` names, else the one that called last: calls of others prove nothing of it."""
    seen = _seen(read.calls)
    software = next((one.software for one in seen if not wanted or one.software.answers_to(wanted)), None)
    mine = [call for call in read.calls if software is not None and call.software.key == software.key]
    return Report(software, seen, read, judge(cases, mine, now, trust=trust), trust)


def _seen(calls: Sequence[Called]) -> list[Seen]:
    counts = Counter(call.software.key for call in calls)
    newest = {call.software.key: call.software for call in calls}
    return [Seen(newest[key], counts[key]) for key in dict.fromkeys(call.software.key for call in reversed(calls))]
