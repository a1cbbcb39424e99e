"""The way of every call through INSi: who calls → controls → decision → the event committed → the answer."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Generic, Protocol, TypeVar

from lxml import etree

from ins_sim.domain import rules, rules_call
from ins_sim.domain.certificate import check_certificate
from ins_sim.domain.decision import erreur_of, refusal
from ins_sim.domain.erreur import FORBIDDEN, STRANGER, Erreur
from ins_sim.domain.model import Caller
from ins_sim.domain.official import real_answer
from ins_sim.domain.policy import Policy
from ins_sim.domain.strangers import in_coverage
from ins_sim.settings import InsSettings
from ins_sim.store import InsStore, Keep
from ins_sim.trust import Trust
from ins_sim.wire.faults import Dialect
from ins_sim.wire.layout import InsFault
from ins_sim.wire.names import other_action
from socle.assertions.trusted import Trusted
from socle.attribution import Attributed, resolve_insi
from socle.control.known import real_patient_refused
from socle.control.once import OncePerOptions
from socle.control.port import Control, Population
from socle.events import InsiCallCompleted
from socle.exchange import Outcome
from socle.identifiers.ins import Ins
from socle.identifiers.numbers import in_message
from socle.rules import Finding, refusing
from socle.soap.injection import Injected
from socle.soap.model import Call, SoapFault
from socle.soap.offload import by_size

BEHAVIOUR = "x-socles-behaviour"
"""The HTTP header by which a call chooses whom INSi answers like."""


class Coded(Protocol):
    """An answer: its compte rendu is what the event tells; its findings say what led to it."""

    @property
    def code(self) -> str: ...
    @property
    def findings(self) -> Sequence[Finding]: ...


Asked = TypeVar("Asked", bound=Caller)
Given = TypeVar("Given", bound=Coded)


@dataclass(frozen=True, slots=True)
class Act(Generic[Asked, Given]):
    """One operation of INSi.

    ``check`` tells all that is worth saying of a request; ``decide`` gives the answer, or the fault, of one that the
    strictness in force does not refuse.
    """

    operation: str
    root: str
    """Name of the element that the body must hold."""
    check: Callable[[Asked, Policy], list[Finding]]
    decide: Callable[[Asked, Policy, Population], Given | Erreur]
    card: Callable[[Asked], str] | None = None
    """The insured person's number of the Vitale card whose assertion is wanted beside the professional's."""
    seen: bool = True
    """The real operation was, in a source: what the national service would have done can be told."""
    numbers: Callable[[Asked], Iterable[tuple[Ins, str]]] = lambda asked: ()
    """The INS numbers asked about, with where they stand: one that may be a real person's is refused (D11)."""
    explain: Callable[[Asked, Population], Iterable[Finding]] = lambda asked, population: ()
    """What the population shows of a request that is not refused, whatever is decided of it."""
    event: type[InsiCallCompleted] = InsiCallCompleted
    heavy: bool = False
    """Many things are asked at once: a large request is decided in a thread (D15)."""


class Way:
    """One for the service."""

    def __init__(self, store: InsStore, control: Control, settings: InsSettings, trust: Trust) -> None:
        self._store = store
        self._control = control
        self._policy = OncePerOptions(settings.policy)
        self._attribution = Attributed(resolve_insi)
        self._trust = trust

    async def take(
        self, call: Call, act: Act[Asked, Given], asked: Asked | None, keep: Keep[Given] | None = None
    ) -> Given:
        """The answer to ``asked``; None: the body held something else. ``keep``: of an act that has a state.

        Raises ``InsFault`` for what INSi or its front end refuses; the event is committed either way.
        """
        trusted = Trusted()
        if asked is None:
            refused = self.refuse_strangers(call, act, asked)
            outcome: Given | Erreur = STRANGER if refused else _not_ours(call, act.root)
        else:
            other = other_action(call.envelope.action, act.operation)
            if other is not None:
                rule = rules_call.OTHER_ACTION
                found = rule.finding(where="Header/Action", expected=act.operation, found=other[:200])
                call.exchange.findings.append(found)
            card = act.card(asked) if act.card is not None else None
            trusted = await self._trust.judge(call, asked.assertion, card=card)
            size = len(call.envelope.raw) if act.heavy else 0
            outcome = await by_size(size, self._decide, call, act, asked, trusted)
        call.exchange.official = real_answer(call.exchange.findings, outcome, seen=act.seen, verified=trusted.verified)
        outcome = await self._complete(call, act, asked, outcome, keep)
        if isinstance(outcome, Erreur):
            raise InsFault(outcome, Dialect.of(call.options.get("insi.dialect")))
        return outcome

    def population(self, call: Call) -> Population:
        """Of the call's workspace."""
        return self._control.population(call.exchange.workspace)

    def refuse_strangers(self, call: Call, act: Act[Asked, Given], asked: Asked | None) -> bool:
        """Whether the request asks about a number that may be a real person's: its content is not kept then (D11).
        None: the body held something else, and every number in the message counts."""
        if asked is None:
            return self.refuse_unread(call)
        return self._refuse(call, chain(in_coverage(asked), act.numbers(asked)))

    def refuse_unread(self, call: Call) -> bool:
        """The same of a message that nobody here can read."""
        text = etree.tostring(call.envelope.root, encoding="unicode")
        return self._refuse(call, ((ins, "Envelope") for ins in dict.fromkeys(in_message(text))))

    def _refuse(self, call: Call, numbers: Iterable[tuple[Ins, str]]) -> bool:
        for ins, where in numbers:
            finding = real_patient_refused(ins, self.population(call), where=where)
            if finding is not None:
                call.exchange.findings.append(finding)
                call.exchange.redacted = True
                call.exchange.code, call.exchange.outcome = STRANGER.outcome, Outcome.REFUSED
                return True
        return False

    def _decide(self, call: Call, act: Act[Asked, Given], asked: Asked, trusted: Trusted) -> Given | Erreur:
        exchange = call.exchange
        if self.refuse_strangers(call, act, asked):
            return STRANGER
        policy = self._policy(call.options, call.strictness, _behaviour(call))
        shown = check_certificate(call.peer)
        exchange.findings += [*shown, *trusted.findings]
        if trusted.refusing or refusing(shown, policy.strictness):
            exchange.code, exchange.outcome = FORBIDDEN.outcome, Outcome.REFUSED
            return FORBIDDEN
        findings = act.check(asked, policy)
        exchange.findings.extend(findings)
        refused, population = refusal(findings, policy), self.population(call)
        if refused is None:
            exchange.findings.extend(act.explain(asked, population))
        outcome = refused or act.decide(asked, policy, population)
        if isinstance(outcome, Erreur):
            exchange.code, exchange.outcome = outcome.outcome, Outcome.REFUSED if refused else Outcome.FAULT
        else:
            exchange.code = str(outcome.code)
            exchange.findings.extend(outcome.findings)
        return outcome

    async def _complete(
        self,
        call: Call,
        act: Act[Asked, Given],
        caller: Caller | None,
        outcome: Given | Erreur,
        keep: Keep[Given] | None,
    ) -> Given | Erreur:
        """Emit that the call was answered; returns after COMMIT, so that the answer never precedes the event.

        A refusal injected before the commit is an answer too: it is emitted under its own code, then raised.
        """
        injected: SoapFault | Injected | None = None
        code: str = outcome.code
        try:
            await call.before_commit()
        except (SoapFault, Injected) as fault:
            injected, code = fault, call.exchange.code or "injected"
        event = self._event(call, act, caller, code)
        if keep is not None and injected is None and not isinstance(outcome, Erreur):
            return await self._kept(call, keep, outcome, event)
        call.exchange.events.append(await self._store.completed(event, time=call.clock.now(), delay=call.event_delay))
        if injected is not None:
            raise injected
        return outcome

    async def _kept(self, call: Call, keep: Keep[Given], given: Given, event: InsiCallCompleted) -> Given | Erreur:
        exchange = call.exchange
        answer, refused, told = await self._store.kept(
            keep, given, event, time=call.clock.now(), delay=call.event_delay
        )
        exchange.events.append(told)
        if refused is None:
            return answer
        erreur = erreur_of(refused)
        exchange.findings.append(refused)
        exchange.code, exchange.outcome = erreur.outcome, Outcome.REFUSED
        return erreur

    def _event(self, call: Call, act: Act[Asked, Given], caller: Caller | None, code: str) -> InsiCallCompleted:
        exchange = call.exchange
        attribution = self._attribution(
            self.population(call),
            call.peer_ou,
            caller.issuer if caller else None,
            caller.assertion.billing_id if caller else None,
        )
        exchange.finess = attribution.finess_eg or attribution.finess_ej
        exchange.finish()
        return act.event(
            workspace=exchange.workspace,
            epoch=exchange.epoch,
            finess_eg=attribution.finess_eg,
            finess_ej=attribution.finess_ej,
            attributed_by=attribution.attributed_by,
            exchange_id=exchange.id,
            software=caller.software.label if caller else None,
            sector=(caller.assertion.sector or None) if caller else None,
            operation=act.operation,
            outcome=code,
            duration_ms=exchange.duration_ms,
            mode=caller.assertion.mode if caller else None,
            findings=tuple(dict.fromkeys([finding.rule.id for finding in exchange.findings])),
        )


def _behaviour(call: Call) -> str | None:
    for name, value in call.exchange.request.headers:
        if name == BEHAVIOUR:
            return value[:80]
    return None


def _not_ours(call: Call, root: str) -> Erreur:
    """The action of one operation with the body of something else."""
    finding = rules.BODY.finding(where="Body", expected=root, found=str(call.envelope.body.tag)[:200])
    erreur = erreur_of(finding)
    call.exchange.findings.append(finding)
    call.exchange.code, call.exchange.outcome = erreur.outcome, Outcome.REFUSED
    return erreur
