"""The report as the API tells it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from pydantic import Field

from ins_sim.homologation.called import Called, Software
from ins_sim.homologation.model import Attempt, Case, Judged, Kind, Reason, State, Verdict
from ins_sim.homologation.report import Report
from ins_sim.homologation.said import Said
from socle.rules import Certainty
from socle.web.model import Json

_SHOWN = 25
"""Attempts told of a case, newest first, and the one that counts."""


class SaidView(Json):
    """In both languages."""

    fr: str
    en: str


class IdentityView(Json):
    """What is typed, or what was sent; absent traits are empty."""

    birth_name: str
    given_names: str
    sex: str
    birth_date: str
    birth_place: str
    insured: Annotated[str, Field(description="With a Vitale card: the insured person's number")] = ""
    rank: str = ""


class StepView(Json):
    """One expected call."""

    given_names: Annotated[str, Field(description="Empty: the person's first names, one or more, in order")]
    birth_place: Annotated[str, Field(description="free, absent or required")]
    code: Annotated[str, Field(description="CodeCR of the answer")]
    optional: bool
    said: Annotated[SaidView | None, Field(description="In words, where names and place do not tell it")]


class ReasonView(SaidView):
    """Why an attempt failed, or does not count."""

    expected: str
    found: str
    rule: str
    remedy: str


class AnswerView(Json):
    """What RESULTAT held."""

    code: str
    matricule: str
    key: str
    oid: str
    history: Annotated[int, Field(description="How many INSHISTO")]


class CallView(Json):
    """One exchange as evidence."""

    id: str
    link: str
    received_at: datetime
    sent: IdentityView
    status: int
    code: str
    answered: AnswerView | None
    authenticated: Annotated[str, Field(description="card, psc, certificate, or empty: by nothing")]
    finess: str
    fault: str | None
    findings: Annotated[list[str], Field(description="Rules broken, tolerated ones included")]


class AttemptView(Json):
    """Some calls, in the order they came."""

    state: State
    counts: Annotated[bool, Field(description="The verdict rests on it")]
    reasons: list[ReasonView]
    calls: list[CallView]


class CaseView(Json):
    """A case and its verdict."""

    id: str
    label: str
    title: SaidView
    asks: SaidView
    certainty: Certainty
    source: str
    identity: IdentityView
    card: Annotated[str, Field(description="The Vitale card to read; empty: none")]
    enter: list[SaidView]
    expected: list[StepView]
    withheld: Annotated[bool, Field(description="Sending nothing may be right")]
    checks: Annotated[list[SaidView], Field(description="What the wire does not show")]
    verdict: Verdict
    why: SaidView
    next: SaidView
    attempts: Annotated[list[AttemptView], Field(description="The newest first; of very many, not all")]
    left_out: Annotated[int, Field(description="Attempts that are not told")]


class SoftwareView(Json):
    """Who calls, as ContexteLPS says."""

    key: Annotated[str, Field(description="Authorisation number and name: give it as `software`")]
    idam: str
    name: str
    version: str
    calls: int


class ReportView(Json):
    """The conformity cases of INSi, judged on the workspace's journal."""

    workspace: str
    epoch: int
    made_at: datetime
    software: SoftwareView | None
    seen: Annotated[list[SoftwareView], Field(description="All softwares that call, newest call first")]
    since: datetime | None
    until: datetime | None
    finess: str | None
    unauthenticated: Annotated[bool, Field(description="Calls that do not say who calls were admitted")]
    unread: Annotated[int, Field(description="Calls that could not be read back")]
    replayed: Annotated[int, Field(description="Messages sent again from console or command line, left out")]
    partial: Annotated[bool, Field(description="Older calls were left out")]
    counts: dict[Verdict, int]
    passed: Annotated[bool, Field(description="Nothing failed, nothing is left to play")]
    cases: list[CaseView]


def case_view(judged: Judged, links: str) -> CaseView:
    case = judged.case
    shown = [one for place, one in enumerate(judged.attempts) if place < _SHOWN or one is judged.counted]
    return CaseView(
        id=case.id,
        label=case.label,
        title=_said(case.title),
        asks=_said(case.asks),
        certainty=case.certainty,
        source=case.source,
        identity=_typed(case),
        card=f"{case.card.label} ({case.card.insured} {case.card.key})" if case.card is not None else "",
        enter=list(map(_said, case.enter)),
        expected=_steps(case),
        withheld=case.kind in (Kind.WITHHELD, Kind.COHERENT),
        checks=list(map(_said, case.checks)),
        verdict=judged.verdict,
        why=_said(judged.why),
        next=_said(judged.next),
        attempts=[_attempt(one, one is judged.counted, links) for one in shown],
        left_out=len(judged.attempts) - len(shown),
    )


def softwares(report: Report) -> tuple[SoftwareView | None, list[SoftwareView]]:
    """The one judged, and all."""
    seen = [_software(one.software, one.calls) for one in report.seen]
    judged = report.software
    return None if judged is None else _software(judged, report.calls), seen


def _software(software: Software, calls: int) -> SoftwareView:
    return SoftwareView(key=software.key, **software._asdict(), calls=calls)


def _typed(case: Case) -> IdentityView:
    typed = case.typed
    return IdentityView(
        birth_name=typed.name,
        given_names=typed.given,
        sex=typed.sex,
        birth_date=typed.born,
        birth_place=typed.place,
    )


def _steps(case: Case) -> Sequence[StepView]:
    return [
        StepView(
            given_names=" ".join(step.given or ()),
            birth_place=step.place.value,
            code=step.code,
            optional=step.optional,
            said=_said(step.said) if step.said is not None else None,
        )
        for step in case.steps
    ]


def _attempt(attempt: Attempt, counts: bool, links: str) -> AttemptView:
    return AttemptView(
        state=attempt.state,
        counts=counts,
        reasons=list(map(_reason, attempt.reasons)),
        calls=[_call(call, links) for call in attempt.calls],
    )


def _reason(reason: Reason) -> ReasonView:
    return ReasonView(
        **reason.said._asdict(),
        expected=reason.expected,
        found=reason.found,
        rule=reason.rule,
        remedy=reason.remedy,
    )


def _call(call: Called, links: str) -> CallView:
    sent = call.sent
    return CallView(
        id=call.id,
        link=links + call.id,
        received_at=call.at,
        sent=IdentityView(
            birth_name=sent.name,
            given_names=" | ".join(sent.given),
            sex=sent.sex,
            birth_date=sent.born,
            birth_place=sent.place,
            insured=sent.insured,
            rank=sent.rank,
        ),
        status=call.status,
        code=call.code,
        answered=AnswerView.model_validate(call.answered) if call.answered is not None else None,
        authenticated=call.authenticated,
        finess=call.finess,
        fault=call.fault,
        findings=list(dict.fromkeys(finding.rule for finding in call.findings)),
    )


def _said(said: Said) -> SaidView:
    return SaidView(**said._asdict())
