"""The way of a call through INSi: parse → check → decide → commit the event → answer."""

from collections.abc import Sequence

from ins_sim.domain import rules
from ins_sim.domain.certificate import check_certificate
from ins_sim.domain.decision import check, decide, erreur_of
from ins_sim.domain.erreur import FORBIDDEN, UNAVAILABLE, Erreur
from ins_sim.domain.model import Answer, Request
from ins_sim.settings import InsSettings
from ins_sim.store import InsStore
from ins_sim.trust import Trust
from ins_sim.wire import ws_ins2
from ins_sim.wire.faults import Dialect
from ins_sim.wire.layout import InsFault
from ins_sim.wire.matched import of_search
from ins_sim.wire.names import ACTION, BODY_ROOT, OPERATION, OTHER_ACTIONS, OTHER_ROOTS
from socle.assertions.trusted import Trusted
from socle.attribution import resolve_insi
from socle.control.port import Control
from socle.events import InsiCallCompleted
from socle.exchange import Outcome
from socle.rules import refusing
from socle.soap.injection import Injected
from socle.soap.model import Call, Operation, Reply, SoapFault


class Operations:
    """What ``/lps`` answers to."""

    def __init__(self, store: InsStore, control: Control, settings: InsSettings, trust: Trust) -> None:
        self._store = store
        self._control = control
        self._settings = settings
        self._trust = trust

    @property
    def table(self) -> Sequence[Operation]:
        """WS_INS2, and the AMO services that share its address and are not simulated."""
        return (
            Operation(OPERATION, frozenset({BODY_ROOT}), self.search, frozenset({ACTION}), of_search),
            Operation("autre-teleservice", OTHER_ROOTS, not_simulated, OTHER_ACTIONS),
        )

    async def search(self, call: Call) -> Reply:
        """WS_INS2. Raises ``InsFault`` for what INSi or its front end refuses; the event is committed either way."""
        request = ws_ins2.parse(call.envelope)
        if request is None:
            outcome: Answer | Erreur = _not_ours(call)
        else:
            outcome = self._decide(call, request, await self._trust.judge(call, request.assertion))
        await self._complete(call, request, outcome.code)
        if isinstance(outcome, Erreur):
            raise InsFault(outcome, Dialect.of(call.options.get("insi.dialect")))
        return Reply(ws_ins2.render(outcome))

    def _decide(self, call: Call, request: Request, trusted: Trusted) -> Answer | Erreur:
        exchange = call.exchange
        policy = self._settings.policy(call.strictness, call.options)
        shown = list(check_certificate(call.peer))
        exchange.findings += [*shown, *trusted.findings]
        if trusted.refusing or refusing(shown, policy.strictness):
            exchange.code, exchange.outcome = FORBIDDEN.outcome, Outcome.REFUSED
            return FORBIDDEN
        findings = check(request, policy)
        exchange.findings.extend(findings)
        outcome = decide(request, findings, policy, self._control.population(exchange.workspace))
        if isinstance(outcome, Erreur):
            refused = bool(refusing(findings, policy.strictness))
            exchange.code, exchange.outcome = outcome.outcome, Outcome.REFUSED if refused else Outcome.FAULT
        else:
            exchange.code = outcome.code.value
        return outcome

    async def _complete(self, call: Call, request: Request | None, code: str) -> None:
        """Emit that the call was answered; returns after COMMIT, so that the answer never precedes the event.

        A refusal injected before the commit is an answer too: it is emitted under its own code, then raised.
        """
        injected: SoapFault | Injected | None = None
        try:
            await call.before_commit()
        except (SoapFault, Injected) as fault:
            injected, code = fault, call.exchange.code or "injected"
        event = self._event(call, request, code)
        call.exchange.events.append(await self._store.completed(event, time=call.clock.now(), delay=call.event_delay))
        if injected is not None:
            raise injected

    def _event(self, call: Call, request: Request | None, code: str) -> InsiCallCompleted:
        exchange = call.exchange
        attribution = resolve_insi(
            self._control.population(exchange.workspace),
            certificate_ou=call.peer_ou,
            emetteur=request.issuer if request else None,
            identifiant_facturation=request.assertion.billing_id if request else None,
        )
        exchange.finess = attribution.finess_eg or attribution.finess_ej
        exchange.finish()
        return InsiCallCompleted(
            workspace=exchange.workspace,
            epoch=exchange.epoch,
            finess_eg=attribution.finess_eg,
            finess_ej=attribution.finess_ej,
            attributed_by=attribution.attributed_by,
            exchange_id=exchange.id,
            software=request.software.label if request else None,
            sector=(request.assertion.sector or None) if request else None,
            operation=OPERATION,
            outcome=code,
            duration_ms=exchange.duration_ms,
            mode=request.assertion.mode if request else None,
            findings=tuple(dict.fromkeys(finding.rule.id for finding in exchange.findings)),
        )


def _not_ours(call: Call) -> Erreur:
    """The action of WS_INS2 with the body of something else."""
    finding = rules.BODY.finding(where="Body", expected="RECSANSVITALE", found=str(call.envelope.body.tag)[:200])
    erreur = erreur_of(finding)
    call.exchange.findings.append(finding)
    call.exchange.code, call.exchange.outcome = erreur.outcome, Outcome.REFUSED
    return erreur


async def not_simulated(call: Call) -> Reply:
    """The other AMO services behind ``/lps``: a clean fault, and no event, since INSi was not called."""
    said = call.envelope.action or str(call.envelope.body.tag)
    call.exchange.findings.append(rules.NOT_SIMULATED.finding(where="Header/Action", found=said[:200]))
    call.exchange.code, call.exchange.outcome = UNAVAILABLE.outcome, Outcome.REFUSED
    raise InsFault(UNAVAILABLE, Dialect.of(call.options.get("insi.dialect")))
