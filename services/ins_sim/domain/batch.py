"""Batch verification: a demand of many lines, whose result is there some time later. Our own choice throughout.

The lines are judged when the demand comes, and only their outcomes are kept: no number and no trait is ever stored
(D11). A demand is asked for by the client's own reference, so that sending it again does not make another one.
"""

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import islice
from typing import Final, NamedTuple

from ins_sim.domain import rules_batch as rules
from ins_sim.domain.decision import refusal
from ins_sim.domain.erreur import Erreur
from ins_sim.domain.front import check_empty_coverage, check_front
from ins_sim.domain.model import Caller
from ins_sim.domain.policy import Policy
from ins_sim.domain.verification import LABELS, Claimed, Register, check_claimed, numbers, verify
from socle.identifiers.ins import Ins
from socle.rules import Finding

CREATE_ROOT: Final = "CREERDEMANDE"
FETCH_ROOT: Final = "RECUPERERRESULTAT"
TOLD: Final = 100
"""Findings on lines that the journal keeps of one demand."""
_REFERENCE = re.compile(r"[A-Za-z0-9._-]{1,64}", re.ASCII)
_RANK = re.compile(r"[1-9][0-9]{0,5}", re.ASCII)


@dataclass(slots=True)
class Line:
    """One INS to verify; ``rank`` as it was sent."""

    rank: str
    claimed: Claimed


@dataclass(slots=True, kw_only=True)
class DemandRequest(Caller):
    """The creation of a demand."""

    reference: str = ""
    """``IdDemande``: the client's own name for it."""
    lines: list[Line] = field(default_factory=list)
    number: str
    """What a new demand is called."""
    at: datetime
    """By the workspace's clock."""


@dataclass(slots=True, kw_only=True)
class ResultRequest(Caller):
    """The question for a demand's result."""

    number: str
    at: datetime


class State(StrEnum):
    """``Etat`` of a demand."""

    PENDING = "EN_COURS"
    READY = "PRETE"
    EXPIRED = "EXPIREE"


class Outcome(NamedTuple):
    """Of one line: a compte rendu, or the code and text of the fault that it would get alone."""

    rank: int
    code: str
    label: str


@dataclass(frozen=True, slots=True)
class Demand:
    """A demand as it is kept, seen at an instant of the workspace's clock."""

    number: str
    reference: str
    """Hash of the client's reference: who chose it may have put anything there."""
    fingerprint: str
    """Of the content, salted with the number."""
    lines: int
    ready_at: datetime
    expires_at: datetime
    outcomes: Sequence[Outcome] | None
    """None: forgotten, since it expired."""
    at: datetime
    findings: Sequence[Finding] = ()
    code: str = "00"
    """Of the call: a demand was made, or is told of."""
    among: int = 1
    """Most demands of its workspace whose results are kept, itself included."""

    @property
    def state(self) -> State:
        if self.outcomes is None or self.at >= self.expires_at:
            return State.EXPIRED
        return State.PENDING if self.at < self.ready_at else State.READY


def check_demand(request: DemandRequest, policy: Policy) -> list[Finding]:
    """What refuses the demand as a whole; what is wrong with a line is that line's own outcome."""
    return [*check_front(request, policy), *check_empty_coverage(request), *_form(request, policy)]


def check_result(request: ResultRequest, policy: Policy) -> list[Finding]:
    """The header's controls alone."""
    return [*check_front(request, policy), *check_empty_coverage(request)]


def judge(request: DemandRequest, policy: Policy, register: Register) -> Demand:
    """A new demand, every line of it decided."""
    findings: list[Finding] = []
    outcomes = [_outcome(line, place, policy, register, findings) for place, line in enumerate(request.lines, 1)]
    if len(findings) > TOLD:
        more = rules.MORE.finding(where=CREATE_ROOT, found=str(len(findings) - TOLD))
        findings = [*islice(findings, TOLD), more]
    ready = request.at + timedelta(seconds=policy.batch.delay)
    return Demand(
        request.number,
        hashlib.sha256(request.reference.encode()).hexdigest(),
        fingerprint(request, request.number),
        len(outcomes),
        ready,
        ready + timedelta(seconds=policy.batch.keep),
        outcomes,
        request.at,
        findings,
        among=policy.batch.demands,
    )


def strangers(request: DemandRequest) -> Iterator[tuple[Ins, str]]:
    """The numbers of all lines, for D11."""
    for place, line in enumerate(request.lines, 1):
        yield from numbers(line.claimed, where(place))


def fingerprint(request: DemandRequest, salt: str) -> str:
    """The same for the same lines in the same order; it tells nobody what they hold."""
    hashed = hashlib.sha256(salt.encode())
    for line in request.lines:
        claimed, traits = line.claimed, line.claimed.traits
        for value in (
            line.rank,
            claimed.number.number,
            claimed.number.key,
            claimed.oid,
            traits.birth_name,
            str(len(traits.given_names)),
            *traits.given_names,
            traits.sex,
            traits.birth_date,
            traits.birth_place,
        ):
            hashed.update(f"{len(value)}:{value}".encode("utf-8", "surrogatepass"))
    return hashed.hexdigest()


def _form(request: DemandRequest, policy: Policy) -> Iterator[Finding]:
    if not _REFERENCE.fullmatch(request.reference):
        found = request.reference[:80] or "(absent)"
        yield rules.REFERENCE.finding(where=f"{CREATE_ROOT}/IdDemande", expected="A-Z a-z 0-9 . _ -", found=found)
    count = len(request.lines)
    if count == 0:
        yield rules.EMPTY.finding(where=f"{CREATE_ROOT}/LIGNE")
    if count > policy.batch.lines:
        yield rules.TOO_LARGE.finding(
            where=f"{CREATE_ROOT}/LIGNE", expected=f"{policy.batch.lines} au plus", found=str(count)
        )
        return
    seen: set[str] = set()
    for place, line in enumerate(request.lines, 1):
        if not _RANK.fullmatch(line.rank) or line.rank in seen:
            found = line.rank[:20] or "(absent)"
            yield rules.RANK.finding(where=f"{CREATE_ROOT}/LIGNE[{place}]/@Rang", expected="1 à 999999", found=found)
            return
        seen.add(line.rank)


def _outcome(line: Line, place: int, policy: Policy, register: Register, told: list[Finding]) -> Outcome:
    root = where(place)
    findings = list(check_claimed(line.claimed, root))
    told += findings
    verified = refusal(findings, policy) or verify(line.claimed, register, root)
    if isinstance(verified, Erreur):
        return Outcome(int(line.rank), verified.code, verified.text)
    told += verified.findings
    return Outcome(int(line.rank), verified.code.value, LABELS[verified.code])


def where(place: int) -> str:
    """Where findings on the line at this place point."""
    return f"{CREATE_ROOT}/LIGNE[{place}]/IndividuVerifie"
